import type { PodKey, PodUid } from '../pod/index.ts';
import { type Order, wayBetween } from './start-after.ts';

/** A pod that is to stop. */
export interface Stopping {
  readonly uid: PodUid;
  readonly key: PodKey;
  /** The pods it was started after. */
  readonly startAfter: readonly PodKey[];
}

/** Where a pod stands among those that stop with it. */
export interface Place {
  /** Those that were started after it: they stop first. */
  readonly before: readonly Stopping[];
  /** How many stop before it, and how many after it, one after the other at the most. */
  readonly above: number;
  readonly below: number;
}

/** The reverse of start-after. Pods that were started after each other, in whatever way, do not wait for each other. */
export function stopOrder(pods: readonly Stopping[]): ReadonlyMap<PodUid, Place> {
  const order: Order = new Map(pods.map(({ key, startAfter }) => [key, startAfter]));
  const leads = (from: Stopping, to: Stopping): boolean =>
    from.startAfter.includes(to.key) && wayBetween(order, to.key, from.key) === undefined;
  const before = new Map<PodUid, Stopping[]>();
  const after = new Map<PodUid, Stopping[]>();
  for (const pod of pods) {
    if (pod.startAfter.length === 0) continue;
    for (const other of pods) {
      if (!leads(pod, other)) continue;
      append(before, other.uid, pod);
      append(after, pod.uid, other);
    }
  }
  const above = depths(before);
  const below = depths(after);
  return new Map(
    pods.map(({ uid }) => [uid, { before: before.get(uid) ?? [], above: above(uid), below: below(uid) }]),
  );
}

function append(map: Map<PodUid, Stopping[]>, uid: PodUid, pod: Stopping): void {
  const known = map.get(uid);
  if (known === undefined) map.set(uid, [pod]);
  else known.push(pod);
}

/** The longest way on from each pod. There are no cycles. */
function depths(next: ReadonlyMap<PodUid, readonly Stopping[]>): (uid: PodUid) => number {
  const known = new Map<PodUid, number>();
  const depth = (uid: PodUid): number => {
    const found = known.get(uid) ?? Math.max(0, ...(next.get(uid) ?? []).map((pod) => depth(pod.uid) + 1));
    known.set(uid, found);
    return found;
  };
  return depth;
}
