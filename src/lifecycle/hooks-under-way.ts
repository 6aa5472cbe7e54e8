import { type Clock, type Logger, messageOf, type Timer } from '../base/index.ts';
import type { ContainerId, HookKind, PodUid } from '../pod/index.ts';
import type { HookRun, HookState, LifecycleListener, RunHook } from './lifecycle.ts';

export interface HooksOptions {
  readonly clock: Clock;
  readonly run: RunHook;
  readonly listener: Pick<LifecycleListener, 'onHookEnd'>;
  readonly logger: Logger;
  readonly hide?: (uid: PodUid, text: string) => string;
}

type Ended = Extract<HookState, { state: 'done' | 'failed' }>;

interface Hook {
  readonly uid: PodUid;
  readonly id: ContainerId;
  readonly abort: AbortController;
  state: HookState;
  /** When its time is over, on the monotonic clock. */
  deadlineMs: number;
  timer?: Timer;
}

/** Hooks by instance and kind, those that ended too, so that none runs twice. */
export class HooksUnderWay {
  readonly #options: HooksOptions;
  readonly #hooks = new Map<string, Hook>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(options: HooksOptions) {
    this.#options = options;
  }

  /** One that is under way is joined: of two limits the earlier counts, since a grace period can only shrink. */
  begin(run: HookRun): void {
    if (this.#closed) return;
    const before = this.#hooks.get(keyOf(run.id, run.hook));
    if (before === undefined) this.#start(run);
    else this.#limit(before, run);
  }

  state(id: ContainerId, kind: HookKind): HookState {
    return this.#hooks.get(keyOf(id, kind))?.state ?? { state: 'none' };
  }

  /** What is forgotten is told to nobody. */
  keepOnly(uid: PodUid, ids: ReadonlySet<ContainerId>): void {
    for (const [key, hook] of this.#hooks) {
      if (hook.uid !== uid || ids.has(hook.id)) continue;
      this.#hooks.delete(key);
      hook.abort.abort();
    }
  }

  underWay(): Iterable<Promise<void>> {
    return this.#running;
  }

  /** Cancelled hooks stay as running, and are told to nobody: the daemon that comes next begins them again. */
  close(): void {
    this.#closed = true;
    for (const hook of this.#hooks.values()) hook.abort.abort();
  }

  #start(run: HookRun): void {
    const hook: Hook = {
      uid: run.uid,
      id: run.id,
      abort: new AbortController(),
      state: { state: 'running' },
      deadlineMs: Number.POSITIVE_INFINITY,
    };
    this.#hooks.set(keyOf(run.id, run.hook), hook);
    this.#limit(hook, run);
    const running = this.#see(hook, run).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #limit(hook: Hook, { limitMs }: HookRun): void {
    if (limitMs === undefined || hook.state.state !== 'running') return;
    const { clock } = this.#options;
    const deadlineMs = clock.monotonicMs() + limitMs;
    if (deadlineMs >= hook.deadlineMs) return;
    hook.timer?.cancel();
    hook.deadlineMs = deadlineMs;
    if (limitMs <= 0) hook.abort.abort('limit');
    else hook.timer = clock.setTimer(limitMs, () => hook.abort.abort('limit'));
  }

  /** Never rejects. Ends with the signal, whether the handler heeds it or not. */
  async #see(hook: Hook, run: HookRun): Promise<void> {
    const { clock, logger, listener, hide = (_, text) => text } = this.#options;
    const beganAtMs = clock.monotonicMs();
    const ended = await this.#endOf(hook, run);
    hook.timer?.cancel();
    if (ended === undefined) return;
    hook.state = ended;
    const { uid, container, hook: kind } = run;
    const facts = { uid, container, hook: kind, durationMs: Math.round(clock.monotonicMs() - beganAtMs) };
    if (ended.state === 'done') logger.info(facts, 'hook done');
    else logger.warn({ ...facts, err: hide(uid, ended.message) }, 'hook failed');
    listener.onHookEnd(run, ended);
  }

  /** Undefined where it was cancelled for another reason than its limit. */
  async #endOf(hook: Hook, run: HookRun): Promise<Ended | undefined> {
    const { signal } = hook.abort;
    const beganAtMs = this.#options.clock.monotonicMs();
    const aborted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    // Without any time left it is not even begun.
    const ended = signal.aborted ? undefined : await Promise.race([this.#run(run, signal), aborted]);
    if (!signal.aborted) return ended;
    if (signal.reason !== 'limit') return undefined;
    return { state: 'failed', message: overdue(run.hook, hook.deadlineMs - beganAtMs) };
  }

  async #run(run: HookRun, signal: AbortSignal): Promise<Ended> {
    try {
      await this.#options.run(run, signal);
      return { state: 'done' };
    } catch (error) {
      return { state: 'failed', message: messageOf(error) };
    }
  }
}

function keyOf(id: ContainerId, kind: HookKind): string {
  return `${kind} ${id}`;
}

function overdue(kind: HookKind, limitMs: number): string {
  return `${kind} hook did not end within the ${Math.max(Math.round(limitMs / 1000), 0)}s of the grace period that were left, and was cancelled`;
}
