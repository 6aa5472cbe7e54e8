import type { ObservedContainer } from '../pod/index.ts';
import type { PodRecord, StopRecord } from '../state/index.ts';
import type { ContainerStop, Plan } from './actions.ts';
import { gracePeriodSeconds, remainingSeconds } from './grace.ts';

export interface StopContext {
  readonly record: PodRecord;
  readonly graceSeconds: number | undefined;
  readonly nowMs: number;
}

/**
 * Stops containers with their grace period. When each stop began is recorded first, so that a daemon that comes back gives what
 * is left of the period and no more.
 */
export function planStops(containers: readonly ObservedContainer[], context: StopContext): Plan {
  const begun = new Map(containers.map((container) => [container.id, stopOf(container, context)]));
  const stops = containers.map(
    ({ id, name }): ContainerStop => ({
      id,
      container: name,
      timeoutSeconds: remainingSeconds(begun.get(id) ?? newStop(context), context.nowMs),
    }),
  );
  const record: PodRecord = {
    ...context.record,
    stops: { ...context.record.stops, ...Object.fromEntries(begun) },
  };
  return {
    actions: [
      { type: 'save-record', record },
      { type: 'stop-containers', stops },
    ],
    waits: [],
  };
}

function stopOf({ id }: ObservedContainer, context: StopContext): StopRecord {
  return context.record.stops[id] ?? newStop(context);
}

function newStop({ graceSeconds, nowMs }: StopContext): StopRecord {
  return { startedAtMs: nowMs, graceSeconds: gracePeriodSeconds(graceSeconds) };
}
