import type { Pod } from '../pod/index.ts';

/**
 * What this daemon has seen of a version of which nobody knows yet whether it is good. All of it are moments of the monotonic clock: a
 * wall clock that is set neither takes a version for good nor gives it up.
 */
export interface Trial {
  /** The version it is of. */
  readonly pod: Pod;
  /** When it was looked at last. */
  readonly seenAtMs: number;
  /** Since when nothing of another version runs: before that there is nothing to be Ready. */
  readonly aloneSinceMs?: number;
  /** Since when it has been Ready without a break. */
  readonly readySinceMs?: number;
}
