import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf, messageOf } from '../base/index.ts';

const MAX_BYTES = 64 * 1024;
const OTHERS = 0o077;

export type PrivateFile =
  | { readonly state: 'absent' }
  | { readonly state: 'read'; readonly text: string }
  /** It must not be used as it is; why, as a phrase that follows its name. */
  | { readonly state: 'refused'; readonly why: string };

/** Reads a small file that nobody else may have written, or, where it is secret, read. Never throws. */
export async function readPrivateFile(path: string, { secret }: { secret: boolean }): Promise<PrivateFile> {
  try {
    // Neither a link nor a pipe that nobody writes to can lead it elsewhere, or hold it up.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { mode, uid, size } = await file.stat();
      if ((mode & constants.S_IFMT) !== constants.S_IFREG) return refused('is no plain file');
      if (uid !== process.getuid?.()) return refused('belongs to another user');
      if (size > MAX_BYTES) return refused('is too large');
      if (secret && (mode & OTHERS) !== 0) return refused('can be read by other users');
      return { state: 'read', text: await file.readFile('utf8') };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { state: 'absent' };
    return refused(errnoOf(error) === 'ELOOP' ? 'is a symbolic link' : `cannot be read: ${messageOf(error)}`);
  }
}

function refused(why: string): PrivateFile {
  return { state: 'refused', why };
}
