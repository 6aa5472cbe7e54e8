import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A machine made of files: what a test writes under `path` is read as if it stood at the root. */
export interface FixtureTree {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** The number of the cgroup namespace the process is in. */
  inNamespace(inode: number): Promise<void>;
}

/** A fresh one for each test of a file. */
export function freshTree(): FixtureTree {
  const tree = {
    path: '',
    async write(files: Readonly<Record<string, string>>) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(tree.path, path)), { recursive: true });
        await writeFile(join(tree.path, path), text);
      }
    },
    async inNamespace(inode: number) {
      await mkdir(join(tree.path, '/proc/self/ns'), { recursive: true });
      await symlink(`cgroup:[${inode}]`, join(tree.path, '/proc/self/ns/cgroup'));
    },
  };
  beforeEach(async () => {
    tree.path = await mkdtemp(join(tmpdir(), 'tinylet-machine-'));
  });
  afterEach(async () => {
    await rm(tree.path, { recursive: true, force: true });
  });
  return tree;
}

const ids = '31 23 0:28';

/** A line of mountinfo. */
export function mounted(fields: { point: string; type: string; options: string; within?: string }): string {
  const { point, type, options, within = '/' } = fields;
  return `${ids} ${within} ${point} rw,nosuid - ${type} cgroup ${options}\n`;
}

export const unified = mounted({ point: '/sys/fs/cgroup', type: 'cgroup2', options: 'rw,nsdelegate' });

/** A hybrid machine: controllers on version 1, alone and together, and a version 2 without any. */
export const hybrid = [
  mounted({ point: '/sys/fs/cgroup', type: 'tmpfs', options: 'ro,mode=755' }),
  mounted({ point: '/sys/fs/cgroup/unified', type: 'cgroup2', options: 'rw,nsdelegate' }),
  mounted({ point: '/sys/fs/cgroup/systemd', type: 'cgroup', options: 'rw,name=systemd' }),
  mounted({ point: '/sys/fs/cgroup/cpu,cpuacct', type: 'cgroup', options: 'rw,cpu,cpuacct' }),
  mounted({ point: '/sys/fs/cgroup/memory', type: 'cgroup', options: 'rw,memory' }),
  mounted({ point: '/sys/fs/cgroup/cpuset', type: 'cgroup', options: 'rw,cpuset' }),
  mounted({ point: '/sys/fs/cgroup/hugetlb', type: 'cgroup', options: 'rw,hugetlb' }),
  mounted({ point: '/elsewhere/memory', type: 'cgroup', options: 'rw,memory' }),
].join('');
