import type { PodRecord, StopRecord } from '../state/index.ts';

/** Stops that were begun get no more than `limitOf` gives them, in whole seconds from their beginning. The same record where none is cut. */
export function cutShort(record: PodRecord, limitOf: (stop: StopRecord) => number): PodRecord {
  const cut = Object.entries(record.stops).flatMap(([id, stop]) => {
    const graceSeconds = limitOf(stop);
    return stop.graceSeconds <= graceSeconds ? [] : [[id, { ...stop, graceSeconds }] as const];
  });
  return cut.length === 0 ? record : { ...record, stops: { ...record.stops, ...Object.fromEntries(cut) } };
}
