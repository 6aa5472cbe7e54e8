import { type Clock, errnoOf, type Logger, messageOf, sleep, TinyletError } from '../base/index.ts';
import type { PodCgroup, PodUid } from '../pod/index.ts';
import { podSettings, qosCgroups } from './cgroup-settings.ts';
import { CgroupTree } from './cgroup-tree.ts';
import { endUnstarted } from './end-unstarted.ts';
import { findHierarchies } from './hierarchies.ts';
import type { PodCgroups } from './ports.ts';
import { QosCgroups } from './qos-cgroups.ts';

export interface PodCgroupsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Stands before the machine's own paths; only tests need it. */
  readonly root?: string;
}

/** Processes that were killed leave their cgroup a little later. */
const BUSY_TRIES = 20;
const BUSY_PAUSE_MS = 50;

/**
 * Pods' cgroups in every hierarchy of version 1, or in the one of version 2, where the kubelet has them (cm/cgroup_manager_linux.go).
 * What stands in the kernel is the truth; nothing is killed but what never began, and nothing outside /kubepods is touched.
 */
export function createPodCgroups({ clock, logger, root = '' }: PodCgroupsOptions): PodCgroups {
  let known: Promise<QosCgroups> | undefined;
  const qos = (): Promise<QosCgroups> => {
    known ??= findHierarchies(root).then(
      (hierarchies) =>
        new QosCgroups(
          hierarchies.map((each) => new CgroupTree(each)),
          root,
        ),
    );
    return known;
  };
  return {
    async setUp(uid, cgroup) {
      try {
        checkPath(uid, cgroup);
        const made = await setUp(await qos(), uid, cgroup);
        if (made) logger.debug({ uid, cgroup: cgroup.path }, 'made the cgroup of a pod');
      } catch (cause) {
        throw cgroupError(`cannot set up the cgroup ${cgroup.path}: ${messageOf(cause)}`, cause);
      }
    },
    async remove(uid) {
      try {
        const classes = await qos();
        const paths = Object.values(qosCgroups).map((parent) => `${parent}/${directoryOf(uid)}`);
        await Promise.all(
          classes.trees.flatMap((tree) => paths.map((path) => removeWhenFree({ tree, path, clock }))),
        );
        await classes.sumUp();
      } catch (cause) {
        throw cgroupError(`cannot remove the cgroup of pod ${uid}: ${messageOf(cause)}`, cause);
      }
    },
  };
}

/** Resolves to whether it is new. The classes' cgroups are there unless somebody deleted them meanwhile. */
async function setUp(qos: QosCgroups, uid: PodUid, cgroup: PodCgroup): Promise<boolean> {
  await qos.prepare();
  const make = (): Promise<boolean[]> => Promise.all(qos.trees.map((tree) => makePod(tree, cgroup)));
  const made = await make().catch(async (error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    await qos.prepare({ anew: true });
    return make();
  });
  if (cgroup.qos === 'Burstable') await qos.sumUp({ name: directoryOf(uid), shares: cgroup.cpuShares });
  return made.includes(true);
}

async function makePod(tree: CgroupTree, cgroup: PodCgroup): Promise<boolean> {
  const made = await tree.make(cgroup.path);
  await tree.apply(cgroup.path, podSettings(cgroup, tree.hierarchy.version, made));
  return made;
}

async function removeWhenFree(given: { tree: CgroupTree; path: string; clock: Clock }): Promise<void> {
  const { tree, path, clock } = given;
  for (let tries = 1; ; tries += 1) {
    try {
      return await tree.remove(path);
    } catch (cause) {
      if (errnoOf(cause) !== 'EBUSY') throw cause;
      await endUnstarted(tree, path);
      if (tries === BUSY_TRIES) throw new Error(`a process is still in ${path}`, { cause });
      await sleep(clock, BUSY_PAUSE_MS);
    }
  }
}

function checkPath(uid: PodUid, { path, qos }: PodCgroup): void {
  const expected = `${qosCgroups[qos]}/${directoryOf(uid)}`;
  if (path !== expected) throw new Error(`the place of a ${qos} pod is ${expected}`);
}

/** Throws for what could lead elsewhere. */
export function directoryOf(uid: PodUid): string {
  if (!/^[\w.-]{1,128}$/.test(uid))
    throw new Error(`${JSON.stringify(uid)} cannot be part of a cgroup's name`);
  return `pod${uid}`;
}

function cgroupError(message: string, cause: unknown): TinyletError {
  return new TinyletError('CGROUP', message, { cause });
}
