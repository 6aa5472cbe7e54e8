import { type FileHandle, mkdir, readlink } from 'node:fs/promises';
import {
  entryPath,
  errnoOf,
  openChild,
  openDirectory,
  openEntry,
  selfPath,
  setMode,
  unlessMissing,
} from '../base/index.ts';
import type { MountPlace } from './mount-place.ts';
import { resolvePath } from './resolve-path.ts';

/** Permission and set-id bits. */
const ALL_BITS = 0o7777;

/**
 * Opens what a relative path means in a volume, without touching it (O_PATH). Links are followed as far as they stay in the volume;
 * whatever is swapped meanwhile, nothing outside is ever opened or made (kubelet: doSafeOpen, doSafeMakeDir). The caller closes it.
 *
 * With `make`, directories that are missing are made with the mode of the volume itself; otherwise undefined is returned.
 */
export async function openWithin(
  place: MountPlace,
  root: string,
  path: string,
  { make }: { readonly make: boolean },
): Promise<FileHandle | undefined> {
  const volume = await resolvePath(place, root);
  const wanted = await resolvePath(place, `${volume.path}/${path}`);
  const parts = partsWithin(volume.path, wanted.path, path);
  if (!wanted.exists && !make) return undefined;
  const start = await openDirectory(place.reach(volume.path));
  const opened = await walk(start, parts, make ? (await start.stat()).mode & ALL_BITS : undefined);
  if (opened === undefined) return undefined;
  try {
    partsWithin(volume.path, await readlink(selfPath(opened)), path);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Where the asked path leads, as parts. The message does not tell where that is: it may be nobody's business. */
function partsWithin(root: string, path: string, asked: string): readonly string[] {
  if (path === root) return [];
  const prefix = root === '/' ? root : `${root}/`;
  if (!path.startsWith(prefix)) throw new Error(`${asked} leads out of its volume`);
  return path.slice(prefix.length).split('/');
}

/** From a directory down, one part at a time, into `make` directories of that mode. Closes what it passes. */
async function walk(
  at: FileHandle,
  [name, ...rest]: readonly string[],
  make: number | undefined,
): Promise<FileHandle | undefined> {
  if (name === undefined) return at;
  let next: FileHandle | undefined;
  try {
    next = await unlessMissing(rest.length === 0 ? openLast(at, name) : openChild(at, name));
    if (next === undefined && make !== undefined) next = await makeChild(at, name, make);
  } finally {
    await at.close();
  }
  return next && walk(next, rest, make);
}

/** Anything but a link: it was none when the path was resolved. */
async function openLast(directory: FileHandle, name: string): Promise<FileHandle> {
  const entry = await openEntry(directory, name);
  if (!(await entry.stat()).isSymbolicLink()) return entry;
  await entry.close();
  throw new Error(`${name} has become a symbolic link`);
}

async function makeChild(directory: FileHandle, name: string, mode: number): Promise<FileHandle> {
  let made = true;
  await mkdir(entryPath(directory, name)).catch((error) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
    made = false;
  });
  const child = await openChild(directory, name);
  if (made) await setMode(child, mode);
  return child;
}
