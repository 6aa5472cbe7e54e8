import { allContainers, type Pod, type PodKey, type PodUid } from '../../../src/pod/index.ts';
import type { Facts } from '../facts.ts';
import { isPlainInit } from '../policy.ts';
import { predecessors } from '../readiness.ts';
import type { CheckOf } from './check.ts';
import { mayGo } from './proof-of-removal.ts';

/** Of a shutdown, the first pods of a chain have at least this share. */
const LEAST_SHARE = 0.9 / 5;
const SLACK_MS = 2_000;

/**
 * A pod begins after those it names were Ready or had Succeeded; where both go, it goes before them, and so it is when the node is shut
 * down.
 */
export const podOrder: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '', atMs }) {
    if (name === 'RunPodSandbox') {
      const pod = facts.versions.of(request.config?.annotations);
      const first = pod && predecessors(pod).find((key) => !wasThere(facts, key));
      if (first !== undefined)
        violate('start-after', pod?.metadata.name, 'begins before', first, 'was Ready');
    }
    const instance = facts.instances.get(request.container_id ?? '');
    if (name !== 'StopContainer' || instance?.stop?.cause !== 'shutdown') return;
    const sinceMs = facts.halting?.sinceMs ?? 0;
    if (atMs > sinceMs + (facts.halting?.periodMs ?? 0) * LEAST_SHARE - SLACK_MS) return;
    const later = successors(facts, instance.key).find((each) => runs(facts, each) && each !== uid);
    if (later !== undefined)
      violate('stop-order', instance.key, 'is stopped before', later, 'which began after it');
  },
  onSaved(record, before) {
    if (record.deletionStartedAtMs === undefined || before?.deletionStartedAtMs !== undefined) return;
    // Who deletes a pod through the API has its time begin at once.
    if (facts.deletions.of(record.uid).length > 0) return;
    const key = `${record.namespace}/${record.name}` as PodKey;
    const views = facts
      .candidateViews(record.uid)
      .filter((view) => mayGo(facts, view, { uid: record.uid, key }));
    for (const uid of successors(facts, key)) {
      const other = facts.records.get(uid);
      if (other === undefined || uid === record.uid || !runs(facts, uid) || facts.lostRecords.has(uid))
        continue;
      const otherKey = `${other.namespace}/${other.name}` as PodKey;
      // A removal that has begun is not held up by one that comes later.
      if (facts.deleting.has(uid) || views.every((view) => mayGo(facts, view, { uid, key: otherKey })))
        violate('stop-order', key, 'is removed before', otherKey, 'which began after it');
    }
  },
});

/** Pods that began after this one, and not it after them. */
function successors(facts: Facts, key: PodKey): PodUid[] {
  return facts.records.all.flatMap(({ uid, pod }) => (leads(facts, pod, key) ? [uid] : []));
}

function leads(facts: Facts, pod: Pod, key: PodKey): boolean {
  const seen = new Set<PodKey>();
  const reaches = (from: PodKey): boolean => {
    if (from === `${pod.metadata.namespace}/${pod.metadata.name}`) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return facts.records.all
      .filter(({ namespace, name }) => `${namespace}/${name}` === from)
      .some((record) => predecessors(record.pod).some(reaches));
  };
  return predecessors(pod).includes(key) && !reaches(key);
}

function runs(facts: Facts, uid: string): boolean {
  return [...facts.instances.values()].some(
    (each) => each.uid === uid && facts.isRunning(each) && each.startedUnseen !== true,
  );
}

/** Every container that goes on, of one of its versions, has been ready in its life, or has ended well. */
function wasThere(facts: Facts, key: PodKey): boolean {
  const record = facts.records.all.find(({ namespace, name }) => `${namespace}/${name}` === key);
  if (record === undefined) return facts.lostRecords.size > 0;
  const { uid, pod } = record;
  const made = [...facts.instances.values()].filter((each) => each.uid === uid).map((each) => each.pod);
  return [...new Set([pod, ...made])].some(
    (version) => wasReady(facts, uid, version) || hasEndedWell(facts, uid, version),
  );
}

/** Of a pod that is done its sidecars tell nothing. */
function hasEndedWell(facts: Facts, uid: PodUid, { spec }: Pod): boolean {
  return spec.containers.every(({ name }) =>
    facts.instancesOf(uid, name).some(({ exitCode }) => exitCode === 0),
  );
}

/** By the probes of that version, which count for what runs of others, too. */
function wasReady(facts: Facts, uid: PodUid, pod: Pod): boolean {
  const living = allContainers(pod).filter((container) => !isPlainInit(container, pod));
  return living.every(({ name, readinessProbe }) =>
    facts.instancesOf(uid, name).some(({ id, startedAtMs, exitCode }) => {
      // What has ended well has done so for good.
      if (exitCode === 0) return true;
      if (startedAtMs === undefined || startedAtMs < facts.rebootedAtMs) return false;
      return readinessProbe === undefined || (facts.lives.probe(id, 'readiness')?.mostSuccesses ?? 0) > 0;
    }),
  );
}
