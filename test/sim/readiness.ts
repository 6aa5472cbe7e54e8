import { annotation, type Container, isSidecar, type Pod, type PodKey } from '../../src/pod/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
import type { Facts } from './facts.ts';
import { isStarted } from './health-truth.ts';
import type { Instance } from './instance.ts';
import type { View } from './manifest-files.ts';
import { verdictOn } from './policy.ts';
import { sameContainer, samePodLevel } from './same-version.ts';

export type Readiness = 'ready' | 'succeeded' | 'not ready';

/** How far a pod is, by what runs of it and what its probes found, not by what the daemon says. */
export function readinessOf(facts: Facts, { uid, pod }: PodRecord): Readiness {
  const { containers, initContainers = [] } = pod.spec;
  const living = [...initContainers.filter((each) => isSidecar(each, pod)), ...containers];
  if (containers.every((each) => hasSucceeded(pod, latest(facts, { uid, pod }, each)))) return 'succeeded';
  const newest = facts.sandboxesOf(uid).sort((a, b) => b.attempt - a.attempt)[0];
  if (newest === undefined || !facts.isReady(newest)) return 'not ready';
  const areReady = living.every((container) => {
    const last = latest(facts, { uid, pod }, container);
    return last?.sandboxId === newest.id && isReady(facts, last, container);
  });
  return areReady ? 'ready' : 'not ready';
}

/**
 * Since when a container keeps a pod from being Ready, whatever version it is of and whatever else is to become of it. Undefined where
 * none does.
 */
export function unreadySinceMs(facts: Facts, { uid, pod }: PodRecord): number | undefined {
  const { containers, initContainers = [] } = pod.spec;
  const living = [...initContainers.filter((each) => isSidecar(each, pod)), ...containers];
  const times = living.flatMap((container) => {
    const last = facts.instancesOf(uid, container.name).at(-1);
    if (last !== undefined && last.removed !== true && isReady(facts, last, container)) return [];
    const { startedAtMs = facts.clock.monotonicMs(), exitedAtMs } = last ?? {};
    return exitedAtMs ?? facts.lives.probe(last?.id ?? '', 'readiness')?.verdict.sinceMs ?? startedAtMs;
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Whether it may begin only after pods that are not there yet. */
export function isHeldBack(facts: Facts, pod: Pod): boolean {
  return predecessors(pod).some((key) => {
    const record = facts.records.all.find((each) => `${each.namespace}/${each.name}` === key);
    return record === undefined || readinessOf(facts, record) === 'not ready';
  });
}

/** The pods it begins after; here they are all of one namespace. */
export function predecessors({ metadata }: Pod): readonly PodKey[] {
  const said = metadata.annotations[annotation.startAfter];
  return said === undefined ? [] : [`${metadata.namespace}/${said}` as PodKey];
}

/** Whether pods that files define begin after each other. */
export function isInCycle(claims: View['claims'], key: PodKey): boolean {
  const next = (from: PodKey): PodKey[] => (claims.get(from) ?? []).flatMap(({ pod }) => predecessors(pod));
  const seen = new Set<PodKey>(next(key));
  for (const each of seen) for (const further of next(each)) seen.add(further);
  return seen.has(key);
}

/** Its last instance, if that is of this version and goes on. */
function latest(
  facts: Facts,
  { uid, pod }: Pick<PodRecord, 'uid' | 'pod'>,
  { name }: Container,
): Instance | undefined {
  const last = facts.instancesOf(uid, name).at(-1);
  if (last === undefined || last.removed === true || last.stop !== undefined) return undefined;
  return samePodLevel(last.pod, pod) && sameContainer(last, pod) ? last : undefined;
}

function hasSucceeded(pod: Pod, last: Instance | undefined): boolean {
  return last?.exitCode === 0 && verdictOn(pod, last.name, 0) === 'stays';
}

function isReady(facts: Facts, last: Instance, container: Container): boolean {
  const { readinessProbe } = container;
  if (!facts.isRunning(last) || !isStarted({ facts }, last, container)) return false;
  return readinessProbe === undefined || facts.lives.probe(last.id, 'readiness')?.verdict.success === true;
}
