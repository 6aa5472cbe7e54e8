/**
 * plan: every decision about one pod. In: its target, its record, what was observed, what is under way; out: actions and waits as plain
 * data. Pure: no I/O, no clock. Invariants: remove before add; what must not be lost is recorded before the act; the same input has the
 * same plan.
 */
export { actionWords } from './action-words.ts';
export { type Action, failureKey, failureReason, type Plan } from './actions.ts';
export { type Failure, failedOnceMore, stopFailureKey, stoppedIn } from './failures.ts';
export { noteTrial } from './note-trial.ts';
export { planPod } from './plan.ts';
export type { PlanInput, Surroundings } from './plan-input.ts';
export { begun, done, type Prepared } from './prepared.ts';
export { type Basis, isAsBefore, isAtRest } from './settled.ts';
export { podAddressOf } from './surroundings.ts';
export type { Trial } from './trial.ts';
