import { goDuration, type JsonObject } from '../base/index.ts';
import { timestamp } from '../status/index.ts';
import type { Usage } from './ports.ts';

export const METRICS_GROUP = 'metrics.k8s.io';
export const METRICS_VERSION = `${METRICS_GROUP}/v1beta1`;

/** `usage` of metrics.k8s.io: nanocores and kibibytes, as metrics-server tells them. */
export function usageList({ cpuNanoCores, memoryBytes }: Usage): JsonObject {
  return {
    cpu: cpuNanoCores === 0 ? '0' : `${Math.round(cpuNanoCores)}n`,
    memory: memoryBytes === 0 ? '0' : `${Math.floor(memoryBytes / 1024)}Ki`,
  };
}

/** When it was measured, and over which time. */
export function measured({ atMs, windowMs }: Usage): JsonObject {
  return { timestamp: timestamp(atMs), window: goDuration(Math.round(windowMs)) };
}
