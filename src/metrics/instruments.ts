import { Counter, exponentialBuckets, Gauge, Histogram, Registry } from 'prom-client';
import type { Family } from './family.ts';

/** Loaded only when it is wanted: prom-client takes its time and memory. */

/** Those of Go's client, which the kubelet takes where nothing else is said. */
const USUAL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CALL_BUCKETS = exponentialBuckets(0.005, 2.5, 14);
/** (kubelet: podStartupDurationBuckets) */
const START_BUCKETS = [
  ...[0.5, 1, 2, 3, 4, 5, 6, 8, 10, 20, 30, 45, 60, 120, 180, 240, 300, 360, 480],
  ...[600, 900, 1200, 1800, 2700, 3600],
];

/** What counts what happens, under the kubelet's names and with its buckets, as Prometheus knows them. */
export type Instruments = ReturnType<typeof createInstruments>;

export function createInstruments() {
  const node = new Registry();
  const probes = new Registry();
  return {
    ...{ node, probes },
    ...callInstruments([node]),
    ...passInstruments([node]),
    ...startInstruments([node]),
    ...probeInstruments([probes]),
    // A counter by its nature. The kubelet's name lacks the _total that Prometheus wants of those, so it is not called one.
    evictions: new Gauge({
      name: 'kubelet_evictions',
      help: 'Pods that were ended for taking more than they may, by what they took too much of.',
      labelNames: ['eviction_signal'],
      registers: [node],
    }),
  };
}

function callInstruments(registers: Registry[]) {
  const labelNames = ['operation_type'] as const;
  return {
    calls: new Counter({
      name: 'kubelet_runtime_operations_total',
      help: 'Calls of the container runtime, by operation.',
      ...{ labelNames, registers },
    }),
    failedCalls: new Counter({
      name: 'kubelet_runtime_operations_errors_total',
      help: 'Calls of the container runtime that failed, by operation.',
      ...{ labelNames, registers },
    }),
    callSeconds: new Histogram({
      name: 'kubelet_runtime_operations_duration_seconds',
      help: 'How long calls of the container runtime took, by operation.',
      ...{ labelNames, registers, buckets: CALL_BUCKETS },
    }),
  };
}

function passInstruments(registers: Registry[]) {
  return {
    relistSeconds: new Histogram({
      name: 'kubelet_pleg_relist_duration_seconds',
      help: 'How long it took to list all pods and containers of the runtime.',
      ...{ registers, buckets: USUAL_BUCKETS },
    }),
    relistIntervalSeconds: new Histogram({
      name: 'kubelet_pleg_relist_interval_seconds',
      help: 'Time from one list of all pods and containers to the next.',
      ...{ registers, buckets: USUAL_BUCKETS },
    }),
    passSeconds: new Histogram({
      name: 'kubelet_pod_worker_duration_seconds',
      help: 'How long one pass over one pod took, by what it was for: create, update, sync or kill.',
      labelNames: ['operation_type'],
      ...{ registers, buckets: USUAL_BUCKETS },
    }),
  };
}

function startInstruments(registers: Registry[]) {
  const buckets = START_BUCKETS;
  return {
    podRunSeconds: new Histogram({
      name: 'kubelet_pod_start_duration_seconds',
      help: 'Time from when a pod was first seen until its phase was Running.',
      ...{ registers, buckets },
    }),
    podStartSeconds: new Histogram({
      name: 'kubelet_pod_start_total_duration_seconds',
      help: 'Time from when a pod was first seen until all its containers ran.',
      ...{ registers, buckets },
    }),
    podStartSliSeconds: new Histogram({
      name: 'kubelet_pod_start_sli_duration_seconds',
      help: 'Time from when a pod was first seen until all its containers ran, without pulls and init containers.',
      ...{ registers, buckets },
    }),
    sandboxes: new Counter({
      name: 'kubelet_started_pods_total',
      help: 'Sandboxes that the runtime was asked for.',
      registers,
    }),
    failedSandboxes: new Counter({
      name: 'kubelet_started_pods_errors_total',
      help: 'Sandboxes that the runtime was asked for in vain.',
      registers,
    }),
    containers: new Counter({
      name: 'kubelet_started_containers_total',
      help: 'Containers that the runtime was asked for, by what they are of their pods.',
      labelNames: ['container_type'],
      registers,
    }),
    failedContainers: new Counter({
      name: 'kubelet_started_containers_errors_total',
      help: 'Containers that could not be made or started, by what they are of their pods and why.',
      labelNames: ['container_type', 'code'],
      registers,
    }),
  };
}

function probeInstruments(registers: Registry[]) {
  const labelNames = ['probe_type', 'container', 'pod', 'namespace'] as const;
  return {
    probeResults: new Counter({
      name: 'prober_probe_total',
      help: 'Probes of containers, by what came of them.',
      labelNames: [...labelNames, 'pod_uid', 'result'],
      registers,
    }),
    probeSeconds: new Histogram({
      name: 'prober_probe_duration_seconds',
      help: 'How long probes that succeeded took.',
      ...{ labelNames, registers, buckets: USUAL_BUCKETS },
    }),
  };
}

/** What was looked up at once, as Prometheus reads it. */
export async function familiesText(families: readonly Family[]): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  for (const { type, name, help, labels = [], samples } of families) {
    const options = { name, help, labelNames: [...labels], registers };
    const metric = type === 'counter' ? new Counter(options) : new Gauge(options);
    for (const sample of samples) metric.inc(sample.labels ?? {}, sample.value);
  }
  return registry.metrics();
}

export const EXPOSITION_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;
