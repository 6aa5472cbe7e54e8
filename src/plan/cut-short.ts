import type { PodRecord, StopRecord } from '../state/index.ts';

/**
 * Stops that were begun get no more than `limitOf` gives them, in whole seconds from their beginning: also what has its stop signal
 * already, which then counts for nothing. The same record where none is cut.
 */
export function cutShort(record: PodRecord, limitOf: (stop: StopRecord) => number): PodRecord {
  const cut = Object.entries(record.stops).flatMap(([id, stop]) => {
    const graceSeconds = limitOf(stop);
    if (stop.graceSeconds <= graceSeconds) return [];
    const { signalledAtMs: _, ...rest } = stop;
    return [[id, { ...rest, graceSeconds }] as const];
  });
  return cut.length === 0 ? record : { ...record, stops: { ...record.stops, ...Object.fromEntries(cut) } };
}
