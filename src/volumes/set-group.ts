import { chown, type FileHandle, lchown, readdir } from 'node:fs/promises';
import {
  entryPath,
  mountIdOf,
  openDirectory,
  openEntry,
  selfPath,
  setMode,
  unlessMissing,
} from '../base/index.ts';

/** Bits the group gets of what may be written: of files, and of directories, whose new files are to be the group's too. */
const WRITABLE = { file: 0o660, directory: 0o2770 };
/** The same of what is only read. */
const READ_ONLY = { file: 0o440, directory: 0o2550 };

/** Deeper than this nothing sensible is nested, and every level holds a descriptor. */
const MOST_LEVELS = 256;

/** A file's mode once a group owns it that only reads it. */
export function readableByGroup(mode: number): number {
  return mode | READ_ONLY.file;
}

/** The same of a directory. */
export function searchableByGroup(mode: number): number {
  return mode | READ_ONLY.directory;
}

export type GroupPolicy = 'Always' | 'OnRootMismatch';

/**
 * Gives a volume and all in it to a group, as far as it does not belong to it already (kubelet: SetVolumeOwnership). Never follows a
 * link nor leaves the mount, whatever a container swaps meanwhile. `OnRootMismatch` looks only at the root first, which is changed
 * last: a walk that was cut off is begun again.
 */
export async function setGroup(directory: string, group: number, policy: GroupPolicy): Promise<void> {
  const root = await openDirectory(directory);
  try {
    if (policy === 'OnRootMismatch' && (await isGiven(root, group))) return;
    await giveTree(root, { group, mount: await mountIdOf(root), device: (await root.stat()).dev }, 0);
  } finally {
    await root.close();
  }
}

async function isGiven(root: FileHandle, group: number): Promise<boolean> {
  const { gid, mode } = await root.stat();
  return gid === group && (mode & WRITABLE.directory) === WRITABLE.directory;
}

interface Giving {
  readonly group: number;
  readonly mount: string;
  readonly device: number;
}

async function giveTree(directory: FileHandle, giving: Giving, level: number): Promise<void> {
  if (level > MOST_LEVELS) throw new Error(`directories are nested deeper than ${MOST_LEVELS} levels`);
  for (const name of await readdir(selfPath(directory))) {
    const entry = await unlessMissing(openEntry(directory, name));
    if (entry === undefined) continue;
    try {
      await giveEntry({ directory, name, entry }, giving, level);
    } finally {
      await entry.close();
    }
  }
  await give(directory, giving.group, WRITABLE.directory);
}

async function giveEntry(
  { directory, name, entry }: { directory: FileHandle; name: string; entry: FileHandle },
  giving: Giving,
  level: number,
): Promise<void> {
  const status = await entry.stat();
  if (status.dev !== giving.device) return;
  if (status.isSymbolicLink()) {
    // The link itself: only its name leads to it, and lchown follows none.
    await unlessMissing(lchown(entryPath(directory, name), -1, giving.group));
  } else if (!status.isDirectory()) {
    await give(entry, giving.group, WRITABLE.file);
  } else if ((await mountIdOf(entry)) === giving.mount) {
    await giveTree(entry, giving, level + 1);
  }
}

async function give(file: FileHandle, group: number, bits: number): Promise<void> {
  const { gid, mode } = await file.stat();
  // A change of owner clears the set-id bits: the mode comes after.
  if (gid !== group) await chown(selfPath(file), -1, group);
  if (gid !== group || (mode & bits) !== bits) await setMode(file, (mode & 0o7777) | bits);
}
