/**
 * metrics: what containers and the node use. In: what the runtime and the machine count. Out: rates. Invariant: nobody asks, nothing is
 * measured.
 */
export { type MeasuredUsage, UsageMeter, type UsageMeterPorts, type UsageReading } from './usage-meter.ts';
