import {
  annotation,
  type Container,
  type ContainerDetails,
  type ObservedContainer,
  type Pod,
  restartVerdict,
  wishesOf,
} from '../pod/index.ts';
import type { StopRecord } from '../state/index.ts';

/** CrashLoopBackOff (kubelet: crash_loop_backoff): the first restart is immediate, then 10 s doubling to 5 min. */
const FIRST_DELAY_MS = 10_000;
export const LONGEST_DELAY_MS = 300_000;
/** A run longer than this starts again at the first step. */
const RESET_AFTER_MS = 600_000;

/** What becomes of a container that has exited. */
export type RestartDecision =
  | { readonly kind: 'done' }
  /** To be replaced from `atMs` on, alone or with all others of its pod; the new instance records `step`. */
  | { readonly kind: 'restart'; readonly atMs: number; readonly step: number }
  | { readonly kind: 'restart-all'; readonly atMs: number; readonly step: number };

/** A container of a pod that has exited, and the longest delay that the node allows. */
export interface Exit {
  readonly pod: Pod;
  readonly container: Container;
  readonly exited: ObservedContainer;
  readonly details: ContainerDetails;
  readonly longestMs: number;
}

export function decideRestart(exit: Exit): RestartDecision {
  const { pod, container, exited, details } = exit;
  const verdict = restartVerdict(container, pod, details.exitCode, details.reason);
  if (verdict === 'done') return { kind: 'done' };
  const ranMs = details.startedAtMs > 0 ? details.finishedAtMs - details.startedAtMs : 0;
  const step = ranMs > RESET_AFTER_MS ? 0 : backoffStep(exited);
  const atMs = details.finishedAtMs + backoffDelayMs(step, longestDelayMs(pod, exit.longestMs));
  return { kind: verdict, atMs, step: step + 1 };
}

/** Decided before a stop: when the next instance may be made, and its step. */
export type PlannedRestart = NonNullable<StopRecord['restart']>;

/** A running instance, and what is known of it and the one before. */
export interface Instance {
  readonly latest: ObservedContainer;
  readonly details: ContainerDetails | undefined;
  /** Of the instance before, as long as it is there. */
  readonly before: ContainerDetails | undefined;
}

/**
 * The restart of a container that is about to be stopped for its own fault. The kubelet looks at its back-off right after the stop, when
 * the last exit it knows is the one of the instance before (kubelet: computePodActions, doBackOff): the first time there is none.
 */
export function restartAfterStop(
  pod: Pod,
  { latest, details, before }: Instance,
  now: { readonly nowMs: number; readonly longestMs: number },
): PlannedRestart {
  if (latest.attempt === 0) return { atMs: 0, step: 0 };
  const ranMs = details === undefined ? 0 : now.nowMs - details.startedAtMs;
  const step = ranMs > RESET_AFTER_MS ? 0 : backoffStep(latest);
  if (before === undefined) return { atMs: 0, step: step + 1 };
  const delayMs = backoffDelayMs(step, longestDelayMs(pod, now.longestMs));
  return { atMs: before.finishedAtMs + delayMs, step: step + 1 };
}

/** One that ended before its time was there waits once more, from its own end on: that is what the kubelet knows when it looks again. */
export function restartOfStopped(
  pod: Pod,
  { finishedAtMs }: ContainerDetails,
  planned: PlannedRestart,
  longestMs: number,
): PlannedRestart {
  if (finishedAtMs >= planned.atMs) return planned;
  return { ...planned, atMs: finishedAtMs + restartDelayMs(pod, planned.step, longestMs) };
}

/** The delay that a restart has to wait for whose instance will record `step`. */
export function restartDelayMs(pod: Pod, step: number, longestOfNodeMs: number): number {
  return backoffDelayMs(step - 1, longestDelayMs(pod, longestOfNodeMs));
}

/** The pod may ask for a shorter longest delay than the node's. */
function longestDelayMs(pod: Pod, ofNodeMs: number): number {
  return Math.min(wishesOf(pod).crashLoopMaxMs ?? ofNodeMs, LONGEST_DELAY_MS);
}

/** The delay before the restart that follows `step` earlier ones; a longest delay below the first one is the first, too. */
export function backoffDelayMs(step: number, longestMs: number = LONGEST_DELAY_MS): number {
  return step === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (step - 1), longestMs);
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
