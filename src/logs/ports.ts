import type { ContainerId, PodUid } from '../pod/index.ts';

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
export interface LoggedPods {
  readonly containers: readonly LoggedContainer[];
  /** Pods that are wanted, on record, or in the runtime. */
  readonly knownUids: ReadonlySet<PodUid>;
  /** Manifests, records and the runtime were all read: only then does absence say anything. */
  readonly complete: boolean;
}

/** Whether nobody knows of a pod, as far as that can be said. */
export function isUnknownPod(
  { complete, knownUids }: Pick<LoggedPods, 'complete' | 'knownUids'>,
  uid: PodUid,
): boolean {
  return complete && !knownUids.has(uid);
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
