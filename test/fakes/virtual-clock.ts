import type { Clock, Timer } from '../../src/base/index.ts';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Noon of some day: far from zero, so that a time mistaken for "not yet" is noticed. */
const EPOCH_MS = Date.UTC(2026, 0, 1, 12);
/** Timers at one instant without end are a busy loop in the code under test. */
const SAME_INSTANT_LIMIT = 100_000;

/**
 * Time that passes only when it is told to. Timers fire in order of their time, then of their making; between two timers all
 * promises settle, as they do in Node. The same calls give the same run. Code that waits for real I/O does not settle here.
 */
export class VirtualClock implements Clock {
  #elapsedMs = 0;
  #wallOffsetMs = EPOCH_MS;
  #order = 0;
  /** By time and order; the next one is last, where it is taken cheaply. */
  readonly #pending: Pending[] = [];

  nowMs(): number {
    return this.#wallOffsetMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#elapsedMs + Math.max(delayMs, 0), order: this.#order++, callback };
    if (timer.dueMs < Number.POSITIVE_INFINITY) this.#pending.splice(this.#placeOf(timer), 0, timer);
    return {
      cancel: () => {
        const place = this.#placeOf(timer);
        if (this.#pending[place] === timer) this.#pending.splice(place, 1);
      },
    };
  }

  /** Moves the time of day without letting time pass, as an operator or NTP does. */
  jumpWallClock(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Lets `ms` pass: everything due until then, the last instant included, happens. */
  async advance(ms: number): Promise<void> {
    await this.#run(this.#elapsedMs + ms, () => false);
  }

  /**
   * Lets time pass until the condition holds, at most `limitMs`. It is asked after every step; the answer is whether it
   * came to hold.
   */
  async runUntil(condition: () => boolean, limitMs: number): Promise<boolean> {
    return this.#run(this.#elapsedMs + limitMs, condition);
  }

  /** Resolves like `promise`, letting as much time pass as it takes, at most `limitMs`. */
  async complete<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
    let done = false;
    const settled = (): void => {
      done = true;
    };
    promise.then(settled, settled);
    if (!(await this.runUntil(() => done, limitMs))) throw new Error('the promise does not settle');
    return promise;
  }

  /** Lets promises settle without letting time pass. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  async #run(untilMs: number, condition: () => boolean): Promise<boolean> {
    let [instantMs, steps] = [this.#elapsedMs, 0];
    for (;;) {
      await this.settle();
      if (condition()) return true;
      const next = this.#pending.at(-1);
      if (next === undefined || next.dueMs > untilMs) break;
      this.#pending.pop();
      if (next.dueMs > instantMs) [instantMs, steps] = [next.dueMs, 0];
      if (++steps > SAME_INSTANT_LIMIT)
        throw new Error(`time stands still at ${instantMs} ms: timers without end`);
      this.#elapsedMs = next.dueMs;
      next.callback();
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, untilMs);
    await this.settle();
    return condition();
  }

  /** Where a timer stands, or would stand, in the list. */
  #placeOf(timer: Pending): number {
    let [low, high] = [0, this.#pending.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#pending[middle];
      if (other !== undefined && isLater(other, timer)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isLater(a: Pending, b: Pending): boolean {
  return a.dueMs > b.dueMs || (a.dueMs === b.dueMs && a.order > b.order);
}
