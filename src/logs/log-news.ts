import { type Clock, sleep } from '../base/index.ts';

/**
 * A flag that can be waited for: raised by whoever hears that something may have changed, lowered by who looks. What is told while
 * nobody waits is found at the next wait.
 */
export class LogNews {
  readonly #clock: Clock;
  #isRaised = false;
  #nap: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly raise = (): void => {
    this.#isRaised = true;
    this.#nap?.abort();
  };

  /** Resolves when it is raised, or after so long; whether it was raised. */
  async wait(atMostMs: number): Promise<boolean> {
    if (!this.#isRaised) {
      this.#nap = new AbortController();
      await sleep(this.#clock, atMostMs, this.#nap.signal);
    }
    const wasRaised = this.#isRaised;
    this.#isRaised = false;
    return wasRaised;
  }
}
