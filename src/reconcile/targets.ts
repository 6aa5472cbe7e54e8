import type { ManifestMessage, ManifestSnapshot } from '../manifest/index.ts';
import {
  annotation,
  type ObservedSandbox,
  type Pod,
  type PodKey,
  type PodUid,
  podKey,
  type UsedObjects,
} from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Wait } from './actions.ts';
import { darkFiles } from './dark-files.ts';
import { holdHostPorts } from './host-ports.ts';
import type { RunTarget, Target } from './target.ts';

export interface TargetsInput {
  readonly manifests: ManifestSnapshot;
  readonly records: readonly PodRecord[];
  /** This daemon's sandboxes. */
  readonly own: readonly ObservedSandbox[];
  /** Sandboxes of other tinylets on the same runtime. */
  readonly foreign: readonly ObservedSandbox[];
  /** The UID for a pod that appears for the first time; the same answer for the same key until the pod is recorded. */
  readonly newUid: (key: PodKey) => PodUid;
  /** The objects a pod names. */
  readonly usedBy: (pod: Pod) => UsedObjects;
  /** Pods whose new sandbox may not be listed yet. */
  readonly making?: ReadonlyMap<PodUid, Pod>;
  /** Pods that have no sandbox and need none any more. */
  readonly finished?: ReadonlyMap<Pod, UsedObjects>;
}

export interface Targets {
  readonly targets: ReadonlyMap<PodUid, Target>;
  /** Pods that another file already defines: refused with both files named. */
  readonly refused: readonly ManifestMessage[];
}

interface Claim {
  readonly key: PodKey;
  readonly pod: Pod;
  readonly file: string;
  readonly line: number;
}

/**
 * Holds what the files say against what is recorded and what runs. Removal needs proof: a pod goes only when its file is gone
 * or was read and no longer names it.
 */
export function findTargets(input: TargetsInput): Targets {
  const dark = darkFiles(input.manifests);
  const living = new Map(
    input.records.filter((r) => r.deletionStartedAtMs === undefined).map((r) => [podKey(r), r]),
  );
  const targets = new Map<PodUid, Target>();
  for (const record of input.records) {
    if (record.deletionStartedAtMs !== undefined) targets.set(record.uid, removal(record));
  }
  const refused: ManifestMessage[] = [];
  const byKey = claimsByKey(input.manifests);
  for (const claims of byKey.values()) {
    const winner = chooseClaim(claims, living.get(claims[0].key), { dark, refused });
    if (winner === undefined) continue;
    const target = runTarget(winner, living.get(winner.key), input);
    const bearer = [...living.values()].find(({ uid }) => uid === target.uid);
    const rival = targets.get(target.uid);
    if (bearer !== undefined && podKey(bearer) !== winner.key) {
      if (isStillWanted(bearer, byKey, dark)) refused.push(duplicateUid(winner, bearer.uid, bearer));
      else targets.set(target.uid, removal(bearer));
    } else if (rival === undefined) targets.set(target.uid, target);
    else if (rival.kind === 'run')
      refused.push(duplicateUid(winner, rival.uid, { ...rival.pod.metadata, file: rival.file }));
  }
  addUnclaimed(targets, input, dark);
  return { targets: block(targets, input), refused };
}

/** Records and sandboxes that no file claims: kept while their file is dark, otherwise removed. */
function addUnclaimed(
  targets: Map<PodUid, Target>,
  input: TargetsInput,
  dark: (file: string) => boolean,
): void {
  for (const record of input.records) {
    if (targets.has(record.uid)) continue;
    const { uid, pod, file } = record;
    targets.set(
      uid,
      dark(file) && !isSuperseded(record, targets)
        ? { kind: 'run', uid, pod, file, stale: true, uses: input.usedBy(pod) }
        : removal(record),
    );
  }
  for (const sandbox of input.own) {
    if (targets.has(sandbox.uid)) continue;
    const file = sandbox.annotations[annotation.source] ?? '';
    const kind = dark(file) ? 'hold' : 'remove';
    targets.set(sandbox.uid, { kind, uid: sandbox.uid, key: podKey(sandbox), file });
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

type Claims = [Claim, ...Claim[]];

function claimsByKey(manifests: ManifestSnapshot): Map<PodKey, Claims> {
  const byKey = new Map<PodKey, Claims>();
  for (const directory of manifests.directories) {
    if (directory.state !== 'read') continue;
    for (const file of directory.files) {
      if (file.state !== 'accepted') continue;
      for (const object of file.objects) {
        if (object.kind !== 'Pod') continue;
        const { pod, file: path, line } = object;
        const claim: Claim = { key: podKey(pod.metadata), pod, file: path, line };
        const others = byKey.get(claim.key);
        if (others === undefined) byKey.set(claim.key, [claim]);
        else others.push(claim);
      }
    }
  }
  return byKey;
}

/** Of several files that define one pod the recorded one stays, else the first in path order. */
function chooseClaim(
  claims: Claims,
  record: PodRecord | undefined,
  { dark, refused }: { dark: (file: string) => boolean; refused: ManifestMessage[] },
): Claim | undefined {
  const [first] = [...claims].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  const recorded = record && claims.find((claim) => claim.file === record.file);
  const keptByRecord = record !== undefined && recorded === undefined && dark(record.file);
  const winner = keptByRecord ? undefined : (recorded ?? first);
  const holder = keptByRecord
    ? `${record.file} (which cannot be used now; its last good version runs)`
    : winner?.file;
  for (const claim of claims) {
    if (claim !== winner) refused.push(refusal(claim, `pod "${claim.key}" is already defined by ${holder}`));
  }
  return winner;
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

function refusal(claim: Claim, message: string): ManifestMessage {
  return { file: claim.file, line: claim.line, column: 1, path: 'metadata.name', message };
}

/** The manifest's own UID, else the one on record, else that of a sandbox whose record was lost, else a new one. */
function runTarget(claim: Claim, record: PodRecord | undefined, input: TargetsInput): RunTarget {
  const orphan = () => findOrphan(claim.key, input)?.uid;
  const uid = claim.pod.metadata.uid ?? record?.uid ?? orphan() ?? input.newUid(claim.key);
  const uses = input.usedBy(claim.pod);
  return { kind: 'run', uid, pod: claim.pod, file: claim.file, stale: false, uses };
}

/** Only pods without a record look: for each of them it goes over everything. */
function findOrphan(key: PodKey, { records, own }: TargetsInput): ObservedSandbox | undefined {
  const recorded = new Set(records.map(({ uid }) => uid));
  return own.find((sandbox) => podKey(sandbox) === key && !recorded.has(sandbox.uid));
}

/** Marks the targets that have to wait for others. */
function block(targets: Map<PodUid, Target>, input: TargetsInput): ReadonlyMap<PodUid, Target> {
  const waits = new Map<PodUid, Wait>();
  for (const target of targets.values()) {
    if (target.kind !== 'run') continue;
    const wait =
      blockedByPredecessor(target, targets, input.making) ?? blockedByForeigner(target, input.foreign);
    if (wait !== undefined) waits.set(target.uid, wait);
  }
  const { own, records, making = new Map(), finished = new Map() } = input;
  const blocked = new Set(waits.keys());
  const ports = holdHostPorts(targets, { own, records, making, finished, blocked });
  for (const target of targets.values()) {
    const wait = waits.get(target.uid) ?? ports.get(target.uid);
    if (target.kind === 'run' && wait !== undefined) targets.set(target.uid, { ...target, blocked: wait });
  }
  return targets;
}

/** The previous pod is to be removed, or its first pass is not over and nothing is on record yet. */
function blockedByPredecessor(
  target: RunTarget,
  targets: ReadonlyMap<PodUid, Target>,
  making: TargetsInput['making'] = new Map(),
): Wait | undefined {
  const key = podKey(target.pod.metadata);
  const leaving = [...targets.values()].flatMap((other) =>
    other.kind === 'run' ? [] : [[other.uid, other.key] as const],
  );
  const begun = [...making].map(([uid, pod]) => [uid, podKey(pod.metadata)] as const);
  const before = [...leaving, ...begun].find(([uid, other]) => other === key && uid !== target.uid);
  if (before === undefined) return undefined;
  return {
    reason: 'PodTerminating',
    message: `waits until the previous pod "${key}" (uid ${before[0]}) is gone`,
  };
}

function blockedByForeigner(target: RunTarget, foreign: readonly ObservedSandbox[]): Wait | undefined {
  const key = podKey(target.pod.metadata);
  if (!foreign.some((sandbox) => podKey(sandbox) === key)) return undefined;
  const message = `another tinylet runs a pod "${key}" on this runtime; remove it there, or start with --adopt to take its pods over`;
  return { reason: 'PodNameInUse', message };
}
