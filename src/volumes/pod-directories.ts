import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Clock,
  type Logger,
  messageOf,
  systemClock,
  TinyletError,
  unlessMissing,
} from '../base/index.ts';
import { asPodUid, type PodUid } from '../pod/index.ts';
import { type Machine, openMachine } from './machine.ts';
import { pointsWithin } from './mount-table.ts';
import { podDirectory } from './pod-directory.ts';
import { removeTrees } from './remove-trees.ts';

export interface PodDirectoriesOptions {
  /** As the runtime sees it; absolute. */
  readonly rootDir: string;
  readonly logger: Logger;
  /** `/proc/<pid>/root` of a process in the runtime's mount namespace, where that is not this process' own. */
  readonly runtimeRoot?: string;
  readonly clock?: Clock;
}

/** The directories of pods whoever made them: what is left over is found here. Failures are TinyletErrors with VOLUME_TEARDOWN. */
export interface PodDirectories {
  /** Pods that have one. Links and files between them are nobody's directory. */
  list(): Promise<readonly PodUid[]>;
  /**
   * Unmounts what tinylet mounts there, and deletes it with the record in it; resolves to what was unmounted. Where anything else is
   * mounted, nothing is touched. No link is followed and no mount entered. Nothing may run that uses it.
   */
  remove(uid: PodUid): Promise<readonly string[]>;
}

/** What may be a part of a path, and leads nowhere else (manifest/read-metadata.ts). */
const UID = /^[A-Za-z0-9_-][\w.-]{0,127}$/;

/** Where tinylet mounts: volumes in memory, and parts of volumes, both at exactly that depth. */
const OUR_MOUNTS = [/^volumes\/kubernetes\.io~[^/]+\/[^/]+$/, /^volume-subpaths\/[^/]+\/[^/]+\/[^/]+$/];

export function podDirectories({ clock = systemClock, ...where }: PodDirectoriesOptions): PodDirectories {
  return {
    list: () =>
      failing('cannot list the directories of pods', async () =>
        list(await openMachine({ ...where, clock })),
      ),
    remove: (uid) =>
      failing(`cannot remove the directory of pod ${uid}`, async () =>
        remove(await openMachine({ ...where, clock }), uid),
      ),
  };
}

async function list({ place, rootDir }: Machine): Promise<readonly PodUid[]> {
  const reading = readdir(place.reach(join(rootDir, 'pods')), { withFileTypes: true });
  const entries = (await unlessMissing(reading)) ?? [];
  return entries
    .filter((entry) => entry.isDirectory() && UID.test(entry.name))
    .map(({ name }) => asPodUid(name));
}

async function remove(machine: Machine, uid: PodUid): Promise<readonly string[]> {
  if (!UID.test(uid)) throw new Error(`${JSON.stringify(uid)} cannot be part of a path`);
  const directory = podDirectory(machine.rootDir, uid);
  const found = await unlessMissing(lstat(machine.place.reach(directory)));
  if (found === undefined) return [];
  if (!found.isDirectory()) throw new Error(`${directory} is no directory`);
  const points = pointsWithin(await machine.mounts.table(), directory);
  const foreign = points.filter((point) => !isOurs(point.slice(directory.length + 1)));
  if (foreign.length > 0) throw new Error(`not mounted by tinylet: ${foreign.join(', ')}`);
  await removeTrees(machine, [directory]);
  return points;
}

function isOurs(path: string): boolean {
  return OUR_MOUNTS.some((place) => place.test(path));
}

async function failing<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new TinyletError('VOLUME_TEARDOWN', `${what}: ${messageOf(cause)}`, { cause });
  }
}
