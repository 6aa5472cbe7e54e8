import type { ContainerId, PodUid, SandboxId } from './identity.ts';

/** A sandbox as the runtime lists it. Times are epoch milliseconds, with fractions. */
export interface ObservedSandbox {
  readonly id: SandboxId;
  readonly name: string;
  readonly namespace: string;
  readonly uid: PodUid;
  readonly attempt: number;
  readonly state: 'ready' | 'not-ready';
  readonly createdAtMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A container as the runtime lists it. */
export interface ObservedContainer {
  readonly id: ContainerId;
  readonly sandboxId: SandboxId;
  readonly name: string;
  readonly attempt: number;
  readonly state: 'created' | 'running' | 'exited' | 'unknown';
  readonly createdAtMs: number;
  /** The image as it was given to the runtime (usually an id). */
  readonly image: string;
  readonly imageRef: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What only ContainerStatus tells. Zero times mean "not yet". */
export interface ContainerDetails {
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  /** The runtime's word: Completed, Error, OOMKilled, StartError, Unknown or empty. */
  readonly reason: string;
  readonly message: string;
  /** What the container left at its terminationMessagePath, or the end of its log where its policy says so. */
  readonly terminationMessage?: string;
  readonly imageRef: string;
  readonly logPath: string;
}

/** What only PodSandboxStatus tells. */
export interface SandboxDetails {
  /** First the primary address; empty for host-network pods. */
  readonly ips: readonly string[];
}

/** One pod's part of a snapshot, with the details that lists do not carry. Newest first. */
export interface PodObservation {
  readonly sandboxes: readonly ObservedSandbox[];
  readonly containers: readonly ObservedContainer[];
  readonly containerDetails: ReadonlyMap<ContainerId, ContainerDetails>;
  readonly sandboxDetails: ReadonlyMap<SandboxId, SandboxDetails>;
  /** For containers that the runtime does not know: the attempt that follows the newest log file. */
  readonly nextAttempts: ReadonlyMap<string, number>;
  /** Text of the files that env takes values from, by `<volume>/<path>`; undefined where there is no such file. */
  readonly envFiles: ReadonlyMap<string, string | undefined>;
  /** Bytes on disk of the emptyDirs that have a limit, as far as they were measured. */
  readonly volumeUsage: ReadonlyMap<string, number>;
}

export const nothingObserved: PodObservation = {
  sandboxes: [],
  containers: [],
  containerDetails: new Map(),
  sandboxDetails: new Map(),
  nextAttempts: new Map(),
  envFiles: new Map(),
  volumeUsage: new Map(),
};

/** Newest first: by attempt, then by time of creation, then by id, as the kubelet orders them. */
export function newestFirst(
  a: ObservedSandbox | ObservedContainer,
  b: ObservedSandbox | ObservedContainer,
): number {
  return b.attempt - a.attempt || b.createdAtMs - a.createdAtMs || (a.id < b.id ? -1 : 1);
}
