import type { PodUid } from '../pod/index.ts';
import type { WaitReport } from './report.ts';

/** One look at a pod and what came of it. Times are RFC 3339 with milliseconds. */
export interface PassReport {
  /** What made the pod due. */
  readonly triggers: readonly string[];
  readonly at: string;
  /** The same was decided so many times in a row, last at `lastAt`. */
  readonly count: number;
  readonly lastAt: string;
  /** The number of the look at the runtime that it rests on; of the last pass, where several count as one. */
  readonly snapshot: number;
  readonly observed: readonly string[];
  readonly actions: readonly ActionReport[];
  readonly waiting: readonly WaitReport[];
  /** The pod could not be looked at. */
  readonly error?: string;
}

export interface ActionReport {
  readonly action: string;
  /** `skipped`: one before it failed. */
  readonly outcome: 'done' | 'failed' | 'running' | 'skipped';
  readonly durationMs?: number;
  readonly error?: string;
}

/** What `tinylet why` shows: the last passes of a pod, the oldest first. */
export interface PodWhy {
  readonly namespace: string;
  readonly name: string;
  readonly uid: PodUid;
  readonly status: string;
  readonly passes: readonly PassReport[];
}
