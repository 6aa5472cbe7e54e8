import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger, systemClock } from '../../src/base/index.ts';
import { subscribeTaskEvents } from '../../src/cri/index.ts';

const SUBSCRIPTION_MS = 300;
const PATIENCE_MS = 60_000;

/**
 * The moment a container runs, told by containerd itself on a connection of its own: the same witness for whoever made the
 * calls. A sandbox counts too, since its pause process is a task like any other.
 */
export class StartEvents {
  readonly #ending = new AbortController();
  #left = 0;
  #reached: ((atMs: number) => void) | undefined;

  /** Resolves when events are being heard. */
  static async on(endpoint: string): Promise<StartEvents> {
    const events = new StartEvents();
    void subscribeTaskEvents({
      endpoint,
      clock: systemClock,
      logger: silentLogger,
      signal: events.#ending.signal,
      onEvent: ({ topic }) => {
        if (topic === '/tasks/start') events.#count();
      },
    });
    await sleep(SUBSCRIPTION_MS);
    return events;
  }

  /** The moment (performance.now) of the `count`th start from now on. */
  nth(count: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(
        () => reject(new Error(`${this.#left} of ${count} starts did not come`)),
        PATIENCE_MS,
      );
      this.#left = count;
      this.#reached = (atMs) => {
        clearTimeout(giveUp);
        resolve(atMs);
      };
    });
  }

  close(): void {
    this.#ending.abort();
  }

  #count(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#reached?.(performance.now());
  }
}
