import { type PodKey, type PodUid, podKey } from '../../src/pod/index.ts';
import { SeededRandom } from '../fakes/seeded-random.ts';
import type { ManifestFiles } from './manifest-files.ts';
import type { World } from './world.ts';

const GRACES = [0, 1, 3, 8, 25, 70] as const;

/** Somebody who deletes pods through the API, some of them a second time with another grace period. A story of its own beside the others. */
export class ApiClient {
  readonly #world: World;
  readonly #random: SeededRandom;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#random = new SeededRandom(seed * 31 + 7);
  }

  begin(): void {
    const pauseMs = this.#random.between(3_000, 40_000);
    this.#world.clock.setTimer(pauseMs, () => {
      if (this.#world.calm) return;
      this.#act();
      this.begin();
    });
  }

  #act(): void {
    const random = this.#random;
    const { uids } = this.#world.records;
    if (uids.length === 0) return;
    const uid = random.pick(uids);
    void this.#delete(uid, this.#grace());
    if (!random.chance(0.5)) return;
    const grace = this.#grace();
    this.#world.clock.setTimer(random.int(12_000), () => void this.#delete(uid, grace));
  }

  #grace(): number | undefined {
    return this.#random.chance(0.25) ? undefined : this.#random.pick(GRACES);
  }

  async #delete(uid: PodUid, graceSeconds: number | undefined): Promise<void> {
    if (this.#world.calm || !(await deleteThroughApi(this.#world, uid, graceSeconds))) return;
    if (this.#random.chance(0.7)) this.#world.daemon?.hintManifests();
  }
}

/**
 * As the API does it: on record, then the object's file, then the answer. A daemon that dies meanwhile gives none. Resolves to whether it
 * was deleted.
 */
export async function deleteThroughApi(
  { daemon, facts, files, trace, records }: World,
  uid: PodUid,
  graceSeconds: number | undefined,
): Promise<boolean> {
  const record = records.get(uid);
  if (daemon === undefined || record === undefined) return false;
  trace.note('#', 'delete', uid, record.name, graceSeconds ?? '');
  // Of what is being removed already it changes nothing.
  const isIdle = graceSeconds === undefined && facts.deleting.has(uid);
  const deletion = isIdle ? undefined : facts.deletions.ask(uid, graceSeconds);
  try {
    await daemon.reconciler.deletePod(uid, graceSeconds);
  } catch {
    if (deletion !== undefined) facts.deletions.refuse(uid, deletion);
    return false;
  }
  if (deletion !== undefined) facts.deletions.acknowledge(deletion);
  unlink(files, record.file, podKey(record));
  return true;
}

function unlink(files: ManifestFiles, path: string, key: PodKey): void {
  const file = files.get(path);
  if (file === undefined) return;
  const pods = file.pods.filter(({ metadata }) => podKey(metadata) !== key);
  if (pods.length + file.objects.length === 0) files.remove(path);
  else if (pods.length < file.pods.length) files.write(path, { ...file, pods });
}
