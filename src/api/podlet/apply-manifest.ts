import { ApiFailure } from '../../apimachinery/index.ts';
import { type Limiter, messageOf, sleep, textAt } from '../../base/index.ts';
import type { ApiPorts } from '../ports.ts';
import { fullName, type ManifestObject, type WantedObject, wantedObject } from './wanted-object.ts';

export type PodletPorts = Pick<
  ApiPorts,
  'objects' | 'writer' | 'manifests' | 'versions' | 'clock' | 'newUid' | 'report' | 'why'
>;

/** What others stand on is written before them. */
const ORDER = ['namespaces', 'runtimeclasses', 'configmaps', 'secrets', 'persistentvolumeclaims', 'pods'];

const IN_FORCE_MS = 5_000;
const LOOK_EVERY_MS = 20;

/** What a body wants, judged; nothing is written yet. Throws ApiFailure. */
async function judgeManifest(
  ports: PodletPorts,
  read: readonly ManifestObject[],
): Promise<readonly WantedObject[]> {
  const wanted = read.map((each) => wantedObject(ports, each));
  // One after the other: of several errors it is always the first that is told.
  for (const { resource, desired } of wanted) await ports.writer.check(resource, desired);
  return [...wanted].sort((a, b) => ORDER.indexOf(a.resource) - ORDER.indexOf(b.resource));
}

/** All of it, or nothing. Throws ApiFailure. */
export async function writeAll(ports: PodletPorts, wanted: readonly WantedObject[]): Promise<void> {
  const written: WantedObject[] = [];
  try {
    for (const each of wanted) {
      if (each.resource === 'pods' && (written.at(-1)?.resource ?? 'pods') !== 'pods') await isInForce(ports);
      await ports.writer.save(each.resource, each.desired);
      written.push(each);
    }
  } catch (error) {
    const left = await takeBack(ports, written);
    if (error instanceof ApiFailure) throw new ApiFailure(error.reason, error.message + left, error.details);
    throw error;
  }
}

/** A pod that is seen before the ConfigMap it needs would be said to lack it. What takes longer is for the pod to wait for. */
async function isInForce({ versions, clock }: PodletPorts): Promise<void> {
  const mark = versions.mark();
  const untilMs = clock.monotonicMs() + IN_FORCE_MS;
  while (!versions.isFound(mark) && clock.monotonicMs() < untilMs) await sleep(clock, LOOK_EVERY_MS);
}

/** Deletes what was new, and gives what was replaced its former version. Answers what could not be, in words; nothing where all is well. */
export async function takeBack(
  { objects, writer }: Pick<PodletPorts, 'objects' | 'writer'>,
  written: readonly WantedObject[],
): Promise<string> {
  let left = '';
  for (const { resource, name, uid, former } of [...written].reverse()) {
    // Another one of that name is somebody else's.
    const now = objects.get(resource, name.namespace, name.name);
    if (now === undefined || textAt(now.metadata, 'uid') !== uid) continue;
    try {
      if (former === undefined) await writer.delete(resource, name, { uid, gracePeriodSeconds: 1 });
      else await writer.save(resource, former);
    } catch (error) {
      left += `; ${resource} ${fullName(name)} could not be taken back: ${messageOf(error)}`;
    }
  }
  return left;
}

/** Judged and written with nothing in between. */
export function applyManifest(
  ports: PodletPorts,
  read: readonly ManifestObject[],
  turns: Limiter,
): Promise<readonly WantedObject[]> {
  return turns.run(async () => {
    const wanted = await judgeManifest(ports, read);
    await writeAll(ports, wanted);
    return wanted;
  });
}
