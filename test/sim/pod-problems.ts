import {
  allContainers,
  type Container,
  isSidecar,
  type Pod,
  type PodUid,
  podKey,
} from '../../src/pod/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
import { isOutdated } from './checks/needless-stop.ts';
import { dueAt, sinceRestartOfAll } from './checks/restarts.ts';
import { hasFiles } from './checks/volumes.ts';
import { isInFlux, isProbed, isSick, isStarted } from './health-truth.ts';
import type { Instance, Sandbox } from './instance.ts';
import { lacks, lacksForVolumes, type Objects } from './made-from.ts';
import type { SimClaim } from './manifest-files.ts';
import { isPlainInit, policyOf, verdictOn, wasReplaced } from './policy.ts';
import { IMAGES } from './random-pods.ts';
import { isHeldBack } from './readiness.ts';
import { sameContainer, samePodLevel } from './same-version.ts';
import type { World } from './world.ts';

/** What is still not as the version in force says, of a pod that is on record. */
export function podProblems(world: World, record: PodRecord, live: readonly Sandbox[]): string[] {
  const { uid, pod, ended } = record;
  const [sandbox] = live;
  if (ended !== undefined) return live.length > 0 || runs(world, uid) ? ['has ended and runs on'] : [];
  if (lacksForVolumes(pod, saidNow(world))) return [];
  if (sandbox === undefined) return isOver(world, record) || isBlocked(world, pod) ? [] : ['has no sandbox'];
  if (sandbox.uid !== uid) return ['has a sandbox of another life'];
  if (!samePodLevel(sandbox.pod, pod))
    return isBlocked(world, pod) ? [] : ['has a sandbox of another version'];
  if (isOverdue(world, record)) return ['runs on after its deadline'];
  if (isTooFull(world, record)) return ['has more on disk than it may'];
  // Stops and hooks end by themselves, and nothing is made meanwhile.
  if (isInFlux(world, uid)) return [];
  if (hasFinished(world, record)) return ['has run to its end and keeps its sandbox'];
  return [...containersProblems(world, record, sandbox), ...volumeProblems(world, record)];
}

/** It may not have a new sandbox now. */
function isBlocked(world: World, pod: Pod): boolean {
  return isShutOut(world, [{ file: '', pod }]) || isHeldBack(world.facts, pod);
}

/** Whether it has run to its end, or was given up on the way. */
function isOver(world: World, record: PodRecord): boolean {
  const { uid, pod } = record;
  const lasts = pod.spec.containers.map(({ name }) => lastOf(world, uid, name));
  const isDoneOrNot = lasts.every((last) => last === undefined || isDone(pod, last));
  return (isDoneOrNot && lasts.some((last) => last !== undefined)) || hasFailedInit(world, record);
}

function hasFinished(world: World, record: PodRecord): boolean {
  const { uid, pod } = record;
  const lasts = pod.spec.containers.map(({ name }) => lastOf(world, uid, name));
  const all = lasts.every((last) => last !== undefined && isOfVersion(last, pod) && isDone(pod, last));
  return all || hasFailedInit(world, record);
}

function hasFailedInit(world: World, { uid, pod }: PodRecord): boolean {
  const newest = newestSandbox(world, uid);
  return (pod.spec.initContainers ?? []).some((container) => {
    const last = lastOf(world, uid, container.name);
    if (!isPlainInit(container, pod) || last?.exitedAtMs === undefined || !isDone(pod, last)) return false;
    return last.exitCode !== 0 && last.sandboxId === newest?.id && isOfVersion(last, pod);
  });
}

function newestSandbox({ facts }: World, uid: string): Sandbox | undefined {
  return facts.sandboxesOf(uid).sort((a, b) => b.attempt - a.attempt)[0];
}

/** In the order they begin: what waits for another one is not missed yet. */
function containersProblems(world: World, record: PodRecord, sandbox: Sandbox): string[] {
  const { uid, pod } = record;
  const problems: string[] = [];
  for (const container of pod.spec.initContainers ?? []) {
    if (isPlainInit(container, pod) && isBehind(world, container, { uid, sandbox, pod })) continue;
    problems.push(...containerProblems(world, { pod, container, sandbox, uid }));
    const last = lastOf(world, uid, container.name);
    const goesOn = isSidecar(container, pod) && last !== undefined && world.facts.isRunning(last);
    if (!goesOn || !isStarted(world, last, container)) return problems;
  }
  const others = pod.spec.containers.flatMap((container) =>
    containerProblems(world, { pod, container, sandbox, uid }),
  );
  return [...problems, ...others];
}

interface Place {
  readonly uid: string;
  readonly pod: Pod;
  readonly sandbox: Sandbox;
}

/** An init container that has succeeded in this sandbox, or need not any more. */
function isBehind(world: World, { name }: Container, { uid, sandbox, pod }: Place): boolean {
  const here = (each: string): readonly Instance[] =>
    sinceRestartOfAll(world.facts, uid, each).filter(({ sandboxId }) => sandboxId === sandbox.id);
  const isBegun = pod.spec.containers.some((each) => here(each.name).length > 0);
  return isBegun || here(name).some(({ exitCode }) => exitCode === 0 && verdictOn(pod, name, 0) === 'stays');
}

function containerProblems(
  world: World,
  { pod, container, sandbox, uid }: Place & { readonly container: Container },
): string[] {
  const last = lastOf(world, uid, container.name);
  if (lacks(container, saidNow(world))) return [];
  if (last !== undefined && world.facts.isRunning(last) && isOutdated(last, pod, [saidNow(world)]))
    return [`${container.name} does not follow its objects`];
  const here = last !== undefined && isOfVersion(last, pod);
  if (!here || (last.startedAtMs === undefined && last.exitedAtMs === undefined))
    return hasNoImage(world, container) ? [] : [`${container.name} was not made`];
  if (world.facts.isRunning(last)) {
    if (last.sandboxId !== sandbox.id) return [`${container.name} runs in an old sandbox`];
    if (isSick(world, last, container)) return [`${container.name} is sick and runs on`];
    return isProbed(world, last, container) ? [] : [`${container.name} is not probed`];
  }
  return isDone(pod, last) || isBackingOff(world, last) || hasNoImage(world, container)
    ? []
    : [`${container.name} is not restarted`];
}

/** The last instance that there still is. */
export function lastOf(world: World, uid: string, container: string): Instance | undefined {
  const last = world.facts.instancesOf(uid, container).at(-1);
  return last?.removed === true ? undefined : last;
}

export function isOfVersion(last: Instance, pod: Pod): boolean {
  return sameContainer(last, pod) && samePodLevel(last.pod, pod);
}

/** It has exited, and stays so. */
export function isDone(pod: Pod, last: Instance): boolean {
  if (last.exitedAtMs === undefined || wasReplaced(last)) return false;
  const wasStopped = last.stop !== undefined && !isPlainInit(last.container, last.pod);
  if (last.stop?.cause === 'shutdown' && !(wasStopped && policyOf(last.container, pod) === 'Never'))
    return false;
  return verdictOn(pod, last.name, last.exitCode ?? 0) === 'stays';
}

/** It may wait no longer than its back-off, by the clock on the wall. One that had all begin anew goes on where it stood. */
function isBackingOff(world: World, last: Instance): boolean {
  const dueMs = dueAt(world.facts.instancesOf(last.uid, last.name), last.pod);
  return world.clock.nowMs() <= dueMs + 2_000;
}

/** What is on disk must be what the objects say now, and no more than the manifest names. */
function volumeProblems(world: World, { uid, pod }: PodRecord): string[] {
  const made = world.volumes.get(uid)?.volumes ?? new Map();
  const wanted = pod.spec.volumes ?? [];
  const wrong = wanted.filter((volume) => !hasFiles(made.get(volume.name), volume, saidNow(world)));
  // Of a pod that has none any more, a daemon that comes back cannot know.
  const more = [...made.keys()].filter(
    (name) => wanted.length > 0 && wanted.every((each) => each.name !== name),
  );
  return [
    ...wrong.map(({ name }) => `volume ${name} is not what its objects say`),
    ...more.map((name) => `volume ${name} is left`),
  ];
}

export function saidNow({ facts, files, clock }: World): Objects {
  return facts.objectsIn(files.view(clock.monotonicMs()));
}

export function runs(world: World, uid: string): boolean {
  return world.model.containers.some(
    ({ id, state }) => state === 'running' && world.facts.instances.get(id)?.uid === uid,
  );
}

export function isTooFull({ volumes }: World, { uid, pod }: PodRecord): boolean {
  return (pod.spec.volumes ?? []).some(
    ({ name, source }) =>
      source.kind === 'emptyDir' &&
      source.sizeLimit !== undefined &&
      volumes.bytesIn(uid, name) > Number(source.sizeLimit),
  );
}

function isOverdue({ clock }: World, { pod, changedAtMs, createdAtMs }: PodRecord): boolean {
  const { activeDeadlineSeconds = Number.POSITIVE_INFINITY } = pod.spec;
  return clock.nowMs() > (changedAtMs ?? createdAtMs) + activeDeadlineSeconds * 1000 + 2_000;
}

/** For good: it cannot be had, or must not be pulled. */
export function hasNoImage(world: World, { image, imagePullPolicy }: Container): boolean {
  const present = (IMAGES.present as readonly string[]).includes(image);
  if (imagePullPolicy === 'Always')
    return present || ([...IMAGES.absent, ...IMAGES.invalid] as string[]).includes(image);
  if ([...IMAGES.absent, ...IMAGES.invalid].some((bad) => bad === image)) return true;
  return imagePullPolicy === 'Never' && !present && !world.imageIsThere(image);
}

/** A pod of ours holds a host port that it wants: one that lives, or one that waits for its objects. */
export function isShutOut(world: World, claims: readonly SimClaim[]): boolean {
  const live = [...world.facts.sandboxes.values()]
    .filter((other) => world.facts.isReady(other))
    .map((other) => ({ key: other.key, ports: portsHeld(world, other) }));
  const waiting = world.records.all
    .filter(({ pod }) => lacksForVolumes(pod, saidNow(world)))
    .map(({ pod }) => ({ key: podKey(pod.metadata), ports: declaredPorts(pod) }));
  return claims.some(({ pod }) => {
    const wanted = declaredPorts(pod);
    const others = [...live, ...waiting].filter(({ key }) => key !== podKey(pod.metadata));
    return others.some(({ ports }) => ports.some((port) => wanted.includes(port)));
  });
}

/** On the host's network ports come and go with edits, without another sandbox. */
function portsHeld(world: World, { uid, pod }: Sandbox): number[] {
  const record = world.records.get(uid as PodUid);
  return [...declaredPorts(pod), ...(record === undefined ? [] : declaredPorts(record.pod))];
}

function declaredPorts(pod: Pod): number[] {
  return allContainers(pod).flatMap(({ ports }) =>
    ports.flatMap(({ hostPort = 0 }) => (hostPort > 0 ? [hostPort] : [])),
  );
}
