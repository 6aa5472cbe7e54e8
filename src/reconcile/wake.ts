import type { Clock, Timer } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';

/** What makes a pod due, in words for whoever asks why something was done. */
export type Trigger =
  | 'manifest changed'
  | 'runtime event'
  | 'interval'
  | 'probe'
  | 'hook'
  | 'stop'
  | 'image'
  | 'record'
  | 'deleted'
  | 'condition'
  | 'time'
  | 'another pod'
  | 'shutdown'
  | 'again';

/** What a tick has to do. */
export interface Due {
  /** Read the manifests again. */
  readonly manifests: boolean;
  /** All pods, or these. */
  readonly pods: 'all' | ReadonlySet<PodUid>;
  /** What made all of them due, if all are. */
  readonly because: readonly Trigger[];
  /** What was told of single ones, also if all are due. */
  readonly becauseOf: ReadonlyMap<PodUid, readonly Trigger[]>;
}

/**
 * Collects hints until the loop is ready for them. A hint says where to look, never what is there: losing, repeating or reordering hints
 * costs nothing but time, since every interval everything is due.
 */
export class Wake {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #pods = new Map<PodUid, Set<Trigger>>();
  #all = new Set<Trigger>();
  #manifests = true;
  #lastFullMs = Number.NEGATIVE_INFINITY;
  #waiter: (() => void) | undefined;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** A pod that is due for what is known already needs no trigger. */
  pod(uid: PodUid, trigger?: Trigger): void {
    const triggers = this.#pods.get(uid) ?? new Set();
    this.#pods.set(uid, trigger === undefined ? triggers : triggers.add(trigger));
    this.#waiter?.();
  }

  all(trigger: Trigger): void {
    this.#all.add(trigger);
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
    if (this.#all.size === 0 && !this.#manifests && this.#pods.size === 0 && untilFullMs > 0)
      await this.#wait(untilFullMs);
    const full = this.#clock.monotonicMs() >= this.#lastFullMs + this.#intervalMs;
    if (full) {
      this.#lastFullMs = this.#clock.monotonicMs();
      this.#all.add('interval');
    }
    const due: Due = {
      manifests: full || this.#manifests,
      pods: this.#all.size > 0 ? 'all' : new Set(this.#pods.keys()),
      because: [...this.#all],
      becauseOf: new Map([...this.#pods].map(([uid, triggers]) => [uid, [...triggers]])),
    };
    this.#all = new Set();
    this.#manifests = false;
    this.#pods = new Map();
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
