import type { FileHandle } from 'node:fs/promises';
import { openChild, openDirectory, openEntry } from './descriptors.ts';

/**
 * Opens what the names lead to from a directory down, one after the other and through no link, without touching it (O_PATH): a FIFO or
 * device is not waited for. Whatever is swapped meanwhile, nothing outside the directory is ever opened; the last entry may itself be a
 * link, which is for the caller to refuse. The directory, and what is above it, may be links. Rejects with the system's error. The caller
 * closes it.
 */
export async function openBelow(directory: string, names: readonly string[]): Promise<FileHandle> {
  for (const name of names) refuseLeading(name);
  let at = await openDirectory(`${directory}/.`);
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    try {
      const next = await (isLast ? openEntry(at, name) : openChild(at, name));
      await at.close();
      at = next;
    } catch (error) {
      await at.close();
      throw error;
    }
  }
  return at;
}

/** Refuses what would lead elsewhere than to an entry. */
function refuseLeading(name: string): void {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name))
    throw new Error(`${JSON.stringify(name)} is no file name`);
}
