import { readdir, readFile, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const CGROUP_ROOT = '/sys/fs/cgroup';

/** The cgroups these processes are in, as paths below a hierarchy's root; the root itself is left out. */
export async function cgroupsOf(pids: readonly number[]): Promise<readonly string[]> {
  const files = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')));
  const paths = files.flatMap((file) => file.split('\n').map((line) => line.split(':').slice(2).join(':')));
  return [...new Set(paths)].filter((path) => path !== '' && path !== '/' && !path.includes('..'));
}

/** Removes these cgroups and their parents from every hierarchy where they are empty: the kernel refuses others. */
export async function removeEmptyCgroups(paths: readonly string[]): Promise<void> {
  const hierarchies = (await readdir(CGROUP_ROOT).catch(() => [])).map((name) => join(CGROUP_ROOT, name));
  for (const hierarchy of [CGROUP_ROOT, ...hierarchies]) {
    for (const path of paths) await removeUpwards(hierarchy, path);
  }
}

async function removeUpwards(hierarchy: string, path: string): Promise<void> {
  for (let current = path; current !== '/' && current !== '.'; current = dirname(current)) {
    try {
      await rmdir(join(hierarchy, current));
    } catch {
      return;
    }
  }
}
