import type { ContainerId } from '../pod/index.ts';

/** A thing that failed and is left alone until `untilMs` (wall clock). */
export interface Failure {
  readonly count: number;
  readonly untilMs: number;
  readonly reason: string;
  readonly message: string;
}

/** Failures of one pod by what failed (actions.ts: failureKey). Memory only: a restart tries again at once. */
export type Failures = ReadonlyMap<string, Failure>;

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
const STOP = 'stop ';

export function failedOnceMore(
  before: Failure | undefined,
  now: { nowMs: number; reason: string; message: string },
): Failure {
  const count = (before?.count ?? 0) + 1;
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (count - 1), LONGEST_DELAY_MS);
  return { count, untilMs: now.nowMs + delayMs, reason: now.reason, message: now.message };
}

/** The failure that forbids trying now, if there is one. A longer wait than any is a clock that was set back: it is over. */
export function standingFailure(failures: Failures, key: string, nowMs: number): Failure | undefined {
  const failure = failures.get(key);
  if (failure === undefined) return undefined;
  const waitMs = failure.untilMs - nowMs;
  return waitMs > 0 && waitMs <= LONGEST_DELAY_MS ? failure : undefined;
}

/** The key of what concerns one container alone. */
export function containerFailureKey(container: string): string {
  return `container ${container}`;
}

/** The key of the stop of one instance. */
export function stopFailureKey(id: ContainerId): string {
  return `${STOP}${id}`;
}

/** The instance whose stop the key is of, if it is one. */
export function stoppedIn(key: string): string | undefined {
  return key.startsWith(STOP) ? key.slice(STOP.length) : undefined;
}

/** What leaves the rest of the pod alone. */
export function isOfOneContainer(key: string): boolean {
  return key.startsWith('container ') || key.startsWith(STOP);
}
