import { type Container, type Pod, type PodKey, type PodUid, podKey } from '../../src/pod/index.ts';
import { podLogDirectory } from '../../src/podspec/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
import { isOutdated } from './checks/needless-stop.ts';
import { delayAfter } from './checks/restarts.ts';
import { hasFiles } from './checks/volumes.ts';
import { LOG_DIR } from './daemon.ts';
import type { Instance, Sandbox } from './facts.ts';
import { lacks, lacksForVolumes, type Objects } from './made-from.ts';
import type { SimClaim, View } from './manifest-files.ts';
import { IMAGES } from './random-pods.ts';
import { sameContainer, samePodLevel } from './same-version.ts';
import type { World } from './world.ts';

/**
 * What is still not as the files say; empty once the world has converged. Reckoned from the files and the runtime, by rules of its
 * own: nothing here asks the daemon.
 */
export function unconverged(world: World): string[] {
  const claims = world.files.view(world.clock.monotonicMs()).claims;
  const records = new Map(
    world.records.all.map((record) => [`${record.namespace}/${record.name}` as PodKey, record]),
  );
  const missing = [...claims].flatMap(([key, own]) =>
    problemsOf(world, own, records.get(key)).map((text) => `${key}: ${text}`),
  );
  return [...missing, ...leftovers(world, claims)];
}

/** Pods in which nothing is going to change by itself: an adopting daemon has nothing to do there. */
export function settledUids(world: World): Set<string> {
  const all = new Map<string, boolean>();
  const { claims } = world.files.view(world.clock.monotonicMs());
  for (const record of world.records.all) {
    const { uid, namespace, name, pod } = record;
    const wanted = claimsOf(claims, { namespace, name });
    // One that waits for a port may get it any moment.
    const isLatest = wanted.some((claim) => JSON.stringify(claim.pod) === JSON.stringify(pod));
    const steady = pod.spec.containers.every((container) => {
      const last = lastOf(world, uid, container.name);
      return last !== undefined && isOfVersion(last, pod) && isSteady(world, pod, last);
    });
    const isGivingUp =
      world.facts.sandboxesOf(uid).some((sandbox) => world.facts.isReady(sandbox)) && !runs(world, uid);
    const isOver = record.ended !== undefined && !runs(world, uid);
    const willEnd = pod.spec.activeDeadlineSeconds !== undefined || isTooFull(world, record);
    const isAtRest = isOver || (steady && !willEnd);
    all.set(uid, isLatest && isAtRest && !isGivingUp && rubbish(world, record).length === 0);
  }
  return new Set([...all].filter(([, steady]) => steady).map(([uid]) => uid));
}

function claimsOf(
  claims: View['claims'],
  { namespace, name }: { namespace: string; name: string },
): readonly SimClaim[] {
  return claims.get(`${namespace}/${name}` as PodKey) ?? [];
}

function runs(world: World, uid: string): boolean {
  return world.model.containers.some(
    ({ id, state }) => state === 'running' && world.facts.instances.get(id)?.uid === uid,
  );
}

/** The last instance that there still is. */
function lastOf(world: World, uid: string, container: string): Instance | undefined {
  const last = world.facts.instancesOf(uid, container).at(-1);
  return last?.removed === true ? undefined : last;
}

function isOfVersion(last: Instance, pod: Pod): boolean {
  return sameContainer(last, pod) && samePodLevel(last.pod, pod);
}

function isSteady(world: World, pod: Pod, last: Instance): boolean {
  if (last.stop !== undefined || isOutdated(last, pod, [saidNow(world)])) return false;
  if (world.facts.isRunning(last))
    return JSON.parse(last.container.args[0] ?? '{}').exitAfterMs === undefined;
  return isDone(pod, last);
}

function problemsOf(world: World, claims: readonly SimClaim[], record: PodRecord | undefined): string[] {
  const key = podKey((claims[0] as SimClaim).pod.metadata);
  const live = [...world.facts.sandboxes.values()].filter(
    (sandbox) => sandbox.key === key && world.facts.isReady(sandbox),
  );
  if (world.foreignNames.some((name) => key === `default/${name}`))
    return live.length > 0 ? ['runs beside a foreigner'] : [];
  if (record === undefined) return isShutOut(world, claims) ? [] : ['is not on record'];
  if (record.deletionStartedAtMs !== undefined) return ['is still being removed'];
  const winner = claims.find(({ file }) => file === record.file);
  if (winner === undefined) return [`is on record for ${record.file}`];
  if (JSON.stringify(winner.pod) !== JSON.stringify(record.pod)) {
    // Without its port it cannot be made anew: what there is goes on.
    return isShutOut(world, [winner]) ? [] : ['is on record in another version'];
  }
  return sandboxProblems(world, record, live);
}

function sandboxProblems(world: World, record: PodRecord, live: readonly Sandbox[]): string[] {
  const { uid, pod, ended } = record;
  const [sandbox] = live;
  if (ended !== undefined) return live.length > 0 || runs(world, uid) ? ['has ended and runs on'] : [];
  if (lacksForVolumes(pod, saidNow(world))) return [];
  const lasts = pod.spec.containers.map(({ name }) => lastOf(world, uid, name));
  if (sandbox === undefined) {
    const finished =
      lasts.every((last) => last === undefined || isDone(pod, last)) &&
      lasts.some((last) => last !== undefined);
    return finished || isShutOut(world, [{ file: '', pod }]) ? [] : ['has no sandbox'];
  }
  if (sandbox.uid !== uid) return ['has a sandbox of another life'];
  if (!samePodLevel(sandbox.pod, pod)) {
    return isShutOut(world, [{ file: '', pod }]) ? [] : ['has a sandbox of another version'];
  }
  if (isOverdue(world, record)) return ['runs on after its deadline'];
  if (isTooFull(world, record)) return ['has more on disk than it may'];
  const containers = pod.spec.containers.flatMap((container, index) =>
    containerProblems(world, { pod, container, sandbox }, lasts[index]),
  );
  return [...containers, ...volumeProblems(world, record)];
}

/** What is on disk must be what the objects say now, and no more than the manifest names. */
function volumeProblems(world: World, { uid, pod }: PodRecord): string[] {
  const { spec } = pod;
  const made = world.volumes.get(uid)?.volumes ?? new Map();
  const wanted = spec.volumes ?? [];
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

function saidNow({ facts, files, clock }: World): Objects {
  return facts.objectsIn(files.view(clock.monotonicMs()));
}

function isTooFull({ volumes }: World, { uid, pod }: PodRecord): boolean {
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

function containerProblems(
  world: World,
  { pod, container, sandbox }: { pod: Pod; container: Container; sandbox: Sandbox },
  last: Instance | undefined,
): string[] {
  if (lacks(container, saidNow(world))) return [];
  if (last !== undefined && world.facts.isRunning(last) && isOutdated(last, pod, [saidNow(world)]))
    return [`${container.name} does not follow its objects`];
  const here = last !== undefined && isOfVersion(last, pod);
  if (!here || (last.startedAtMs === undefined && last.exitedAtMs === undefined))
    return hasNoImage(world, container) ? [] : [`${container.name} was not made`];
  if (world.facts.isRunning(last))
    return last.sandboxId === sandbox.id ? [] : [`${container.name} runs in an old sandbox`];
  return isDone(pod, last) || isBackingOff(world, last) || hasNoImage(world, container)
    ? []
    : [`${container.name} is not restarted`];
}

function isDone({ spec }: Pod, last: Instance): boolean {
  if (last.exitedAtMs === undefined || last.stop !== undefined) return false;
  return spec.restartPolicy === 'Never' || (spec.restartPolicy === 'OnFailure' && last.exitCode === 0);
}

/** It may wait no longer than its back-off, by the clock on the wall. */
function isBackingOff(world: World, last: Instance): boolean {
  const history = world.facts.instancesOf(last.uid, last.name);
  const dueMs = (last.exitedAtWallMs ?? 0) + delayAfter(history, history.length - 1);
  return world.clock.nowMs() <= dueMs + 2_000;
}

/** For good: it cannot be had, or must not be pulled. */
function hasNoImage(world: World, { image, imagePullPolicy }: Container): boolean {
  const present = (IMAGES.present as readonly string[]).includes(image);
  if (imagePullPolicy === 'Always')
    return present || ([...IMAGES.absent, ...IMAGES.invalid] as string[]).includes(image);
  if ([...IMAGES.absent, ...IMAGES.invalid].some((bad) => bad === image)) return true;
  return imagePullPolicy === 'Never' && !present && !world.imageIsThere(image);
}

/** A pod of ours holds a host port that it wants: one that lives, or one that waits for its objects. */
function isShutOut(world: World, claims: readonly SimClaim[]): boolean {
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

function declaredPorts({ spec }: Pod): number[] {
  return spec.containers.flatMap(({ ports }) =>
    ports.flatMap(({ hostPort = 0 }) => (hostPort > 0 ? [hostPort] : [])),
  );
}

/** What nobody asks for any more. */
function leftovers(world: World, claims: View['claims']): string[] {
  const { facts, model, records, logs } = world;
  const wanted = records.all.filter((record) => claims.has(`${record.namespace}/${record.name}` as PodKey));
  const uids = new Set<string>(wanted.map(({ uid }) => uid));
  const directories = new Set(wanted.map((record) => podLogDirectory(LOG_DIR, record)));
  // Where a record was lost halfway through a removal, nothing tells whose the logs are.
  const excused = (directory: string): boolean =>
    [...facts.lostRecords].some((uid) => directory.endsWith(uid));
  // A pod that lost its record and its port is recorded again when it gets the port.
  const waiting = (uid: string, key: PodKey): boolean => facts.lostRecords.has(uid) && claims.has(key);
  return [
    ...records.all.filter(({ uid }) => !uids.has(uid)).map(({ name }) => `record of ${name} is left`),
    ...model.sandboxes
      .filter(({ id, config }) => {
        const { uid, key } = facts.sandboxes.get(id) ?? {};
        return (
          uid !== undefined &&
          key !== undefined &&
          !uids.has(uid) &&
          !waiting(uid, key) &&
          facts.isOurs(config.labels)
        );
      })
      .map(({ config }) => `sandbox of ${config.metadata?.name} is left`),
    ...model.containers
      .filter(
        ({ config, sandboxId }) => facts.isOurs(config.labels) && model.sandbox(sandboxId) === undefined,
      )
      .map(({ id }) => `container ${id} is left`),
    ...wanted.flatMap((record) => (isShutOut(world, claimsOf(claims, record)) ? [] : rubbish(world, record))),
    ...[...world.volumes.uids, ...world.cgroups.uids]
      .filter((uid) => !uids.has(uid) && !facts.lostRecords.has(uid))
      .map((uid) => `volumes or a cgroup of ${uid} are left`),
    ...logs.directories
      .filter((directory) => !directories.has(directory) && !excused(directory))
      .map((directory) => `${directory} is left`),
  ];
}

/** Of each container one dead instance may stay beside the one that lives, and of sandboxes those that hold one. */
function rubbish(world: World, { uid, name, pod }: PodRecord): string[] {
  const there = [...world.facts.instances.values()].filter(
    (instance) => instance.uid === uid && instance.removed !== true,
  );
  const names = new Set(there.map((instance) => instance.name));
  const crowded = [...names].filter((container) => {
    const all = there.filter((instance) => instance.name === container);
    const beside = all.at(-1)?.exitedAtMs === undefined ? 2 : 1;
    return all.length > (pod.spec.containers.some((each) => each.name === container) ? beside : 0);
  });
  const newest = Math.max(...world.facts.sandboxesOf(uid).map(({ attempt }) => attempt));
  const empty = world.facts
    .sandboxesOf(uid)
    .filter(({ id, attempt }) => attempt < newest && there.every(({ sandboxId }) => sandboxId !== id));
  return [
    ...crowded.map((container) => `dead instances of ${container} of ${name} are left`),
    ...empty.map(() => `an empty sandbox of ${name} is left`),
  ];
}
