import { readdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** The files in which a machine tells what it is. What is not there, or cannot be read, is empty. */
export interface MachineFiles {
  text(path: string): Promise<string>;
  /** 0 where there is none, or one below. */
  number(path: string): Promise<number>;
  /** In a directory, in order. */
  names(path: string): Promise<readonly string[]>;
  /** Of the file system that a path lies on; undefined where that cannot be told. */
  space(path: string): Promise<FileSystemSpace | undefined>;
}

export interface FileSystemSpace {
  readonly capacityBytes: number;
  /** 0 where it has no fixed number of them. */
  readonly inodes: number;
}

/** `root` stands before every path. */
export function machineFiles(root: string): MachineFiles {
  const text = (path: string): Promise<string> => readFile(join(root, path), 'utf8').catch(() => '');
  return {
    text,
    async number(path) {
      const found = Number(await text(path));
      return Number.isFinite(found) ? Math.max(0, found) : 0;
    },
    async names(path) {
      const found = await readdir(join(root, path)).catch((): string[] => []);
      return found.sort();
    },
    async space(path) {
      try {
        const { blocks, bsize, files } = await statfs(join(root, path));
        return { capacityBytes: blocks * bsize, inodes: files };
      } catch {
        return undefined;
      }
    },
  };
}
