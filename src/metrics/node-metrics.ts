import type { Clock } from '../base/index.ts';
import type { PodEvent } from '../pod/index.ts';
import type { CallObserver } from './count-calls.ts';
import type { Family } from './family.ts';
import type { Instruments } from './instruments.ts';
import { PodPulls } from './pod-pulls.ts';
import { type ProbedOnce, ProbeSeries } from './probe-series.ts';
import type { ContainerType, PassOperation, WorkObserver } from './work-observer.ts';

type Observation = (instruments: Instruments) => void;

/** Text in the format of Prometheus. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/**
 * So many are held back at most. A node with a pod comes to that in half an hour, one with a hundred in a few passes, when there is
 * nothing to be in a hurry for any more.
 */
const HELD = 1_000;
/** An emptyDir on disk that is larger than its limit is what ends pods here (kubelet: signalEmptyDirFsLimit). */
const EVICTION_SIGNAL = 'emptydirfs.limit';

/**
 * Counts what the node does. What is needed for that is loaded when somebody asks first, or when enough has happened: until then what
 * happened is held back, and none of it is lost.
 */
export class NodeMetrics implements WorkObserver, CallObserver {
  readonly #clock: Clock;
  readonly #pulls: PodPulls;
  readonly #probes = new ProbeSeries();
  #held: Observation[] = [];
  #instruments: Instruments | undefined;
  #loading: Promise<Instruments> | undefined;
  #relistedAtMs: number | undefined;
  #lastSeenMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#pulls = new PodPulls(clock);
  }

  called(operation: string, durationMs: number, failed: boolean): void {
    const labels = { operation_type: operation };
    this.#note(({ calls, failedCalls, callSeconds }) => {
      calls.inc(labels);
      if (failed) failedCalls.inc(labels);
      callSeconds.observe(labels, durationMs / 1000);
    });
  }

  relisted(durationMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const intervalMs = this.#relistedAtMs === undefined ? undefined : nowMs - this.#relistedAtMs;
    this.#relistedAtMs = nowMs;
    this.#lastSeenMs = this.#clock.nowMs();
    this.#note(({ relistSeconds, relistIntervalSeconds }) => {
      relistSeconds.observe(durationMs / 1000);
      if (intervalMs !== undefined) relistIntervalSeconds.observe(intervalMs / 1000);
    });
  }

  passed(operation: PassOperation, durationMs: number): void {
    this.#note(({ passSeconds }) => passSeconds.observe({ operation_type: operation }, durationMs / 1000));
  }

  sandboxTried(): void {
    this.#note(({ sandboxes }) => sandboxes.inc());
  }

  sandboxFailed(): void {
    this.#note(({ failedSandboxes }) => failedSandboxes.inc());
  }

  containerTried(type: ContainerType): void {
    this.#note(({ containers }) => containers.inc({ container_type: type }));
  }

  containerFailed(type: ContainerType, reason: string): void {
    this.#note(({ failedContainers }) => failedContainers.inc({ container_type: type, code: reason }));
  }

  podRan(sinceSeenMs: number): void {
    this.#note(({ podRunSeconds }) => podRunSeconds.observe(sinceSeenMs / 1000));
  }

  podStarted(uid: string, { sinceSeenMs, initMs }: Parameters<WorkObserver['podStarted']>[1]): void {
    const sliMs = Math.max(0, sinceSeenMs - initMs - this.#pulls.tookMs(uid));
    this.#note(({ podStartSeconds, podStartSliSeconds }) => {
      podStartSeconds.observe(sinceSeenMs / 1000);
      podStartSliSeconds.observe(sliMs / 1000);
    });
  }

  podGone(uid: string): void {
    this.#pulls.forget(uid);
    this.#note((instruments) => this.#probes.forget(uid, instruments));
  }

  /** Hears the events of pods, too. */
  told(event: PodEvent): void {
    this.#pulls.told(event);
    if (event.reason === 'Evicted')
      this.#note(({ evictions }) => evictions.inc({ eviction_signal: EVICTION_SIGNAL }));
  }

  probed(probe: ProbedOnce): void {
    this.#note((instruments) => this.#probes.note(probe, instruments));
  }

  /** What was counted, and what was looked up for it. */
  async exposeNode(families: readonly Family[]): Promise<MetricsText> {
    const { node } = await this.#load();
    const lookedUp = await exposeFamilies([...families, ...this.#lastSeen()]);
    return { ...lookedUp, text: `${await node.metrics()}\n${lookedUp.text}` };
  }

  async exposeProbes(): Promise<MetricsText> {
    const { probes } = await this.#load();
    return { contentType: probes.contentType, text: await probes.metrics() };
  }

  #lastSeen(): readonly Family[] {
    if (this.#lastSeenMs === undefined) return [];
    return [
      {
        name: 'kubelet_pleg_last_seen_seconds',
        help: 'When all pods and containers of the runtime were listed last, in seconds since the epoch.',
        type: 'gauge',
        samples: [{ value: this.#lastSeenMs / 1000 }],
      },
    ];
  }

  #note(observation: Observation): void {
    if (this.#instruments !== undefined) {
      observation(this.#instruments);
      return;
    }
    this.#held.push(observation);
    // What cannot be loaded now is tried again when somebody asks; there is no end to what happens until then.
    if (this.#held.length === HELD)
      this.#load().catch(() => {
        this.#held = [];
      });
  }

  #load(): Promise<Instruments> {
    this.#loading ??= this.#loadAnew().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadAnew(): Promise<Instruments> {
    if (this.#instruments !== undefined) return this.#instruments;
    const { createInstruments } = await import('./instruments.ts');
    const instruments = createInstruments();
    for (const observation of this.#held) observation(instruments);
    this.#held = [];
    this.#instruments = instruments;
    return instruments;
  }
}

/** Values of one moment alone, as Prometheus reads them. */
export async function exposeFamilies(families: readonly Family[]): Promise<MetricsText> {
  const { EXPOSITION_TYPE: contentType, familiesText } = await import('./instruments.ts');
  return { contentType, text: await familiesText(families) };
}
