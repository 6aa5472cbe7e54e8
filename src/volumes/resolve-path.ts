import { lstat, readlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { errnoOf } from '../base/index.ts';
import type { MountPlace } from './mount-place.ts';

/** As many links as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

export interface ResolvedPath {
  /** Absolute, without links as far as it exists. */
  readonly path: string;
  readonly exists: boolean;
}

/**
 * Follows the links of an absolute path as the runtime would; what is missing is kept as it is written. The answer may be old when it
 * is used: whoever must not leave a directory opens it again without following anything (open-within.ts).
 */
export async function resolvePath(place: MountPlace, path: string): Promise<ResolvedPath> {
  let rest = partsOf(path);
  let done = '';
  let links = 0;
  while (rest.length > 0) {
    const [part = '', ...others] = rest;
    rest = others;
    if (part === '..') {
      done = posix.dirname(done === '' ? '/' : done).replace(/^\/$/, '');
      continue;
    }
    const next = `${done}/${part}`;
    const found = await look(place.reach(next));
    if (found === undefined) return { path: posix.normalize([next, ...rest].join('/')), exists: false };
    if (found.link === undefined) {
      done = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new Error(`too many levels of symbolic links: ${path}`);
    if (found.link.startsWith('/')) done = '';
    rest = [...partsOf(found.link), ...rest];
  }
  return { path: done === '' ? '/' : done, exists: true };
}

/** What is at a path, and where it leads if it is a link; undefined where nothing is. */
async function look(path: string): Promise<{ readonly link?: string } | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? { link: await readlink(path) } : {};
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
