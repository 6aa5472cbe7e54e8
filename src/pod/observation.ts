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
  readonly imageRef: string;
  readonly logPath: string;
}

/** What only PodSandboxStatus tells. */
export interface SandboxDetails {
  /** First the primary address; empty for host-network pods. */
  readonly ips: readonly string[];
}
