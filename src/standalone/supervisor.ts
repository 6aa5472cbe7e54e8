import {
  type Clock,
  isAlive,
  type Logger,
  messageOf,
  type ProcessIdentity,
  type Timer,
} from '../base/index.ts';

const POLL_MS = 1_000;
const FIRST_BACKOFF_MS = POLL_MS;
const MAX_BACKOFF_MS = 30_000;
/** A process that lived this long did not die of what killed the one before. */
const STABLE_MS = 60_000;

export interface SupervisorOptions<P extends ProcessIdentity> {
  readonly first: P;
  /** Starts another one and resolves when it works. */
  readonly respawn: () => Promise<P>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Looks every second whether the process lives and replaces it when it died, slower and slower while that fails. */
export class Supervisor<P extends ProcessIdentity> {
  readonly #options: SupervisorOptions<P>;
  #current: P;
  #startedAtMs: number;
  #backoffMs = FIRST_BACKOFF_MS;
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(options: SupervisorOptions<P>) {
    this.#options = options;
    this.#current = options.first;
    this.#startedAtMs = options.clock.monotonicMs();
    this.#schedule(POLL_MS);
  }

  get current(): P {
    return this.#current;
  }

  /** Ends the watching; the process goes on. Resolves when a restart that was under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  #schedule(delayMs: number): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.setTimer(delayMs, () => {
      this.#looking = this.#look();
    });
  }

  async #look(): Promise<void> {
    const { clock, logger } = this.#options;
    if (await isAlive(this.#current)) {
      if (clock.monotonicMs() - this.#startedAtMs > STABLE_MS) this.#backoffMs = FIRST_BACKOFF_MS;
      return this.#schedule(POLL_MS);
    }
    if (this.#closed) return;
    logger.warn({ pid: this.#current.pid }, 'private containerd died');
    try {
      this.#current = await this.#options.respawn();
      this.#startedAtMs = clock.monotonicMs();
      logger.info({ pid: this.#current.pid }, 'private containerd restarted');
    } catch (error) {
      logger.error({ err: messageOf(error) }, 'private containerd cannot be restarted');
    }
    this.#schedule(this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, MAX_BACKOFF_MS);
  }
}
