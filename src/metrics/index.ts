/**
 * metrics: what containers and the node use, and what the node does. In: what the runtime and the machine count; calls, passes, probes
 * and events as they happen. Out: rates, and texts that Prometheus reads. Invariants: nobody asks, nothing is measured; whoever tells
 * it something is neither held up nor failed; the series of a pod go with it.
 */
export { countCalls } from './count-calls.ts';
export type { Family, Sample } from './family.ts';
export { exposeFamilies, NodeMetrics } from './node-metrics.ts';
export type { ProbedOnce } from './probe-series.ts';
export { processFamilies } from './process-families.ts';
export { type MeasuredUsage, UsageMeter, type UsageMeterPorts, type UsageReading } from './usage-meter.ts';
export { type ContainerType, type PassOperation, unobserved, type WorkObserver } from './work-observer.ts';
