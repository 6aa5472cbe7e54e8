import { allContainers, type PodKey, podKey } from '../../src/pod/index.ts';
import { podLogDirectory } from '../../src/podspec/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
import { LOG_DIR } from './daemon.ts';
import { lacks, lacksForVolumes } from './made-from.ts';
import type { SimClaim, View } from './manifest-files.ts';
import { hasNoImage, isShutOut, podProblems, saidNow } from './pod-problems.ts';
import { isHeldBack, isInCycle } from './readiness.ts';
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
  const deleted = world.facts.deletions.acknowledged.map((uid) => `${uid} was deleted and is there`);
  return [...missing, ...deleted, ...leftovers(world, claims)];
}

export function claimsOf(
  claims: View['claims'],
  { namespace, name }: { namespace: string; name: string },
): readonly SimClaim[] {
  return claims.get(`${namespace}/${name}` as PodKey) ?? [];
}

function problemsOf(world: World, claims: readonly SimClaim[], record: PodRecord | undefined): string[] {
  const key = podKey((claims[0] as SimClaim).pod.metadata);
  const live = [...world.facts.sandboxes.values()].filter(
    (sandbox) => sandbox.key === key && world.facts.isReady(sandbox),
  );
  if (world.foreignNames.some((name) => key === `default/${name}`))
    return live.length > 0 ? ['runs beside a foreigner'] : [];
  const { claims: all } = world.files.view(world.clock.monotonicMs());
  // Refused: what there is goes on.
  if (isInCycle(all, key)) return [];
  // The first one has the name.
  if (record === undefined)
    return claims.slice(0, 1).some((claim) => mayBegin(world, claim)) ? ['is not on record'] : [];
  if (record.deletionStartedAtMs !== undefined) return ['is still being removed'];
  const winner = claims.find(({ file }) => file === record.file);
  if (winner === undefined) return [`is on record for ${record.file}`];
  const isWanted = JSON.stringify(winner.pod) === JSON.stringify(record.pod);
  if (isWanted || isHeldUp(world, record, winner)) return podProblems(world, record, live);
  return ['is on record in another version'];
}

function mayBegin(world: World, claim: SimClaim): boolean {
  return !isShutOut(world, [claim]) && !isHeldBack(world.facts, claim.pod);
}

/** The wanted version cannot be had, or has shown that it is no good: what there is goes on. */
function isHeldUp(world: World, { rejected }: PodRecord, winner: SimClaim): boolean {
  const { pod } = winner;
  if (rejected !== undefined && JSON.stringify(rejected.pod) === JSON.stringify(pod)) return true;
  const said = saidNow(world);
  const isLacking = allContainers(pod).some((each) => lacks(each, said) || hasNoImage(world, each));
  return isLacking || lacksForVolumes(pod, said) || !mayBegin(world, winner);
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
    ...wanted.flatMap((record) =>
      claimsOf(claims, record).every((claim) => mayBegin(world, claim)) ? rubbish(world, record) : [],
    ),
    ...[...world.volumes.uids, ...world.cgroups.uids]
      .filter((uid) => !uids.has(uid) && !facts.lostRecords.has(uid))
      .map((uid) => `volumes or a cgroup of ${uid} are left`),
    ...logs.directories
      .filter((directory) => !directories.has(directory) && !excused(directory))
      .map((directory) => `${directory} is left`),
  ];
}

/** Of each container one dead instance may stay beside the one that lives, and of sandboxes those that hold one. */
export function rubbish(world: World, { uid, name, pod }: PodRecord): string[] {
  const there = [...world.facts.instances.values()].filter(
    (instance) => instance.uid === uid && instance.removed !== true,
  );
  const names = new Set(there.map((instance) => instance.name));
  const crowded = [...names].filter((container) => {
    const all = there.filter((instance) => instance.name === container);
    const beside = all.at(-1)?.exitedAtMs === undefined ? 2 : 1;
    return all.length > (allContainers(pod).some((each) => each.name === container) ? beside : 0);
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
