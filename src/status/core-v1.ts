import type { QosClass } from '../pod/index.ts';

/** Parts of core/v1 as its JSON has them: times are RFC 3339 in whole seconds, what is absent is left out. */

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export interface PodStatus {
  readonly phase: PodPhase;
  readonly conditions: readonly PodCondition[];
  readonly message?: string;
  readonly reason?: string;
  readonly hostIP?: string;
  readonly hostIPs?: readonly { readonly ip: string }[];
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly startTime?: string;
  /** In the order they run; absent where the pod has none. */
  readonly initContainerStatuses?: readonly ContainerStatus[];
  /** By name. */
  readonly containerStatuses: readonly ContainerStatus[];
  /** In the order of the spec; absent where the pod has none. Nobody asks whether they have started or are ready. */
  readonly ephemeralContainerStatuses?: readonly Omit<ContainerStatus, 'started'>[];
  readonly qosClass: QosClass;
}

/** The types the kubelet owns. */
export type PodConditionType =
  | 'PodReadyToStartContainers'
  | 'Initialized'
  | 'Ready'
  | 'ContainersReady'
  | 'PodScheduled'
  | 'AllContainersRestarting';

/** One of the kubelet's own, or one that others have given the pod, as they wrote it. */
export interface PodCondition {
  readonly type: string;
  /** True, False or Unknown. */
  readonly status: string;
  readonly lastProbeTime: string | null;
  readonly lastTransitionTime: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly state: ContainerState;
  readonly lastState?: ContainerState;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly image: string;
  /** Empty until an instance was made. */
  readonly imageID: string;
  readonly containerID?: string;
  readonly started: boolean;
}

export type ContainerState =
  | { readonly waiting: { readonly reason?: string; readonly message?: string } }
  | { readonly running: { readonly startedAt: string } }
  | { readonly terminated: ContainerStateTerminated };

export interface ContainerStateTerminated {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  /** Null where nobody saw it. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly containerID?: string;
}

/** Epoch milliseconds as Kubernetes writes times: RFC 3339, whole seconds. */
export function timestamp(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
