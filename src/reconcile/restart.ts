import {
  annotation,
  type ContainerDetails,
  type ObservedContainer,
  type RestartPolicy,
} from '../pod/index.ts';

/** CrashLoopBackOff (kubelet: crash_loop_backoff): the first restart is immediate, then 10 s doubling to 5 min. */
const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 300_000;
/** A run longer than this starts again at the first step. */
const RESET_AFTER_MS = 600_000;

/** What becomes of a container that has exited. */
export type RestartDecision =
  | { readonly kind: 'done' }
  /** To be replaced from `atMs` on; the new instance records `step`. */
  | { readonly kind: 'restart'; readonly atMs: number; readonly step: number };

export function decideRestart(
  policy: RestartPolicy,
  exited: ObservedContainer,
  details: ContainerDetails,
): RestartDecision {
  if (policy === 'Never' || (policy === 'OnFailure' && details.exitCode === 0)) return { kind: 'done' };
  const ranMs = details.startedAtMs > 0 ? details.finishedAtMs - details.startedAtMs : 0;
  const step = ranMs > RESET_AFTER_MS ? 0 : backoffStep(exited);
  return { kind: 'restart', atMs: details.finishedAtMs + backoffDelayMs(step), step: step + 1 };
}

/** The delay before the restart that follows `step` earlier ones. */
export function backoffDelayMs(step: number): number {
  return step === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (step - 1), LONGEST_DELAY_MS);
}

/** Whether a restart that is due at `atMs` has to wait. A longer wait than any is a clock that was set back: it is over. */
export function isBackingOff(atMs: number, nowMs: number): boolean {
  const waitMs = atMs - nowMs;
  return waitMs > 0 && waitMs <= LONGEST_DELAY_MS;
}

/** The step is an annotation of the instance, since it cannot be derived; an unreadable one counts as the first. */
export function backoffStep(container: ObservedContainer): number {
  const step = Number(container.annotations[annotation.backoffStep] ?? 0);
  return Number.isInteger(step) && step >= 0 ? step : 0;
}
