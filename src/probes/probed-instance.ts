import { isDeepStrictEqual } from 'node:util';
import type { Clock, Random } from '../base/index.ts';
import type { Container, ContainerHealth, Probe, ProbeKind } from '../pod/index.ts';
import type { ProbedContainer, ProbeOutcome, RunProbe } from './pod-probes.ts';
import { ProbeWorker } from './probe-worker.ts';

export interface InstancePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly run: RunProbe;
  /** When this daemon began, by both clocks. */
  readonly began: { readonly wallMs: number; readonly monotonicMs: number };
  /** Told of every outcome, after it was counted. */
  readonly onOutcome: (of: ProbeOf, outcome: ProbeOutcome) => void;
  readonly onError: (of: ProbeOf, error: unknown) => void;
}

/** Which probe of which instance. */
export interface ProbeOf {
  readonly kind: ProbeKind;
  readonly probed: ProbedContainer;
}

/** Over which the first readiness probes are spread of what ran before the daemon did. */
const READINESS_SPREAD_MS = 1_000;

const KINDS = ['startup', 'liveness', 'readiness'] as const;

/** The workers of one running instance, and what they found together. */
export class ProbedInstance {
  readonly #ports: InstancePorts;
  readonly #workers = new Map<ProbeKind, ProbeWorker>();
  #probed: ProbedContainer;
  #terminating: boolean;
  /** Once true it stays so: a startup probe that is edited in later asks nothing of what has started. */
  #started: boolean;
  /** The last words of the probe for whose failing it is to be stopped. */
  #failed: ContainerHealth['failed'];

  constructor(ports: InstancePorts, probed: ProbedContainer, terminating: boolean) {
    this.#ports = ports;
    this.#probed = probed;
    this.#terminating = terminating;
    this.#started = isStarted(probed);
    this.#bringWorkers();
  }

  /** Takes up what was edited or has come to pass; what is the same goes on as it is. */
  update(probed: ProbedContainer, terminating: boolean): void {
    this.#probed = probed;
    this.#terminating = terminating;
    this.#started ||= isStarted(probed);
    this.#bringWorkers();
  }

  health(): ContainerHealth {
    const { readinessProbe } = this.#probed.container;
    const readiness = this.#workers.get('readiness')?.state.result;
    const ready = this.#started && (readinessProbe === undefined || readiness === 'success');
    return { started: this.#started, ready, ...(this.#failed === undefined ? {} : { failed: this.#failed }) };
  }

  close(): void {
    for (const worker of this.#workers.values()) worker.close();
    this.#workers.clear();
  }

  #bringWorkers(): void {
    for (const kind of KINDS) this.#bringWorker(kind, this.#wanted(kind));
  }

  /** Liveness and readiness wait for the start; of a pod that is being removed only readiness is asked (kubelet: StopLivenessAndStartup). */
  #wanted(kind: ProbeKind): Probe | undefined {
    if (this.#terminating && kind !== 'readiness') return undefined;
    return this.#started === (kind === 'startup') ? undefined : probeOf(this.#probed.container, kind);
  }

  #bringWorker(kind: ProbeKind, probe: Probe | undefined): void {
    const worker = this.#workers.get(kind);
    if (probe !== undefined && worker !== undefined && (worker.state.held || isSame(worker.probe, probe)))
      return;
    worker?.close();
    this.#workers.delete(kind);
    if (this.#failed?.probe === kind) this.#failed = undefined;
    if (probe === undefined) return;
    const { clock } = this.#ports;
    const delayMs = Math.max(
      this.#initialDelayMs(probe),
      worker === undefined ? this.#jitterMs(kind, probe) : 0,
    );
    const before = worker === undefined ? {} : { result: worker.state.result };
    this.#workers.set(
      kind,
      new ProbeWorker({
        ...{ clock, kind, probe, delayMs, ...before },
        ask: (asked, signal) => this.#ask(kind, asked, signal),
        onOutcome: (outcome) => this.#onOutcome(kind, outcome),
        onError: (error) => this.#ports.onError({ kind, probed: this.#probed }, error),
      }),
    );
  }

  #ask(kind: ProbeKind, probe: Probe, signal: AbortSignal): Promise<ProbeOutcome> {
    const { id, container, host } = this.#probed;
    return this.#ports.run({ id, container, kind, probe, host }, signal);
  }

  #onOutcome(kind: ProbeKind, outcome: ProbeOutcome): void {
    const state = this.#workers.get(kind)?.state;
    if (kind === 'startup' && state?.result === 'success') {
      this.#started = true;
      this.#bringWorkers();
    }
    if (kind !== 'readiness' && state?.held === true)
      this.#failed ??= { probe: kind, message: outcome.message };
    this.#ports.onOutcome({ kind, probed: this.#probed }, outcome);
  }

  /** What is left of it, by the container's age. A clock that was set back makes it no longer than it is. */
  #initialDelayMs({ initialDelaySeconds }: Probe): number {
    const ageMs = Math.max(0, this.#ports.clock.nowMs() - this.#probed.startedAtMs);
    return Math.max(0, initialDelaySeconds * 1000 - ageMs);
  }

  /**
   * After a restart of the daemon what ran before is not asked all at once (kubelet: prober/worker.go run). The kubelet spreads over a
   * period, which would take a pod that serves out of service for as long: readiness is spread no further than it must be.
   */
  #jitterMs(kind: ProbeKind, { periodSeconds }: Probe): number {
    const { clock, random, began } = this.#ports;
    const periodMs = periodSeconds * 1000;
    if (this.#probed.startedAtMs >= began.wallMs) return 0;
    const spreadMs = kind === 'readiness' ? Math.min(periodMs, READINESS_SPREAD_MS) : periodMs;
    return clock.monotonicMs() - began.monotonicMs < periodMs ? random.unit() * spreadMs : 0;
  }
}

function isStarted({ started, container }: ProbedContainer): boolean {
  return started || container.startupProbe === undefined;
}

function probeOf(container: Container, kind: ProbeKind): Probe | undefined {
  switch (kind) {
    case 'startup':
      return container.startupProbe;
    case 'liveness':
      return container.livenessProbe;
    case 'readiness':
      return container.readinessProbe;
  }
}

function isSame(a: Probe, b: Probe): boolean {
  return a === b || isDeepStrictEqual(a, b);
}
