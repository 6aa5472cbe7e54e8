import { type PodUid, podKey, wishesOf } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import { type Place, type Stopping, stopOrder } from './stop-order.ts';
import type { HaltTarget, Target } from './target.ts';
import type { Shutdown } from './targets-input.ts';
import type { Wait } from './wait.ts';

/**
 * Of several pods that are removed at once, one that others were started after goes when those are gone. A removal that has begun comes
 * to its end, and pods that stay hold up none.
 */
export function orderRemovals(targets: Map<PodUid, Target>, records: readonly PodRecord[]): void {
  const leaving = [...targets.values()].filter((target) => target.kind === 'remove');
  if (leaving.length < 2) return;
  const known = byUid(records);
  const places = stopOrder(leaving.map((target) => stoppingOf(target, known)));
  for (const target of leaving) {
    const [first] = places.get(target.uid)?.before ?? [];
    const hasBegun = known.get(target.uid)?.deletionStartedAtMs !== undefined;
    if (first !== undefined && !hasBegun) targets.set(target.uid, { ...target, blocked: stopsAfter(first) });
  }
}

/**
 * The node is shut down: what would run or stay is stopped, and what is being removed goes on. Pods stop in the reverse order of their
 * beginning. Where several stop one after the other, each may use the share of the time that leaves as much to every one after it, and
 * begins with its share at the latest: a pod that does not end takes none of another's time.
 */
export function haltAll(
  targets: ReadonlyMap<PodUid, Target>,
  shutdown: Shutdown,
  seen: { readonly records: readonly PodRecord[]; readonly live: ReadonlySet<PodUid> },
): ReadonlyMap<PodUid, Target> {
  const known = byUid(seen.records);
  const places = stopOrder([...targets.values()].map((target) => stoppingOf(target, known)));
  const isThere = ({ uid }: Stopping): boolean => targets.get(uid)?.kind === 'remove' || seen.live.has(uid);
  const halted = new Map<PodUid, Target>();
  for (const target of targets.values()) {
    const place = places.get(target.uid) ?? { before: [], above: 0, below: 0 };
    const first = place.before.find(isThere);
    halted.set(target.uid, target.kind === 'remove' ? target : haltOf(target, shutdown, { place, first }));
  }
  return halted;
}

function haltOf(
  target: Exclude<Target, { kind: 'remove' }>,
  { startedAtMs, forMs }: Shutdown,
  { place, first }: { readonly place: Place; readonly first: Stopping | undefined },
): HaltTarget {
  const { above, below } = place;
  const endOf = (shares: number): number => startedAtMs + (forMs * shares) / (above + 1 + below);
  return {
    kind: 'halt',
    uid: target.uid,
    key: target.kind === 'run' ? podKey(target.pod.metadata) : target.key,
    file: target.file,
    deadlineMs: endOf(above + 1),
    ...(first && { blocked: { ...stopsAfter(first), untilMs: endOf(above) } }),
  };
}

/** By the version on record, which is the one that was started. */
function stoppingOf(target: Target, records: ReadonlyMap<PodUid, PodRecord>): Stopping {
  const pod = records.get(target.uid)?.pod;
  const key = target.kind === 'run' ? podKey(target.pod.metadata) : target.key;
  return { uid: target.uid, key, startAfter: pod === undefined ? [] : wishesOf(pod).startAfter };
}

function stopsAfter({ key }: Stopping): Wait {
  return { reason: 'StopAfter', message: `stops after pod "${key}", which was started after it` };
}

function byUid(records: readonly PodRecord[]): ReadonlyMap<PodUid, PodRecord> {
  return new Map(records.map((record) => [record.uid, record]));
}
