import { access, constants, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { CgroupFacts } from '../pod/index.ts';
import { findHierarchies, type Hierarchy } from './hierarchies.ts';

/** The first cgroup namespace has one number on every Linux (proc_ns.h: PROC_CGROUP_INIT_INO). */
const FIRST_NAMESPACE = 'cgroup:[4026531835]';

/** What the machine's cgroups allow. `root` stands before every path. */
export async function cgroupFacts(root = ''): Promise<CgroupFacts> {
  const hierarchies = await findHierarchies(root);
  const [namespace, swap, writable] = await Promise.all([
    readlink(join(root, '/proc/self/ns/cgroup')).catch(() => ''),
    countsSwap(hierarchies),
    Promise.all(hierarchies.map(({ directory }) => isWritable(directory))),
  ]);
  const whole = hierarchies.length > 0 && hierarchies.every((hierarchy) => hierarchy.whole);
  return {
    version: hierarchies[0]?.version ?? 1,
    swap,
    shared: namespace === FIRST_NAMESPACE && whole && writable.every(Boolean),
  };
}

/** The root of version 2 never has the file, but all its children do or none. */
async function countsSwap(hierarchies: readonly Hierarchy[]): Promise<boolean> {
  const memory = hierarchies.find(({ controllers }) => controllers.has('memory'));
  if (memory === undefined) return false;
  if (memory.version === 1) return exists(join(memory.directory, 'memory.memsw.limit_in_bytes'));
  const entries = await readdir(memory.directory, { withFileTypes: true });
  const children = entries.filter((entry) => entry.isDirectory());
  const found = await Promise.all(
    children.map(({ name }) => exists(join(memory.directory, name, 'memory.swap.max'))),
  );
  return found.includes(true);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** False also where the file system is mounted read-only. */
function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
