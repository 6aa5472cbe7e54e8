import { podsCgroup, qosCgroups, sharesIn, sharesSetting } from './cgroup-settings.ts';
import type { CgroupTree } from './cgroup-tree.ts';
import { onlineCpus } from './machine.ts';

const SHARES_PER_CPU = 1024;
const LEAST_SHARES = 2;

/**
 * The cgroups above the pods', one for each QoS class (kubelet: cm/qos_container_manager_linux.go): /kubepods with shares for all of
 * the machine's CPUs, besteffort with the least there are, burstable with the sum of its pods'.
 */
export class QosCgroups {
  readonly trees: readonly CgroupTree[];
  readonly #root: string;
  readonly #cpu: CgroupTree | undefined;
  /** Of burstable pods, by directory name, as last written or read. */
  readonly #shares = new Map<string, number>();
  #prepared: Promise<void> | undefined;
  /** The end of the latest summing up. One follows the other, so that the last one has seen everything. */
  #summed: Promise<void> = Promise.resolve();

  constructor(trees: readonly CgroupTree[], root: string) {
    this.trees = trees;
    this.#root = root;
    this.#cpu = trees.find(({ hierarchy }) => hierarchy.controllers.has('cpu'));
  }

  /** Makes them, once unless told to do it `anew`. */
  async prepare({ anew = false }: { anew?: boolean } = {}): Promise<void> {
    if (anew) this.#prepared = undefined;
    this.#prepared ??= this.#make();
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  /** Gives burstable pods together what they ask for one by one. `changed` is one whose shares were just written. */
  sumUp(changed?: { readonly name: string; readonly shares: number }): Promise<void> {
    const next = this.#summed.then(() => {
      if (changed !== undefined) this.#shares.set(changed.name, changed.shares);
      return this.#writeSum();
    });
    this.#summed = next.catch(() => undefined);
    return next;
  }

  async #make(): Promise<void> {
    if (this.trees.length === 0) throw new Error('no cgroups are mounted below /sys/fs/cgroup');
    const { Burstable, BestEffort } = qosCgroups;
    await Promise.all(
      this.trees.map(async (tree) => {
        await tree.handDown('/');
        for (const path of [podsCgroup, Burstable, BestEffort]) {
          await tree.make(path);
          await tree.handDown(path);
        }
      }),
    );
    await this.#write(podsCgroup, (await onlineCpus(this.#root)) * SHARES_PER_CPU);
    await this.#write(BestEffort, LEAST_SHARES);
  }

  async #writeSum(): Promise<void> {
    const cpu = this.#cpu;
    const names = await cpu?.children(qosCgroups.Burstable);
    if (cpu === undefined || names === undefined) return;
    for (const known of this.#shares.keys()) if (!names.includes(known)) this.#shares.delete(known);
    await Promise.all(names.map((name) => this.#learn(cpu, name)));
    const sum = [...this.#shares.values()].reduce((total, shares) => total + shares, 0);
    await this.#write(qosCgroups.Burstable, sum);
  }

  /** Pods of an earlier run of this daemon are read once. */
  async #learn(cpu: CgroupTree, name: string): Promise<void> {
    if (this.#shares.has(name)) return;
    const { version } = cpu.hierarchy;
    const { file } = sharesSetting(LEAST_SHARES, version);
    const value = await cpu.read(`${qosCgroups.Burstable}/${name}`, file).catch(() => undefined);
    if (value !== undefined) this.#shares.set(name, sharesIn(value, version));
  }

  async #write(path: string, shares: number): Promise<void> {
    if (this.#cpu !== undefined)
      await this.#cpu.apply(path, [sharesSetting(shares, this.#cpu.hierarchy.version)]);
  }
}
