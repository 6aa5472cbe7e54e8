import { objectAt, sleep, textAt } from '../../base/index.ts';
import type { PodletPorts } from './apply-manifest.ts';
import type { Patience } from './await-pods.ts';
import type { ManifestObject } from './wanted-object.ts';

const LOOK_EVERY_MS = 100;

/**
 * Waits until nothing of these names is being deleted: who makes again what has failed need not know that the former one still goes. What
 * is there in spite of that, for it took too long or nobody waits any more, is refused when it is judged.
 */
export async function awaitNames(
  { objects, clock }: Pick<PodletPorts, 'objects' | 'clock'>,
  wanted: readonly ManifestObject[],
  { untilMs, signal }: Pick<Patience, 'untilMs' | 'signal'>,
): Promise<void> {
  const isTaken = ({ resource, object: { metadata } }: ManifestObject): boolean => {
    const there = objects.get(resource, textAt(metadata, 'namespace'), textAt(metadata, 'name'));
    return objectAt(there ?? {}, 'metadata').deletionTimestamp !== undefined;
  };
  while (wanted.some(isTaken) && clock.monotonicMs() < untilMs && !signal.aborted)
    await sleep(clock, LOOK_EVERY_MS, signal);
}
