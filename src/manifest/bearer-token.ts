import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { messageOf } from '../base/index.ts';

/** A token, or why there is none: a sentence without a full stop, with nothing of the file's content in it. */
export type BearerToken =
  | { readonly state: 'read'; readonly token: string; readonly warning?: string }
  | { readonly state: 'unusable'; readonly reason: string };

const MAX_BYTES = 64 * 1024;

/** Reads it anew each time, since whoever made it may replace it before it expires. Never rejects. */
export async function readBearerToken(path: string): Promise<BearerToken> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) return unusable(path, 'is not a regular file');
      if (stats.size > MAX_BYTES) return unusable(path, 'is too large for a token');
      const token = (await file.readFile('latin1')).trim();
      if (token === '') return unusable(path, 'is empty');
      if (!/^[\x21-\x7e]+$/.test(token)) return unusable(path, 'holds something else than one token');
      const isOpen = (stats.mode & 0o004) !== 0;
      return {
        state: 'read',
        token,
        ...(isOpen && { warning: `${path} can be read by everybody: chmod o-r` }),
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    return unusable(path, `cannot be read: ${messageOf(error)}`);
  }
}

function unusable(path: string, why: string): BearerToken {
  return { state: 'unusable', reason: `the token file ${path} ${why}` };
}
