/**
 * lifecycle: hooks and stops, which take as long as a container likes. In: what the plan begins; out: where each stands. Invariant: one
 * hook of a kind and one stop at a time for an instance, whatever is asked.
 */
export { createLifecycle, type LifecycleOptions } from './create-lifecycle.ts';
export type { HookRun, HookState, Lifecycle, LifecycleListener, RunHook, StopRun } from './lifecycle.ts';
export { createRunHook, type RunHookOptions } from './run-hook.ts';
