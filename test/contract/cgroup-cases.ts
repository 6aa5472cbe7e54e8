import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLogger, systemClock } from '../../src/base/index.ts';
import { findHierarchies } from '../../src/host/hierarchies.ts';
import { createPodCgroups } from '../../src/host/index.ts';
import { asPodUid } from '../../src/pod/index.ts';
import { script } from './contract-pod.ts';
import type { Bench } from './cri-contract.ts';

/** For a runtime that makes cgroups in the same tree as this process: what the model has none of. */
export function cgroupCases({ pod }: Bench): void {
  test("a pod's processes run in the cgroup that was made for it, which can be removed once they are gone", async () => {
    const { cri } = pod();
    const uid = asPodUid(pod().uid);
    const path = `/kubepods/burstable/pod${uid}`;
    const cgroups = createPodCgroups({ clock: systemClock, logger: silentLogger });
    const limits = { cpuQuotaUs: 50_000, cpuPeriodUs: 100_000, memoryLimitBytes: 2 ** 26 };
    await cgroups.setUp(uid, { path, qos: 'Burstable', cpuShares: 512, ...limits });
    const security_context = {
      namespace_options: { network: 'NODE', pid: 'CONTAINER', ipc: 'POD' },
    } as const;
    const sandboxConfig = pod().sandboxConfig({ linux: { cgroup_parent: path, security_context } });
    const sandboxId = await cri.runSandbox(sandboxConfig);
    const resources = {
      cpu_shares: 512,
      cpu_quota: 50_000,
      cpu_period: 100_000,
      memory_limit_in_bytes: 2 ** 26,
    };
    const config = pod().containerConfig(script.stubborn, { linux: { resources, security_context } });
    const id = await cri.createContainer({ sandboxId, config, sandboxConfig });
    await cri.startContainer(id);

    const trees = (await findHierarchies()).map(({ directory }) => join(directory, path));
    for (const tree of trees) {
      expect(await readdir(tree)).toEqual(expect.arrayContaining([sandboxId, id]));
      expect(await readFile(join(tree, id, 'cgroup.procs'), 'utf8')).toMatch(/^\d+\n/);
    }
    await cri.removeSandbox(sandboxId);
    await cgroups.remove(uid);
    expect(await everywhere(path)).toEqual([]);
  });
}

/** Where there is such a cgroup, known to us or not. */
async function everywhere(path: string): Promise<readonly string[]> {
  const root = '/sys/fs/cgroup';
  const places = ['.', ...(await readdir(root))].map((name) => join(root, name, path));
  const found = await Promise.all(
    places.map((place) =>
      access(place).then(
        () => [place],
        () => [],
      ),
    ),
  );
  return found.flat();
}
