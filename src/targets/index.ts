/**
 * targets: what is wanted of every pod. In: what the files say, what is on record, what runs; out: one target for each pod, and what
 * is wrong with all files together. Pure but for the objects it keeps. Invariants: a pod is removed only on proof; a version that is
 * not in force holds nothing; who waits for whom is told by name.
 */
export { SideObjects } from './side-objects.ts';
export type { Readiness } from './start-after.ts';
export { isOther, type RunTarget, type Standing, type Target } from './target.ts';
export { findTargets } from './targets.ts';
export type { Shutdown, Targets, TargetsInput } from './targets-input.ts';
export type { Wait } from './wait.ts';
