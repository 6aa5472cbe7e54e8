import type { PodUid } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';

/** Ids in the user namespace of a pod (kubelet: userNamespaces.idsPerPod). */
const BLOCK = 65_536;

/** Gives every pod with a user namespace a block of the machine's ids that no other pod has. The first block is the machine's own. */
export class UserBlocks {
  readonly #given = new Map<PodUid, number>();

  /** The pod's first id: what is on record, what it was given before, or the lowest free block. */
  baseOf(uid: PodUid, records: ReadonlyMap<PodUid, PodRecord>): number {
    const known = records.get(uid)?.usersBase ?? this.#given.get(uid);
    if (known !== undefined) return known;
    const taken = new Set([
      ...this.#given.values(),
      ...[...records.values()].map(({ usersBase }) => usersBase),
    ]);
    let base = BLOCK;
    while (taken.has(base)) base += BLOCK;
    this.#given.set(uid, base);
    return base;
  }

  /** The pod is gone. */
  release(uid: PodUid): void {
    this.#given.delete(uid);
  }
}
