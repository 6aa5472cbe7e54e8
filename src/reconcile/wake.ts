import type { Clock, Timer } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';

/** What a tick has to do. */
export interface Due {
  /** Read the manifests again. */
  readonly manifests: boolean;
  /** All pods, or these. */
  readonly pods: 'all' | ReadonlySet<PodUid>;
}

/**
 * Collects hints until the loop is ready for them. A hint says where to look, never what is there: losing, repeating or reordering hints
 * costs nothing but time, since every interval everything is due.
 */
export class Wake {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #pods = new Set<PodUid>();
  #all = true;
  #manifests = true;
  #lastFullMs = Number.NEGATIVE_INFINITY;
  #waiter: (() => void) | undefined;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  pod(uid: PodUid): void {
    this.#pods.add(uid);
    this.#waiter?.();
  }

  all(): void {
    this.#all = true;
    this.#waiter?.();
  }

  manifests(): void {
    this.#manifests = true;
    this.#waiter?.();
  }

  /** Ends a wait without making anything due. */
  nudge(): void {
    this.#waiter?.();
  }

  /** Resolves when something is due. Hints that come in the same turn are taken together. */
  async next(): Promise<Due> {
    const untilFullMs = this.#lastFullMs + this.#intervalMs - this.#clock.monotonicMs();
    if (!this.#all && !this.#manifests && this.#pods.size === 0 && untilFullMs > 0)
      await this.#wait(untilFullMs);
    const full = this.#clock.monotonicMs() >= this.#lastFullMs + this.#intervalMs;
    if (full) this.#lastFullMs = this.#clock.monotonicMs();
    const due: Due = { manifests: full || this.#manifests, pods: full || this.#all ? 'all' : this.#pods };
    this.#all = false;
    this.#manifests = false;
    this.#pods = new Set();
    return due;
  }

  #wait(untilFullMs: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const wake = (): void => {
        this.#waiter = undefined;
        timer?.cancel();
        resolve();
      };
      // A timer may fire a little early: what counts is that the interval's timer fired.
      timer = this.#clock.setTimer(untilFullMs, () => {
        this.#lastFullMs = Number.NEGATIVE_INFINITY;
        wake();
      });
      this.#waiter = wake;
    });
  }
}
