import type { Clock } from '../../src/base/index.ts';
import { cancelled, deadlineExceeded, type ModelFailure, unavailable } from './model-failure.ts';

/**
 * One call as the runtime sees it: whether somebody still waits for the answer, and whether the runtime itself still runs. The
 * client can leave, by its signal or its deadline; the runtime can die under the call. Plain callbacks instead of abort
 * signals, because a simulation makes very many of these.
 */
export class CallScope {
  readonly #clock: Clock;
  readonly #wakers = new Set<() => void>();
  #left: ModelFailure | undefined;
  #crashed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The client waits no longer. */
  leave(failure: ModelFailure): void {
    this.#left ??= failure;
    this.#wake();
  }

  /** The runtime is no more. */
  crash(): void {
    this.#crashed = true;
    this.#wake();
  }

  /** Why there will be no answer, if so. */
  get ended(): ModelFailure | undefined {
    return this.#left ?? (this.#crashed ? unavailable() : undefined);
  }

  /** Ties the client's patience to its signals and deadline. Returns what unties it. */
  watch(signals: readonly AbortSignal[], deadlineMs: number | undefined): () => void {
    const abort = (): void => this.leave(cancelled());
    if (signals.some(({ aborted }) => aborted)) abort();
    for (const signal of signals) signal.addEventListener('abort', abort, { once: true });
    const expire = (): void => this.leave(deadlineExceeded());
    const timer =
      deadlineMs === undefined || deadlineMs === Number.POSITIVE_INFINITY
        ? undefined
        : this.#clock.setTimer(deadlineMs, expire);
    return () => {
      timer?.cancel();
      for (const signal of signals) signal.removeEventListener('abort', abort);
    };
  }

  /** What the client gets: the answer, unless it leaves or the runtime dies first. */
  answer<T>(effect: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const give = (): boolean => {
        if (this.ended === undefined) return false;
        reject(this.ended);
        return true;
      };
      effect.then(resolve, reject);
      if (!give()) this.#wakers.add(give);
    });
  }

  /** Work that the runtime finishes although nobody waits for it any more. */
  async work(ms: number): Promise<void> {
    await this.#sleepUnless(ms, () => this.#crashed);
    if (this.#crashed) throw unavailable();
  }

  /** Work that is given up when the client leaves. */
  async workWhileWanted(ms: number): Promise<void> {
    await this.#sleepUnless(ms, () => this.ended !== undefined);
    if (this.ended !== undefined) throw this.ended;
  }

  /** Whether `happened` comes true within `ms`; the waiting is given up when the client leaves. */
  async awaits(happened: Promise<void>, ms: number): Promise<boolean> {
    let done = false;
    void happened.then(() => {
      done = true;
      this.#wake();
    });
    await this.#sleepUnless(ms, () => done || this.ended !== undefined);
    if (!done && this.ended !== undefined) throw this.ended;
    return done;
  }

  #sleepUnless(ms: number, over: () => boolean): Promise<void> {
    if (ms <= 0 || over()) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        timer?.cancel();
        this.#wakers.delete(waker);
        resolve();
      };
      const waker = (): void => {
        if (over()) finish();
      };
      const timer = ms === Number.POSITIVE_INFINITY ? undefined : this.#clock.setTimer(ms, finish);
      this.#wakers.add(waker);
    });
  }

  #wake(): void {
    for (const waker of [...this.#wakers]) waker();
  }
}
