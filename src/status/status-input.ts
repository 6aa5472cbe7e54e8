import type { ContainerId, Health, Pod, PodObservation } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { PodStatus } from './core-v1.ts';

/** What a pod's status is made from. */
export interface PodStatusInput {
  /** The version in force. */
  readonly pod: Pod;
  readonly observed: PodObservation;
  readonly health: Health;
  /** How the postStart hook of an instance ended in this daemon's life, as far as the record does not tell. */
  readonly hookEnd?: (id: ContainerId) => 'done' | 'failed' | undefined;
  readonly waits: readonly ContainerWait[];
  /** Undefined until the pod was recorded. */
  readonly record: RecordFacts | undefined;
  /** The machine's addresses, the primary one first. */
  readonly hostIPs: readonly string[];
  /** It is being removed. */
  readonly terminating: boolean;
  readonly nowMs: number;
  /** The same pod's status as it was told last: what has changed since gets the time of now, what has vanished was running then. */
  readonly previous?: PodStatus;
}

/** Why the plan does not go on, for one container or for the pod as a whole. */
export interface ContainerWait {
  readonly container?: string;
  readonly reason: string;
  readonly message: string;
}

export type RecordFacts = Pick<PodRecord, 'createdAtMs' | 'stops'> &
  Partial<Pick<PodRecord, 'changedAtMs' | 'ended' | 'restartingAll' | 'starts' | 'conditions'>>;
