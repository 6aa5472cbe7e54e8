import type { ContainerId, PodPresence, PodUid } from '../pod/index.ts';

/** A container of ours whose output the runtime writes to a file, or wrote. */
export interface LoggedContainer {
  readonly id: ContainerId;
  readonly uid: PodUid;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly attempt: number;
  readonly running: boolean;
}

/** What is known of the pods at one moment, as far as their logs are concerned. */
export interface LoggedPods extends PodPresence {
  readonly containers: readonly LoggedContainer[];
}

/** Where a container's logs lie; all names in it were validated when the manifest was read. */
export interface ContainerLogs {
  /** The pod's log directory, `<log-dir>/<namespace>_<name>_<uid>`. */
  readonly directory: string;
  /** The name of a directory in it. */
  readonly container: string;
}

/** A container's log, with its place: `<directory>/<container>/<attempt>.log`. */
export interface ContainerLog extends LoggedContainer, ContainerLogs {}
