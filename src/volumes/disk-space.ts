import { statfs } from 'node:fs/promises';
import type { Clock } from '../base/index.ts';
import { mountPlace } from './mount-place.ts';
import { mustAnswer } from './must-answer.ts';
import { resolvePath } from './resolve-path.ts';

/** Of a file system: all of it, what is left to those who are not root, and what is taken. */
export interface FileSystemSpace {
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
  /** 0 where it has no fixed number of them (btrfs). */
  readonly inodes: number;
  readonly inodesFree: number;
}

/** The file system that a path of the runtime lies on. Rejects where there is no such path, or it does not answer. */
export async function diskSpace(
  path: string,
  { clock, runtimeRoot }: { readonly clock: Clock; readonly runtimeRoot?: string },
): Promise<FileSystemSpace> {
  const place = mountPlace(runtimeRoot);
  await mustAnswer({ place, clock }, path);
  const resolved = await resolvePath(place, path);
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(place.reach(resolved.path));
  return {
    ...{ capacityBytes: bsize * blocks, availableBytes: bsize * bavail, usedBytes: bsize * (blocks - bfree) },
    ...{ inodes: files, inodesFree: ffree },
  };
}
