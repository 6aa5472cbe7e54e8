import { expect, test } from 'vitest';
import { readPodUsage } from '../../../src/host/index.ts';
import { asPodUid } from '../../../src/pod/index.ts';
import { freshTree, hybrid, unified } from './fixture-tree.ts';

const machine = freshTree();
const uid = asPodUid('u1');
const pods = [{ uid, qosClass: 'Burstable' } as const];
const used = new Map([[uid, { cpuNanoSeconds: 7_000_000, memoryBytes: 3_000 }]]);
const second = '/sys/fs/cgroup/kubepods/burstable/podu1';
const first = (controller: string): string => `/sys/fs/cgroup/${controller}/kubepods/burstable/podu1`;

async function writeSecond(changed: Readonly<Record<string, string>> = {}): Promise<void> {
  await machine.write({
    '/proc/self/mountinfo': unified,
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
    [`${second}/cpu.stat`]: 'usage_usec 7000\nuser_usec 6000\n',
    [`${second}/memory.current`]: '4000\n',
    [`${second}/memory.stat`]: 'anon 9\ninactive_anon 5\ninactive_file 1000\n',
    ...changed,
  });
}

test('version 2', async () => {
  await writeSecond();
  expect(await readPodUsage(pods, machine.path)).toEqual(used);
});

test('version 1', async () => {
  await machine.write({
    '/proc/self/mountinfo': hybrid,
    [`${first('cpu,cpuacct')}/cpuacct.usage`]: '7000000\n',
    [`${first('memory')}/memory.usage_in_bytes`]: '4000\n',
    [`${first('memory')}/memory.stat`]: 'inactive_file 1\ntotal_inactive_file 1000\n',
  });
  expect(await readPodUsage(pods, machine.path)).toEqual(used);
});

test('a pod without a cgroup, of an unknown class or with a name that leads elsewhere is left out', async () => {
  await writeSecond({ '/sys/fs/cgroup/kubepods/besteffort/podu2/cpu.stat': 'usage_usec 1\n' });
  const others = [
    { uid: asPodUid('u2'), qosClass: 'BestEffort' } as const,
    { uid: asPodUid('u1/../podu1'), qosClass: 'Burstable' } as const,
    { uid: asPodUid('u3') },
  ];
  expect(await readPodUsage([...others, ...pods], machine.path)).toEqual(used);
});

test('more cache than memory is no memory, and what is not told is not made up', async () => {
  await writeSecond({ [`${second}/memory.current`]: '500\n' });
  expect([...(await readPodUsage(pods, machine.path)).values()]).toMatchObject([{ memoryBytes: 0 }]);
  await writeSecond({ [`${second}/cpu.stat`]: '' });
  expect(await readPodUsage(pods, machine.path)).toEqual(new Map());
});
