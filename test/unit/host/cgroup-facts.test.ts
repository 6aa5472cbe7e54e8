import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cgroupFacts } from '../../../src/host/cgroup-facts.ts';
import { findHierarchies } from '../../../src/host/hierarchies.ts';
import { freshTree, hybrid, mounted, unified } from './fixture-tree.ts';

const FIRST_NAMESPACE = 4026531835;
const machine = freshTree();

async function directories(...names: string[]): Promise<void> {
  for (const name of names) await mkdir(join(machine.path, '/sys/fs/cgroup', name), { recursive: true });
}

const hybridDirectories = ['unified', 'systemd', 'cpu,cpuacct', 'memory', 'cpuset', 'hugetlb'];

test('version 2 has one hierarchy with its controllers', async () => {
  await machine.write({
    '/proc/self/mountinfo': unified,
    '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
  });
  expect(await findHierarchies(machine.path)).toEqual([
    {
      version: 2,
      directory: join(machine.path, '/sys/fs/cgroup'),
      controllers: new Set(['cpuset', 'cpu', 'io', 'memory', 'pids']),
      whole: true,
    },
  ]);
});

test('a hybrid machine has those of version 1, each once, and that of version 2 without controllers', async () => {
  await machine.write({ '/proc/self/mountinfo': hybrid });
  const found = await findHierarchies(machine.path);
  expect(found.map(({ version, directory }) => [version, directory.slice(machine.path.length)])).toEqual([
    ...['systemd', 'cpu,cpuacct', 'memory', 'cpuset', 'hugetlb'].map((name) => [1, `/sys/fs/cgroup/${name}`]),
    [2, '/sys/fs/cgroup/unified'],
  ]);
  expect(found[1]?.controllers).toContain('cpuacct');
  expect(found[5]?.controllers).toEqual(new Set());
});

test('a machine without cgroups has none of it', async () => {
  expect(await findHierarchies(machine.path)).toEqual([]);
  expect(await cgroupFacts(machine.path)).toEqual({ version: 1, swap: false, shared: false });
});

test.each([
  ['2', unified, '/sys/fs/cgroup/system.slice/memory.swap.max', true],
  ['2', unified, '/sys/fs/cgroup/system.slice/memory.max', false],
  ['1', hybrid, '/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes', true],
  ['1', hybrid, '/sys/fs/cgroup/memory/memory.limit_in_bytes', false],
])('swap is counted on version %s as the kernel shows it (%#)', async (version, mountinfo, file, swap) => {
  await directories(...(version === '1' ? hybridDirectories : []));
  await machine.write({
    '/proc/self/mountinfo': mountinfo,
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
    [file]: '',
  });
  expect(await cgroupFacts(machine.path)).toMatchObject({ version: Number(version), swap });
});

test.each<[string, number, string, boolean]>([
  ['version 2', FIRST_NAMESPACE, unified, true],
  ['version 1', FIRST_NAMESPACE, hybrid, true],
  ['a namespace of its own', 4026532000, unified, false],
  [
    'a part of the tree',
    FIRST_NAMESPACE,
    mounted({ point: '/sys/fs/cgroup', type: 'cgroup2', options: 'rw', within: '/docker/abc' }),
    false,
  ],
  [
    'a part of one of the trees',
    FIRST_NAMESPACE,
    hybrid +
      mounted({ point: '/sys/fs/cgroup/pids', type: 'cgroup', options: 'rw,pids', within: '/docker/abc' }),
    false,
  ],
])('the tree is shared: %s', async (_, namespace, mountinfo, shared) => {
  await directories(...hybridDirectories, 'pids');
  await machine.inNamespace(namespace);
  await machine.write({ '/proc/self/mountinfo': mountinfo });
  expect((await cgroupFacts(machine.path)).shared).toBe(shared);
});

// Only root can mount, and for others the modes of the files say it already.
test.skipIf(process.getuid?.() !== 0)('what is mounted read-only is not shared', async () => {
  await machine.inNamespace(FIRST_NAMESPACE);
  await directories('.');
  await machine.write({ '/proc/self/mountinfo': unified });
  const point = join(machine.path, '/sys/fs/cgroup');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', point]);
  try {
    expect((await cgroupFacts(machine.path)).shared).toBe(false);
  } finally {
    execFileSync('umount', [point]);
  }
  expect((await cgroupFacts(machine.path)).shared).toBe(true);
});
