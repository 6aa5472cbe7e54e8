import { areAllRead, darkFiles, type ManifestMessage, silentFiles } from '../manifest/index.ts';
import {
  annotation,
  label,
  type ObservedSandbox,
  type PodKey,
  type PodUid,
  podKey,
  samePod,
} from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import { block } from './block.ts';
import { type Claim, type Claims, chooseClaim, claimsByKey, refusal } from './claims.ts';
import { haltAll, orderRemovals } from './order-stops.ts';
import { refuseCycles } from './refuse-cycles.ts';
import type { RunTarget, Target } from './target.ts';
import type { Targets, TargetsInput } from './targets-input.ts';

/**
 * Holds what the files say against what is recorded and what runs. Removal needs proof: a pod goes only when its file is gone
 * or was read and no longer names it.
 */
export function findTargets(input: TargetsInput): Targets {
  const dark = darkFiles(input.manifests);
  const living = new Map(
    input.records.filter((r) => r.deletionStartedAtMs === undefined).map((r) => [podKey(r), r]),
  );
  const bearers = new Map([...living.values()].map((record) => [record.uid, record]));
  const targets = new Map<PodUid, Target>();
  const winners = new Map<PodUid, Claim>();
  for (const record of input.records) {
    if (record.deletionStartedAtMs !== undefined) targets.set(record.uid, removal(record));
  }
  const refused: ManifestMessage[] = [];
  const byKey = claimsByKey(input.manifests);
  for (const claims of byKey.values()) {
    const winner = chooseClaim(claims, living.get(claims[0].key), { dark, refused });
    if (winner === undefined) continue;
    const uid = uidOf(winner, living.get(winner.key), input);
    const bearer = bearers.get(uid);
    const rival = targets.get(uid);
    if (bearer !== undefined && podKey(bearer) !== winner.key) {
      if (isStillWanted(bearer, byKey, dark)) refused.push(duplicateUid(winner, bearer.uid, bearer));
      else targets.set(uid, removal(bearer));
    } else if (rival === undefined) {
      winners.set(uid, winner);
      targets.set(uid, runTarget({ ...winner, uid, stale: false }, bearer, input));
    } else if (rival.kind === 'run')
      refused.push(duplicateUid(winner, rival.uid, { ...rival.pod.metadata, file: rival.file }));
  }
  addUnclaimed(targets, input);
  refused.push(...refuseCycles(targets, { winners, back: (target) => lastGood(target, input) }));
  return { targets: inOrder(targets, input), refused };
}

/** What of it has to wait for others. Of a node that is shut down everything stops, in order. */
function inOrder(targets: Map<PodUid, Target>, input: TargetsInput): ReadonlyMap<PodUid, Target> {
  const { own, records, making = new Map(), shutdown } = input;
  orderRemovals(targets, records);
  if (shutdown === undefined) return block(targets, input);
  const ready = own.filter(({ state }) => state === 'ready').map(({ uid }) => uid);
  return haltAll(targets, shutdown, { records, live: new Set([...ready, ...making.keys()]) });
}

/** Records, sandboxes and containers that no file claims: kept while their file says nothing, otherwise removed. */
function addUnclaimed(targets: Map<PodUid, Target>, input: TargetsInput): void {
  const silent = silentFiles(input.manifests);
  for (const record of input.records) {
    if (targets.has(record.uid)) continue;
    const { uid, file, pod: recorded } = record;
    const isKept = silent(file) && !isSuperseded(record, targets);
    const pod = input.lastRead?.(uid) ?? recorded;
    targets.set(uid, isKept ? runTarget({ uid, pod, file, stale: true }, record, input) : removal(record));
  }
  for (const sandbox of input.own) {
    if (targets.has(sandbox.uid)) continue;
    const file = sandbox.annotations[annotation.source] ?? '';
    const kind = silent(file) ? 'hold' : 'remove';
    targets.set(sandbox.uid, { kind, uid: sandbox.uid, key: podKey(sandbox), file });
  }
  addLoose(targets, input);
}

/** Containers that have lost their sandbox and their pod's record: no sandbox tells their file, so all files have to be readable. */
function addLoose(targets: Map<PodUid, Target>, { pods = new Map(), manifests }: TargetsInput): void {
  for (const [uid, { containers }] of pods) {
    const labels = containers[0]?.labels;
    if (labels === undefined || targets.has(uid)) continue;
    const { [label.podNamespace]: namespace = '', [label.podName]: name = '' } = labels;
    const kind = areAllRead(manifests) ? 'remove' : 'hold';
    targets.set(uid, { kind, uid, key: podKey({ namespace, name }), file: '' });
  }
}

/** Whether a manifest with another UID of its own took the name over. */
function isSuperseded(record: PodRecord, targets: ReadonlyMap<PodUid, Target>): boolean {
  for (const target of targets.values()) {
    if (target.kind === 'run' && podKey(target.pod.metadata) === podKey(record)) return true;
  }
  return false;
}

function removal(record: PodRecord): Target {
  return { kind: 'remove', uid: record.uid, key: podKey(record), file: record.file };
}

/** A UID is one life of one pod: a manifest of another name gets it only when the pod that bears it is gone. */
function isStillWanted(
  bearer: PodRecord,
  byKey: ReadonlyMap<PodKey, Claims>,
  dark: (file: string) => boolean,
): boolean {
  const claims = byKey.get(podKey(bearer)) ?? [];
  return dark(bearer.file) || claims.some(({ pod }) => (pod.metadata.uid ?? bearer.uid) === bearer.uid);
}

function duplicateUid(
  claim: Claim,
  uid: PodUid,
  bearer: { readonly namespace: string; readonly name: string; readonly file: string },
): ManifestMessage {
  const message = `uid "${uid}" already belongs to pod "${podKey(bearer)}" in ${bearer.file}`;
  return { ...refusal(claim, message), path: 'metadata.uid' };
}

/** The manifest's own UID, else the one on record, else that of a sandbox whose record was lost, else a new one. */
function uidOf({ pod, key }: Claim, record: PodRecord | undefined, input: TargetsInput): PodUid {
  return pod.metadata.uid ?? record?.uid ?? findOrphan(key, input)?.uid ?? input.newUid(key);
}

/** The version that is wanted, and what else there is of it: the one that is in force, and the one before that. */
function runTarget(
  { uid, pod, file, stale }: Pick<RunTarget, 'uid' | 'pod' | 'file' | 'stale'>,
  record: PodRecord | undefined,
  { usedBy }: TargetsInput,
): RunTarget {
  const isOld = record !== undefined && !samePod(record.pod, pod);
  return {
    ...{ kind: 'run', uid, pod, file, stale, uses: usedBy(pod) },
    ...(isOld && { standing: { pod: record.pod, uses: usedBy(record.pod) } }),
    ...(record?.previous && { previousUses: usedBy(record.previous) }),
  };
}

/** What a pod goes on as whose file cannot be followed. Undefined where there was nothing before. */
function lastGood({ uid, file, pod }: RunTarget, input: TargetsInput): Target | undefined {
  const record = input.records.find((each) => each.uid === uid);
  if (record !== undefined)
    return runTarget({ uid, file, pod: input.lastRead?.(uid) ?? record.pod, stale: true }, record, input);
  const isThere = input.own.some((sandbox) => sandbox.uid === uid);
  return isThere ? { kind: 'hold', uid, key: podKey(pod.metadata), file } : undefined;
}

/** Only pods without a record look: for each of them it goes over everything. */
function findOrphan(key: PodKey, { records, own }: TargetsInput): ObservedSandbox | undefined {
  const recorded = new Set(records.map(({ uid }) => uid));
  return own.find((sandbox) => podKey(sandbox) === key && !recorded.has(sandbox.uid));
}
