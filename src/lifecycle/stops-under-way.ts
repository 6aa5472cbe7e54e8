import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { ContainerId } from '../pod/index.ts';
import type { LifecycleListener, StopRun } from './lifecycle.ts';

export interface StopsOptions {
  readonly clock: Clock;
  readonly stop: (run: StopRun, signal: AbortSignal) => Promise<void>;
  readonly listener: Pick<LifecycleListener, 'onStopEnd'>;
  readonly logger: Logger;
}

interface Stop {
  run: StopRun;
  /** When the runtime is to kill, on the monotonic clock. */
  killAtMs: number;
  abort: AbortController;
  seen: Promise<void>;
}

/** Calls that stop a container and wait for its end: one at a time for each instance. What has ended may be begun again. */
export class StopsUnderWay {
  readonly #options: StopsOptions;
  readonly #stops = new Map<ContainerId, Stop>();
  #closed = false;

  constructor(options: StopsOptions) {
    this.#options = options;
  }

  /**
   * One that is under way is joined, unless the new one kills earlier: then the call is cancelled, which leaves the container running
   * with its stop signal, and made once more (containerd sends no second signal).
   */
  begin(run: StopRun): void {
    if (this.#closed) return;
    const killAtMs = this.#options.clock.monotonicMs() + run.timeoutSeconds * 1000;
    const stop = this.#stops.get(run.id);
    if (stop === undefined) {
      this.#start(run, killAtMs);
    } else if (killAtMs < stop.killAtMs) {
      stop.run = run;
      stop.killAtMs = killAtMs;
      stop.abort.abort();
    }
  }

  has(id: ContainerId): boolean {
    return this.#stops.has(id);
  }

  underWay(): Iterable<Promise<void>> {
    return [...this.#stops.values()].map(({ seen }) => seen);
  }

  /** What is cancelled is told to nobody. */
  close(): void {
    this.#closed = true;
    for (const { abort } of this.#stops.values()) abort.abort();
  }

  #start(run: StopRun, killAtMs: number): void {
    const stop: Stop = { run, killAtMs, abort: new AbortController(), seen: Promise.resolve() };
    this.#stops.set(run.id, stop);
    stop.seen = this.#see(stop);
  }

  /** Never rejects. When it is told, the stop is no longer under way. */
  async #see(stop: Stop): Promise<void> {
    const { clock, logger, listener } = this.#options;
    const beganAtMs = clock.monotonicMs();
    const error = await this.#errorOf(stop);
    const { run } = stop;
    this.#stops.delete(run.id);
    if (this.#closed) return;
    const { uid, container, timeoutSeconds } = run;
    const durationMs = Math.round(clock.monotonicMs() - beganAtMs);
    const facts = { uid, container, id: run.id, timeoutSeconds, durationMs };
    if (error === undefined) logger.info(facts, 'container stopped');
    else logger.warn({ ...facts, err: messageOf(error) }, 'container not stopped');
    listener.onStopEnd(run, error);
  }

  /** Of the last call: one that was cancelled for a shorter one says nothing. */
  async #errorOf(stop: Stop): Promise<unknown> {
    for (;;) {
      const { run, abort } = stop;
      try {
        await this.#options.stop(run, abort.signal);
        return undefined;
      } catch (error) {
        if (stop.run === run) return error;
        stop.abort = new AbortController();
        if (this.#closed) return error;
      }
    }
  }
}
