import { type FileHandle, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TinyletError, unlessMissing } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import { type Machine, makeDirectory } from './machine.ts';
import { type MountTable, mountAt, pointsWithin } from './mount-table.ts';
import { mustAnswer } from './must-answer.ts';
import { openWithin } from './open-within.ts';
import { subPathsDirectory } from './pod-directory.ts';
import { resolvePath } from './resolve-path.ts';
import type { ContainerFiles, SubPath } from './volume-setup.ts';

/**
 * Binds the parts of volumes that a container mounts to places no container can reach, from files that are held open: what the runtime
 * finds there is what was checked (kubelet: PrepareSafeSubpath). Bindings of older instances that are not wanted any more go.
 */
export async function bindSubPaths(machine: Machine, uid: PodUid, files: ContainerFiles): Promise<void> {
  const targets = new Map<string, SubPath>();
  for (const subPath of files.subPaths) {
    const directory = await resolvePath(machine.place, dirname(subPath.target));
    targets.set(join(directory.path, basename(subPath.target)), subPath);
  }
  const table = await machine.mounts.table();
  await dropOthers(machine, { uid, container: files.container, table, kept: new Set(targets.keys()) });
  for (const [target, subPath] of targets) {
    try {
      await bindOne(machine, target, subPath);
    } catch (cause) {
      // The reason stays out of the message: it would tell of the machine's files (kubelet: makeMounts).
      const message = `failed to prepare subPath for volumeMount "${subPath.volume}" of container "${files.container}"`;
      throw new TinyletError('VOLUME_SETUP', message, { cause });
    }
  }
}

interface Others {
  readonly uid: PodUid;
  readonly container: string;
  readonly table: MountTable;
  readonly kept: ReadonlySet<string>;
}

async function dropOthers(machine: Machine, { uid, container, table, kept }: Others): Promise<void> {
  const { rootDir, mounts, place } = machine;
  const directory = subPathsDirectory(rootDir, uid);
  for (const volume of await namesIn(place.reach(directory))) {
    const ofContainer = join(directory, volume, container);
    for (const index of await namesIn(place.reach(ofContainer))) {
      const target = join(ofContainer, index);
      if (kept.has(target)) continue;
      for (const point of pointsWithin(table, target)) await mounts.unmount(point);
      await rmTarget(place.reach(target));
    }
  }
}

async function bindOne(machine: Machine, target: string, { root, path, volume }: SubPath): Promise<void> {
  const { rootDir, place, slowPaths, mounts } = machine;
  // What lies in the root directory answers as well as everything else.
  if (!root.startsWith(`${rootDir}/pods/`)) await mustAnswer(machine, root);
  const close = (late: FileHandle | undefined): void => void late?.close();
  const source = await slowPaths.look(root, () => openWithin(place, root, path, { make: true }), close);
  if (source === undefined) throw new Error(`${path} vanished from volume ${volume}`);
  try {
    const wanted = await source.stat();
    if (mountAt(await mounts.table(), target) !== undefined) {
      const bound = await stat(place.reach(target));
      if (bound.dev === wanted.dev && bound.ino === wanted.ino) return;
    }
    for (const point of pointsWithin(await mounts.table(), target)) await mounts.unmount(point);
    await rmTarget(place.reach(target));
    if (wanted.isDirectory()) await makeDirectory(machine, target, { mode: 0o750 });
    else await makeFile(machine, target);
    await mounts.bind(source.fd, target);
  } finally {
    await source.close();
  }
}

async function makeFile(machine: Machine, target: string): Promise<void> {
  await makeDirectory(machine, dirname(target), { mode: 0o750 });
  const file = await open(machine.place.reach(target), 'wx', 0o640);
  await file.close();
}

/** A place to bind to, empty once nothing is bound there: what is in it otherwise is somebody's and stays. */
async function rmTarget(path: string): Promise<void> {
  const status = await unlessMissing(stat(path));
  if (status === undefined) return;
  if (status.isDirectory()) await rmdir(path);
  else await rm(path, { force: true });
}

async function namesIn(path: string): Promise<readonly string[]> {
  return (await unlessMissing(readdir(path))) ?? [];
}
