import { everyContainer, type ObservedContainer, type Pod, sameWork, wishesOf } from '../pod/index.ts';
import type { PlanInput } from './plan-input.ts';
import { isAlive } from './survey.ts';
import type { Trial } from './trial.ts';
import { isMadeFrom, isVersionReady } from './version-ready.ts';

type Seen = Pick<PlanInput, 'observed' | 'health' | 'record' | 'hook'>;

/** The trial of the version on record after one more look; undefined for those that need none. */
export function noteTrial(before: Trial | undefined, seen: Seen, seenAtMs: number): Trial | undefined {
  const { record } = seen;
  if (record === undefined || record.ready === true || !wishesOf(record.pod).rollback) return undefined;
  const { pod } = record;
  const known = before !== undefined && sameWork(before.pod, pod) ? before : undefined;
  const aloneSinceMs = known?.aloneSinceMs ?? (isAlone(pod, seen) ? seenAtMs : undefined);
  const readySinceMs = isVersionReady(pod, seen) ? (known?.readySinceMs ?? seenAtMs) : undefined;
  return {
    pod,
    seenAtMs,
    ...(aloneSinceMs !== undefined && { aloneSinceMs }),
    ...(readySinceMs !== undefined && { readySinceMs }),
  };
}

function isAlone(pod: Pod, seen: Seen): boolean {
  return seen.observed.containers.every((instance) => !isAlive(instance) || isOfVersion(instance, pod, seen));
}

/** What is stopped for no fault of its own makes room for another version, whatever it was made from. */
function isOfVersion(instance: ObservedContainer, pod: Pod, { record }: Seen): boolean {
  const stop = record?.stops[instance.id];
  if (stop !== undefined && stop.cause === undefined) return false;
  if (pod.spec.ephemeralContainers?.some(({ name }) => name === instance.name)) return true;
  const container = everyContainer(pod).find(({ name }) => name === instance.name);
  return container !== undefined && isMadeFrom(instance, container, pod);
}
