import type { ContainerId, ContainerPort, HookHandler, HookKind, PodUid } from '../pod/index.ts';

/** A hook to be run in, or for, one running instance. */
export interface HookRun {
  readonly uid: PodUid;
  readonly id: ContainerId;
  readonly container: string;
  readonly hook: HookKind;
  readonly handler: HookHandler;
  /** The pod's address; absent on the machine's network. */
  readonly host?: string;
  /** For ports that the handler calls by name. */
  readonly ports: readonly ContainerPort[];
  /** What is left of the grace period; absent is no limit. */
  readonly limitMs?: number;
}

/** Carries a hook out. Rejects with what went wrong in words for the user. */
export type RunHook = (run: HookRun, signal: AbortSignal) => Promise<void>;

/** Where a hook of an instance stands; `none` where this daemon did not begin it. Kept until the instance is forgotten. */
export type HookState =
  | { readonly state: 'none' }
  | { readonly state: 'running' }
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly message: string };

export interface StopRun {
  readonly uid: PodUid;
  readonly id: ContainerId;
  readonly container: string;
  /** Until SIGKILL; 0 kills at once. */
  readonly timeoutSeconds: number;
}

/**
 * Hooks and stops under way, all that takes long in a pod's life. They go on by themselves, so that no pass waits for them: the plan
 * begins them, asks where they stand, and is told when one has ended. What is begun twice is begun once, and of two limits the earlier
 * counts. Memory only: what a crash interrupted is begun again by the plan, with what is left of its time.
 */
export interface Lifecycle {
  beginHook(run: HookRun): void;
  hookState(id: ContainerId, hook: HookKind): HookState;
  beginStop(run: StopRun): void;
  isStopping(id: ContainerId): boolean;
  /** Forgets instances of a pod but these; a hook that runs for one that is gone is cancelled. */
  keepOnly(uid: PodUid, ids: ReadonlySet<ContainerId>): void;
  /** Resolves when no stop and no hook is under way. */
  settle(): Promise<void>;
  /** Cancels what is under way. A container whose stop is cancelled keeps running until somebody stops it again. */
  close(): void;
}

/** Told when something has ended. `error` is what the runtime said of a stop that failed. */
export interface LifecycleListener {
  onHookEnd(run: HookRun, state: Extract<HookState, { state: 'done' | 'failed' }>): void;
  onStopEnd(run: StopRun, error: unknown): void;
}
