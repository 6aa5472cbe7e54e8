import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../base/index.ts';
import type { Setting } from './cgroup-settings.ts';
import type { Hierarchy } from './hierarchies.ts';

/** Controllers of version 2 that pods' limits need, and those that are handed down to containers where that can be. */
const NEEDED = ['cpu', 'memory'];
const HANDED_DOWN = [...NEEDED, 'cpuset', 'io', 'pids', 'hugetlb'];

/** Cgroups as directories of one hierarchy. Paths begin with `/` at its root. Failures are system errors. */
export class CgroupTree {
  readonly hierarchy: Hierarchy;

  constructor(hierarchy: Hierarchy) {
    this.hierarchy = hierarchy;
  }

  /** Resolves to whether it is new. Rejects with ENOENT where its parent is missing. */
  async make(path: string): Promise<boolean> {
    try {
      await mkdir(this.#at(path), { mode: 0o755 });
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw error;
    }
    if (this.hierarchy.version === 1 && this.hierarchy.controllers.has('cpuset'))
      await this.#inheritCpus(path);
    return true;
  }

  /** Lets the children of a cgroup have controllers: version 2 asks for that at every level. */
  async handDown(path: string): Promise<void> {
    if (this.hierarchy.version === 1) return;
    const file = join(this.#at(path), 'cgroup.subtree_control');
    const given = new Set((await readFile(file, 'utf8').catch(() => '')).trim().split(/\s+/));
    for (const controller of HANDED_DOWN) {
      if (given.has(controller) || !this.hierarchy.controllers.has(controller)) continue;
      await writeFile(file, `+${controller}`, { flag: 'a' }).catch((error: unknown) => {
        if (NEEDED.includes(controller)) throw error;
      });
    }
  }

  /** Writes those settings whose controller is here, one after the other. */
  async apply(path: string, settings: readonly Setting[]): Promise<void> {
    for (const { controller, file, value } of settings) {
      if (!this.hierarchy.controllers.has(controller)) continue;
      await writeFile(join(this.#at(path), file), value);
    }
  }

  async read(path: string, file: string): Promise<string> {
    return readFile(join(this.#at(path), file), 'utf8');
  }

  /** Names of the cgroups directly below; undefined where there is no such cgroup. */
  async children(path: string): Promise<readonly string[] | undefined> {
    try {
      const entries = await readdir(this.#at(path), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** The processes in a cgroup and all below it, as this process numbers them. */
  async processes(path: string): Promise<readonly number[]> {
    const below = (await this.children(path)) ?? [];
    const own = await this.read(path, 'cgroup.procs').catch(() => '');
    const deeper = await Promise.all(below.map((name) => this.processes(`${path}/${name}`)));
    // One that cannot be seen from here is 0.
    const seen = own
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0);
    return [...seen, ...deeper.flat()];
  }

  /** Removes a cgroup and all below it, if it is there. Rejects with EBUSY where a process is in one of them. */
  async remove(path: string): Promise<void> {
    try {
      await rmdir(this.#at(path));
    } catch (error) {
      const below = await this.children(path);
      if (below === undefined) return;
      if (below.length === 0) throw error;
      for (const name of below) await this.remove(`${path}/${name}`);
      await this.remove(path);
    }
  }

  /** A new cpuset of version 1 has no CPUs and no memory, and no process can be in it until it has. */
  async #inheritCpus(path: string): Promise<void> {
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      await writeFile(join(this.#at(path), file), await this.read(dirname(path), file));
    }
  }

  #at(path: string): string {
    return join(this.hierarchy.directory, path);
  }
}
