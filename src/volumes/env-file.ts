import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { selfPath } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import type { Machine } from './machine.ts';
import { openWithin } from './open-within.ts';
import { volumeDirectory } from './pod-directory.ts';

/** Larger than this no file of variables is (kubelet: the environment of a container must fit its own limits anyway). */
const MOST_BYTES = 64 * 1024;

/** Text of a file in an emptyDir; undefined where there is none. What is no regular file, or too large, is an error. */
export async function readVolumeFile(
  { rootDir, place }: Machine,
  uid: PodUid,
  { volume, path }: { readonly volume: string; readonly path: string },
): Promise<string | undefined> {
  const root = volumeDirectory(rootDir, uid, { plugin: 'empty-dir', name: volume });
  const found = await openWithin(place, root, path, { make: false }).catch((cause) => {
    // Links in it lead to where its container chose; what is there, or is not, stays out of the message.
    throw new Error(`${path} cannot be opened`, { cause });
  });
  if (found === undefined) return undefined;
  try {
    if (!(await found.stat()).isFile()) throw new Error(`${path} is not a regular file`);
    const file = await open(selfPath(found), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MOST_BYTES + 1), position: 0 });
      if (bytesRead > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES} bytes`);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } finally {
    await found.close();
  }
}
