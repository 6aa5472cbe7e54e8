import type { ManifestMessage } from '../manifest/index.ts';
import type { PodUid } from '../pod/index.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** A container as core/v1 ContainerStatus has it, with times as RFC 3339. */
export interface ContainerReport {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID?: string;
  readonly state: ContainerStateReport;
  readonly lastState?: ContainerStateReport;
}

export type ContainerStateReport =
  | { readonly waiting: { readonly reason: string; readonly message?: string } }
  | { readonly running: { readonly startedAt: string } }
  | {
      readonly terminated: {
        readonly exitCode: number;
        readonly reason: string;
        readonly message?: string;
        readonly startedAt: string;
        readonly finishedAt: string;
      };
    };

/** Why a pod is not yet what its manifest says, and until when it waits, if a time is known. */
export interface WaitReport {
  readonly container?: string;
  readonly reason: string;
  readonly message: string;
  readonly until?: string;
}

export interface PodReport {
  readonly namespace: string;
  readonly name: string;
  readonly uid: PodUid;
  /** The manifest file that defines it. */
  readonly file: string;
  readonly phase: PodPhase;
  /** Why the pod as a whole was ended, e.g. Evicted. */
  readonly reason?: string;
  readonly message?: string;
  /** Set while it is being removed. */
  readonly terminating: boolean;
  /** True while its file is broken or unreadable and the last good version is kept running. */
  readonly stale: boolean;
  readonly podIPs: readonly string[];
  readonly hostNetwork: boolean;
  readonly startTime?: string;
  /** In the order they run; absent where the pod has none. */
  readonly initContainers?: readonly ContainerReport[];
  readonly containers: readonly ContainerReport[];
  readonly waiting: readonly WaitReport[];
}

/** A pod on the same runtime that carries tinylet's label and another owner's id. */
export interface ForeignPodReport {
  readonly namespace: string;
  readonly name: string;
  readonly owner: string;
}

/** What `tinylet status` shows and `GET /status` answers: the whole node in one value. */
export interface NodeReport {
  readonly nodeName: string;
  readonly version: string;
  readonly startedAt: string;
  /** Passes over the whole node since the start; 0 means nothing was looked at yet. */
  readonly passes: number;
  readonly runtime: {
    readonly ready: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly message?: string;
  };
  readonly directories: readonly { readonly directory: string; readonly problem?: string }[];
  readonly pods: readonly PodReport[];
  readonly refused: readonly { readonly file: string; readonly errors: readonly ManifestMessage[] }[];
  readonly foreign: readonly ForeignPodReport[];
  readonly warnings: readonly string[];
}
