import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { ContainerId } from '../pod/index.ts';
import type { LifecycleListener, StopRun } from './lifecycle.ts';

export interface StopsOptions {
  readonly clock: Clock;
  readonly stop: (run: StopRun, signal: AbortSignal) => Promise<void>;
  readonly listener: Pick<LifecycleListener, 'onStopEnd'>;
  readonly logger: Logger;
}

/** Calls that stop a container and wait for its end: one at a time for each instance. What has ended may be begun again. */
export class StopsUnderWay {
  readonly #options: StopsOptions;
  readonly #stops = new Map<ContainerId, Promise<void>>();
  readonly #abort = new AbortController();

  constructor(options: StopsOptions) {
    this.#options = options;
  }

  begin(run: StopRun): void {
    if (this.#abort.signal.aborted || this.#stops.has(run.id)) return;
    this.#stops.set(run.id, this.#see(run));
  }

  has(id: ContainerId): boolean {
    return this.#stops.has(id);
  }

  underWay(): Iterable<Promise<void>> {
    return this.#stops.values();
  }

  /** What is cancelled is told to nobody. */
  close(): void {
    this.#abort.abort();
  }

  /** Never rejects. When it is told, the stop is no longer under way. */
  async #see(run: StopRun): Promise<void> {
    const { clock, logger, listener } = this.#options;
    const { uid, container, timeoutSeconds } = run;
    const beganAtMs = clock.monotonicMs();
    const error = await this.#errorOf(run);
    this.#stops.delete(run.id);
    if (this.#abort.signal.aborted) return;
    const durationMs = Math.round(clock.monotonicMs() - beganAtMs);
    const facts = { uid, container, id: run.id, timeoutSeconds, durationMs };
    if (error === undefined) logger.info(facts, 'container stopped');
    else logger.warn({ ...facts, err: messageOf(error) }, 'container not stopped');
    listener.onStopEnd(run, error);
  }

  async #errorOf(run: StopRun): Promise<unknown> {
    try {
      await this.#options.stop(run, this.#abort.signal);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}
