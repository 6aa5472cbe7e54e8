import type { ManifestMessage } from '../manifest/index.ts';
import type { PodEvent, PodUid, QosClass } from '../pod/index.ts';
import type { ContainerStatus, PodCondition, PodPhase } from './core-v1.ts';
import type { PodWords } from './pod-words.ts';

/** Why a pod is not yet what its manifest says, and until when it waits, if a time is known. */
export interface WaitReport {
  readonly container?: string;
  readonly reason: string;
  readonly message: string;
  readonly until?: string;
}

/** A pod for people and scripts: what matters of its PodStatus, under names of its own, and what only this node knows of it. */
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
  readonly conditions: readonly PodCondition[];
  /** The columns of the table. */
  readonly words: PodWords;
  /** Set while it is being removed. */
  readonly terminating: boolean;
  /** True while its file is broken or unreadable and the last good version is kept running. */
  readonly stale: boolean;
  readonly podIPs: readonly string[];
  readonly hostNetwork: boolean;
  /** Absent where the manifest is lost. */
  readonly qosClass?: QosClass;
  readonly startTime?: string;
  /** In the order they run; absent where the pod has none. */
  readonly initContainers?: readonly ContainerStatus[];
  /** By name. */
  readonly containers: readonly ContainerStatus[];
  readonly waiting: readonly WaitReport[];
}

/** An event of a pod. Times are RFC 3339. */
export interface EventReport extends PodEvent {
  readonly count: number;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
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
