import { constants } from 'node:fs';
import { chmod, type FileHandle, open, readFile } from 'node:fs/promises';
import { errnoOf } from './errors.ts';

/**
 * Files by descriptor: what others may rename or replace at any instant is held open and reached through /proc/self/fd, so that every
 * step begins where the one before ended. O_PATH opens anything without touching it, a FIFO or device too (open(2)).
 */
const O_PATH = 0o10000000;

/** A directory of the machine; a link at its last part is refused. */
export function openDirectory(path: string): Promise<FileHandle> {
  return open(path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** Whatever has that name in a directory, a link itself and not where it leads. */
export function openEntry(directory: FileHandle, name: string): Promise<FileHandle> {
  return open(entryPath(directory, name), O_PATH | constants.O_NOFOLLOW);
}

/** A directory in a directory; a link or anything else is refused with ENOTDIR. */
export function openChild(directory: FileHandle, name: string): Promise<FileHandle> {
  return openDirectory(entryPath(directory, name));
}

export function entryPath(directory: FileHandle, name: string): string {
  return `${selfPath(directory)}/${name}`;
}

/** Leads to the open file itself, whatever its name is now. */
export function selfPath({ fd }: FileHandle): string {
  return `/proc/self/fd/${fd}`;
}

/** The mount it was found in: differs below a mount point, even where the device is the same. */
export async function mountIdOf({ fd }: FileHandle): Promise<string> {
  const info = await readFile(`/proc/self/fdinfo/${fd}`, 'utf8');
  return /^mnt_id:\s*(\d+)$/m.exec(info)?.[1] ?? '';
}

/** Sets bits beside the permissions too; unlike at creation no umask takes any away. */
export function setMode(file: FileHandle, mode: number): Promise<void> {
  return chmod(selfPath(file), mode);
}

/** Undefined where there is nothing of that name. */
export async function unlessMissing<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
