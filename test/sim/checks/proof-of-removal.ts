import type { Pod, PodKey, PodUid } from '../../../src/pod/index.ts';
import type { Facts } from '../facts.ts';
import type { View } from '../manifest-files.ts';
import type { CheckOf } from './check.ts';

/** How old the files may be that a later step of a removal rests on. */
const PASS_LIMIT_MS = 90_000;

/**
 * A pod is removed only after a look at the files that found the one that defined it gone, or readable and silent about it.
 * A broken file or an unreadable directory proves nothing. Who deletes it through the API needs no proof.
 */
export const proofOfRemoval: CheckOf = (facts, violate) => ({
  onSaved(record, before) {
    if (record.deletionStartedAtMs === undefined || before?.deletionStartedAtMs !== undefined) return;
    if (facts.deletions.of(record.uid).length > 0) return;
    const key = `${record.namespace}/${record.name}` as PodKey;
    const views = facts.candidateViews(record.uid);
    if (!views.some((view) => mayGo(facts, view, { uid: record.uid, key })))
      violate(
        'proof-of-removal',
        key,
        'is to be removed, and its file',
        views.map((view) => filesOf(facts, { uid: record.uid, key }, view)),
        'does not say so',
      );
  },
  onCall({ name, request, uid = '', atMs }) {
    if (name !== 'RemovePodSandbox' || facts.deleting.has(uid)) return;
    const own = facts.sandboxesOf(uid);
    const newest = own.sort((a, b) => b.attempt - a.attempt)[0];
    if (newest === undefined || newest.id !== request.pod_sandbox_id) return;
    const views = facts.viewsSince(atMs - PASS_LIMIT_MS);
    if (!views.some((view) => mayGo(facts, view, newest)))
      violate('proof-of-removal', 'the sandbox of', newest.key, 'is removed, and its file does not say so');
  },
});

export function mayGo(facts: Facts, view: View, pod: { uid: string; key: PodKey }): boolean {
  const claims = view.claims.get(pod.key) ?? [];
  if (claims.length > 0) return claims.some((claim) => !isOf(pod.uid, claim.pod));
  const files = filesOf(facts, pod, view);
  // Without its record only the sandbox still names a file: the first one, which may be long gone.
  if (
    facts.lostRecords.has(pod.uid) &&
    !facts.sandboxesOf(pod.uid).some(({ sourceFile }) => files.includes(sourceFile))
  )
    return true;
  return files.length === 0 || !files.every((file) => view.isDark(file));
}

/**
 * The files that named the pod when it was last named in a view that this daemon got before, else the recorded one. While the
 * recorded one could not be used it was the only one that counted.
 */
function filesOf(facts: Facts, { uid, key }: { uid: string; key: PodKey }, view: View): string[] {
  const own = facts.views.filter(({ daemon }) => daemon === facts.daemon).map((loaded) => loaded.view);
  const last = own.slice(0, own.indexOf(view)).findLast(({ claims }) => claims.has(key));
  const recorded = facts.records.get(uid as PodUid)?.file;
  if (recorded !== undefined && (last === undefined || last.isDark(recorded))) return [recorded];
  const claims = last?.claims.get(key) ?? [];
  return claims.filter(({ pod }) => isOf(uid, pod)).map(({ file }) => file);
}

/** A manifest with a uid of its own is another pod's. */
function isOf(uid: string, { metadata }: Pod): boolean {
  return metadata.uid === undefined || metadata.uid === uid;
}
