import { access, readFile } from 'node:fs/promises';
import { cgroupFacts } from '../../../src/host/cgroup-facts.ts';

/** What a fixture may ask of the machine; each tells whether it is so. */
const hostConditions: Readonly<Record<string, () => Promise<boolean>>> = {
  'pod-cgroups': async () => (await cgroupFacts()).shared,
  'memory-cgroup': async () => /^memory\s+\d+\s+\d+\s+1$/m.test(await readFile('/proc/cgroups', 'utf8')),
  'no-selinux': async () => !(await exists('/sys/fs/selinux/enforce')),
  'no-pages-of-512Mi': async () => !(await exists('/sys/kernel/mm/hugepages/hugepages-524288kB')),
  'no-apparmor': async () =>
    !(await readFile('/sys/module/apparmor/parameters/enabled', 'utf8').catch(() => '')).startsWith('Y'),
};

/** Those of the conditions that do not hold here. */
export async function unmetConditions(conditions: readonly string[]): Promise<readonly string[]> {
  const checked = await Promise.all(
    conditions.map(async (condition) => {
      const check = hostConditions[condition];
      if (check === undefined) throw new Error(`no condition is called ${condition}`);
      return { condition, holds: await check() };
    }),
  );
  return checked.filter(({ holds }) => !holds).map(({ condition }) => condition);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
