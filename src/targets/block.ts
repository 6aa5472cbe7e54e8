import { type Pod, type PodKey, type PodUid, podKey } from '../pod/index.ts';
import { holdHostPorts } from './host-ports.ts';
import { type Readiness, waitForOthers } from './start-after.ts';
import type { RunTarget, Target } from './target.ts';
import type { TargetsInput } from './targets-input.ts';
import type { Wait } from './wait.ts';

type BlockInput = Pick<TargetsInput, 'own' | 'foreign' | 'records' | 'making' | 'finished' | 'readinessOf'>;

/** Marks the targets that have to wait for others. */
export function block(targets: Map<PodUid, Target>, input: BlockInput): ReadonlyMap<PodUid, Target> {
  const reasons = reasonsFor(targets, input);
  for (const target of targets.values())
    if (target.kind === 'run')
      targets.set(
        target.uid,
        withWaits(target, (pod) => reasons(target.uid, pod)),
      );
  const { own, records, making = new Map(), finished = new Map() } = input;
  const ports = holdHostPorts(targets, { own, records, making, finished });
  for (const target of targets.values())
    if (target.kind === 'run')
      targets.set(
        target.uid,
        withWaits(target, (pod) => ports.get(pod)),
      );
  return targets;
}

/** A reason that is there already stays. The very target where there is none. */
function withWaits(target: RunTarget, waitOf: (pod: Pod) => Wait | undefined): RunTarget {
  const { standing } = target;
  const blocked = target.blocked ?? waitOf(target.pod);
  const held = standing && (standing.blocked ?? waitOf(standing.pod));
  if (blocked === target.blocked && held === standing?.blocked) return target;
  return {
    ...target,
    ...(blocked && { blocked }),
    ...(standing && { standing: { ...standing, ...(held && { blocked: held }) } }),
  };
}

/** Why a version of a pod may not begin, other than that its ports are taken. */
function reasonsFor(
  targets: ReadonlyMap<PodUid, Target>,
  input: BlockInput,
): (uid: PodUid, pod: Pod) => Wait | undefined {
  const before = predecessors(targets, input);
  const foreign = new Set(input.foreign.map((sandbox) => podKey(sandbox)));
  const readinessOf = readinessByKey(targets, input);
  return (uid, pod) => {
    const key = podKey(pod.metadata);
    const previous = before.get(key)?.find((other) => other !== uid);
    if (previous !== undefined) return terminating(key, previous);
    return foreign.has(key) ? inUse(key) : waitForOthers(pod, readinessOf);
  };
}

/** Pods that are to be removed, or whose first pass is not over so that nothing is on record yet. */
function predecessors(
  targets: ReadonlyMap<PodUid, Target>,
  { making = new Map() }: BlockInput,
): ReadonlyMap<PodKey, readonly PodUid[]> {
  const found = new Map<PodKey, PodUid[]>();
  const note = (key: PodKey, uid: PodUid): void => void found.set(key, [...(found.get(key) ?? []), uid]);
  for (const target of targets.values()) if (target.kind !== 'run') note(target.key, target.uid);
  for (const [uid, [pod]] of making) if (pod !== undefined) note(podKey(pod.metadata), uid);
  return found;
}

function terminating(key: PodKey, uid: PodUid): Wait {
  const message = `waits until the previous pod "${key}" (uid ${uid}) is gone`;
  return { reason: 'PodTerminating', message };
}

function inUse(key: PodKey): Wait {
  const message = `another tinylet runs a pod "${key}" on this runtime; remove it there, or start with --adopt to take its pods over`;
  return { reason: 'PodNameInUse', message };
}

/** Of pods that are wanted; one that is kept though its manifest is lost is there, but cannot be told to be Ready. */
function readinessByKey(
  targets: ReadonlyMap<PodUid, Target>,
  { readinessOf = () => 'not-ready' }: BlockInput,
): (key: PodKey) => Readiness {
  const found = new Map<PodKey, PodUid | undefined>();
  for (const target of targets.values()) {
    if (target.kind === 'run') found.set(podKey(target.pod.metadata), target.uid);
    if (target.kind === 'hold') found.set(target.key, undefined);
  }
  return (key) => {
    const uid = found.get(key);
    if (uid !== undefined) return readinessOf(uid);
    return found.has(key) ? 'not-ready' : 'unknown';
  };
}
