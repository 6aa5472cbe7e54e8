import type { Cri } from '../cri/index.ts';
import {
  asOwnerId,
  asPodUid,
  label,
  newestFirst,
  type ObservedContainer,
  type ObservedSandbox,
  type OwnerId,
  type PodUid,
} from '../pod/index.ts';

/** What the runtime listed at one moment, sorted by pod. Two calls, whatever the number of pods. */
export interface Snapshot {
  /** Counts up; a pod that acted waits for a snapshot with a higher number than any begun until then. */
  readonly number: number;
  readonly own: readonly ObservedSandbox[];
  /** Other tinylets' sandboxes. Never touched. */
  readonly foreign: readonly ObservedSandbox[];
  readonly pods: ReadonlyMap<PodUid, SnapshotPart>;
}

export interface SnapshotPart {
  readonly sandboxes: readonly ObservedSandbox[];
  readonly containers: readonly ObservedContainer[];
}

/** Stands for a runtime that has not answered yet. */
export const emptySnapshot: Snapshot = { number: 0, own: [], foreign: [], pods: new Map() };

export const emptyPart: SnapshotPart = { sandboxes: [], containers: [] };

/** Lists everything that carries tinylet's label; what carries one of `owners` too is ours. Rejects when the runtime does. */
export async function takeSnapshot(
  cri: Cri,
  owners: ReadonlySet<OwnerId>,
  number: number,
): Promise<Snapshot> {
  const filter = { labels: { [label.tinylet]: 'true' } };
  const [sandboxes, containers] = await Promise.all([cri.listSandboxes(filter), cri.listContainers(filter)]);
  const isOwn = ({ labels }: { labels: Readonly<Record<string, string>> }): boolean =>
    owners.has(asOwnerId(labels[label.owner] ?? ''));
  const own = sandboxes.filter(isOwn).sort(newestFirst);
  const pods = new Map<PodUid, { sandboxes: ObservedSandbox[]; containers: ObservedContainer[] }>();
  for (const sandbox of own) partOf(pods, sandbox.uid).sandboxes.push(sandbox);
  for (const container of containers.filter(isOwn).sort(newestFirst)) {
    const uid = container.labels[label.podUid];
    if (uid !== undefined) partOf(pods, asPodUid(uid)).containers.push(container);
  }
  return { number, own, foreign: sandboxes.filter((sandbox) => !isOwn(sandbox)), pods };
}

function partOf(
  pods: Map<PodUid, { sandboxes: ObservedSandbox[]; containers: ObservedContainer[] }>,
  uid: PodUid,
) {
  const known = pods.get(uid);
  if (known !== undefined) return known;
  const created = { sandboxes: [], containers: [] };
  pods.set(uid, created);
  return created;
}
