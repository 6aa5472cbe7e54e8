import { type FileHandle, readdir, rmdir, unlink } from 'node:fs/promises';
import { entryPath, errnoOf, mountIdOf, openChild, selfPath, unlessMissing } from '../base/index.ts';

/** Logs lie two levels deep. Whoever digs deeper is not followed for ever. */
const LEVELS = 16;

/**
 * Deletes an entry of a directory with all in it; what is missing is no error. By descriptor from one directory to the next: no link is
 * followed, whatever is swapped meanwhile. Rejects where something is mounted in it.
 */
export async function removeTree(parent: FileHandle, name: string, levels = LEVELS): Promise<void> {
  if (await removeFile(parent, name)) return;
  const directory = await unlessMissing(openChild(parent, name));
  if (directory === undefined) return;
  try {
    if ((await mountIdOf(directory)) !== (await mountIdOf(parent)))
      throw new Error(`something is mounted at ${name}`);
    if (levels === 0) throw new Error(`${name} is too deep inside`);
    for (const entry of await readdir(selfPath(directory))) await removeTree(directory, entry, levels - 1);
  } finally {
    await directory.close();
  }
  await unlessMissing(rmdir(entryPath(parent, name)));
}

/** False where it is a directory: unlink(2) says so and leaves it. */
async function removeFile(parent: FileHandle, name: string): Promise<boolean> {
  try {
    await unlessMissing(unlink(entryPath(parent, name)));
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EISDIR' || errnoOf(error) === 'EPERM') return false;
    throw error;
  }
}
