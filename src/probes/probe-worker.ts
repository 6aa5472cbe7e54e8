import type { Clock, Timer } from '../base/index.ts';
import type { Probe, ProbeKind } from '../pod/index.ts';
import type { ProbeOutcome } from './pod-probes.ts';
import { countResult, initialState, type ProbeState } from './threshold.ts';

export interface ProbeWorkerOptions {
  readonly clock: Clock;
  readonly kind: ProbeKind;
  readonly probe: Probe;
  /** What held before an edit of the probe. */
  readonly result?: ProbeState['result'];
  /** Until the first probe. */
  readonly delayMs: number;
  /** Asks once. Rejections count for nothing. */
  readonly ask: (probe: Probe, signal: AbortSignal) => Promise<ProbeOutcome>;
  readonly onOutcome: (outcome: ProbeOutcome) => void;
  /** Of a probe that could not be carried out, however often it was tried. */
  readonly onError: (error: unknown) => void;
}

/** In one tick, all told (kubelet: prober.go maxProbeRetries). */
const MAX_TRIES = 3;

/**
 * One probe of one instance (kubelet: prober/worker.go): asks every period, without chance and without piling up. A probe that is still
 * under way when the next is due is followed by that one at once; those due in between are left out.
 */
export class ProbeWorker {
  readonly #options: ProbeWorkerOptions;
  readonly #cancelled = new AbortController();
  #state: ProbeState;
  /** Where the next probe stands in its grid of periods, monotonic. */
  #dueMs: number;
  #timer: Timer;

  constructor(options: ProbeWorkerOptions) {
    this.#options = options;
    const { clock, kind, result, delayMs } = options;
    this.#state = initialState(kind, result);
    this.#dueMs = clock.monotonicMs() + delayMs;
    this.#timer = clock.setTimer(delayMs, this.#tick);
  }

  get probe(): Probe {
    return this.#options.probe;
  }

  get state(): ProbeState {
    return this.#state;
  }

  /** Ends it; a probe under way is cancelled and counts for nothing. */
  close(): void {
    this.#timer.cancel();
    this.#cancelled.abort();
  }

  readonly #tick = (): void => {
    void this.#probeOnce().finally(() => this.#plan());
  };

  async #probeOnce(): Promise<void> {
    const outcome = await this.#ask();
    if (outcome === undefined || this.#cancelled.signal.aborted) return;
    const result = outcome.result === 'failure' ? 'failure' : 'success';
    this.#state = countResult(this.#state, result, this.#options);
    this.#options.onOutcome(outcome);
  }

  async #ask(): Promise<ProbeOutcome | undefined> {
    const { signal } = this.#cancelled;
    const { probe, ask, onError } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        return await ask(probe, signal);
      } catch (error) {
        if (signal.aborted) return undefined;
        if (tries < MAX_TRIES) continue;
        onError(error);
        return undefined;
      }
    }
  }

  #plan(): void {
    if (this.#cancelled.signal.aborted || this.#state.held) return;
    const { clock, probe } = this.#options;
    const periodMs = probe.periodSeconds * 1000;
    const nowMs = clock.monotonicMs();
    this.#dueMs += periodMs * Math.max(1, Math.floor((nowMs - this.#dueMs) / periodMs));
    this.#timer = clock.setTimer(this.#dueMs - nowMs, this.#tick);
  }
}
