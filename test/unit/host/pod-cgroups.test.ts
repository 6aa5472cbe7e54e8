import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLogger, systemClock } from '../../../src/base/index.ts';
import { createPodCgroups, type PodCgroups } from '../../../src/host/index.ts';
import { asPodUid, type PodCgroup, type QosClass } from '../../../src/pod/index.ts';
import { freshTree, hybrid, unified } from './fixture-tree.ts';

const machine = freshTree();

function cgroups(): PodCgroups {
  return createPodCgroups({ clock: systemClock, logger: silentLogger, root: machine.path });
}

const parents = {
  Guaranteed: '/kubepods',
  Burstable: '/kubepods/burstable',
  BestEffort: '/kubepods/besteffort',
};

function cgroupOf(uid: string, changes: Partial<PodCgroup> & { qos?: QosClass } = {}): PodCgroup {
  const qos = changes.qos ?? 'Burstable';
  return { path: `${parents[qos]}/pod${uid}`, qos, cpuShares: 100, ...changes };
}

const setUp = (to: PodCgroups, uid: string, changes: Partial<PodCgroup> = {}): Promise<void> =>
  to.setUp(asPodUid(uid), cgroupOf(uid, changes));

/** Every file below a directory, with what was written into it. */
async function written(directory: string): Promise<Record<string, string>> {
  const at = join(machine.path, '/sys/fs/cgroup', directory);
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return Object.fromEntries(files.map((file, index) => [file.slice(at.length + 1), texts[index] ?? '']));
}

describe('on version 2', () => {
  const handed = '+cpu+memory+cpuset+io+pids+hugetlb';

  async function kernel(): Promise<void> {
    await machine.write({
      '/proc/self/mountinfo': unified,
      '/sys/devices/system/cpu/online': '0-3',
      '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc\n',
    });
  }

  test('a pod gets its limits, its class its shares, and every level above it the controllers', async () => {
    await kernel();
    const limits = { cpuShares: 1024, cpuQuotaUs: 150_000, cpuPeriodUs: 100_000, memoryLimitBytes: 2 ** 26 };
    await setUp(cgroups(), 'a', { ...limits, hugepageLimits: { '2MB': 4_194_304 } });
    expect(await written('.')).toEqual({
      'cgroup.controllers': expect.any(String),
      'cgroup.subtree_control': handed,
      'kubepods/cgroup.subtree_control': handed,
      'kubepods/cpu.weight': '157',
      'kubepods/besteffort/cgroup.subtree_control': handed,
      'kubepods/besteffort/cpu.weight': '1',
      'kubepods/burstable/cgroup.subtree_control': handed,
      'kubepods/burstable/cpu.weight': '39',
      'kubepods/burstable/poda/cpu.weight': '39',
      'kubepods/burstable/poda/cpu.max': '150000 100000',
      'kubepods/burstable/poda/memory.max': '67108864',
      'kubepods/burstable/poda/hugetlb.2MB.max': '4194304',
    });
  });

  test('what is handed down already is not asked for again', async () => {
    await kernel();
    await machine.write({ '/sys/fs/cgroup/cgroup.subtree_control': 'cpuset cpu io memory hugetlb\n' });
    await setUp(cgroups(), 'a');
    expect((await written('.'))['cgroup.subtree_control']).toBe('cpuset cpu io memory hugetlb\n+pids');
  });

  test('a limit that is gone at the next time is lifted', async () => {
    await kernel();
    const to = cgroups();
    await setUp(to, 'a', { cpuQuotaUs: 50_000, memoryLimitBytes: 2 ** 26 });
    await setUp(to, 'a');
    expect(await written('/kubepods/burstable/poda')).toEqual({
      'cpu.weight': '4',
      'cpu.max': 'max 100000',
      'memory.max': 'max',
    });
  });

  test('burstable pods together weigh as much as their sum, those of an earlier daemon with them', async () => {
    await kernel();
    await setUp(cgroups(), 'old', { cpuShares: 2048 });
    const to = cgroups();
    await Promise.all(['a', 'b', 'c'].map((uid) => setUp(to, uid, { cpuShares: 1024 })));
    await setUp(to, 'd', { qos: 'Guaranteed', cpuShares: 9000 });
    const weight = async () => Number((await written('/kubepods/burstable'))['cpu.weight']);
    // 5120 shares; what an earlier daemon wrote is known as near as a weight tells.
    expect(await weight()).toBe(196);
    await rm(join(machine.path, '/sys/fs/cgroup/kubepods/burstable/podold'), { recursive: true });
    await setUp(to, 'c', { cpuShares: 2 });
    expect(await weight()).toBe(79);
  });
});

describe('on version 1', () => {
  async function kernel(): Promise<void> {
    await machine.write({
      '/proc/self/mountinfo': hybrid,
      '/sys/devices/system/cpu/online': '0-1',
      '/sys/fs/cgroup/unified/cgroup.controllers': 'hugetlb\n',
      '/sys/fs/cgroup/cpuset/cpuset.cpus': '0-1\n',
      '/sys/fs/cgroup/cpuset/cpuset.mems': '0\n',
    });
    for (const name of ['systemd', 'cpu,cpuacct', 'memory', 'hugetlb'])
      await mkdir(join(machine.path, '/sys/fs/cgroup', name));
  }

  test('a pod is in every hierarchy, its limits in that of their controller', async () => {
    await kernel();
    const limits = { cpuQuotaUs: 50_000, memoryLimitBytes: 2 ** 26, hugepageLimits: { '2MB': 0 } };
    await setUp(cgroups(), 'a', { qos: 'Guaranteed', ...limits });
    for (const name of ['systemd', 'cpu,cpuacct', 'memory', 'hugetlb', 'cpuset', 'unified'])
      expect(await readdir(join(machine.path, '/sys/fs/cgroup', name, 'kubepods'))).toContain('poda');
    expect(await written('/cpu,cpuacct')).toEqual({
      'kubepods/cpu.shares': '2048',
      'kubepods/besteffort/cpu.shares': '2',
      'kubepods/poda/cpu.shares': '100',
      'kubepods/poda/cpu.cfs_period_us': '100000',
      'kubepods/poda/cpu.cfs_quota_us': '50000',
    });
    expect(await written('/memory')).toEqual({ 'kubepods/poda/memory.limit_in_bytes': '67108864' });
    expect(await written('/hugetlb')).toEqual({ 'kubepods/poda/hugetlb.2MB.limit_in_bytes': '0' });
    expect(await written('/cpuset/kubepods')).toEqual(
      Object.fromEntries(
        ['', 'burstable/', 'besteffort/', 'poda/'].flatMap((at) => [
          [`${at}cpuset.cpus`, '0-1\n'],
          [`${at}cpuset.mems`, '0\n'],
        ]),
      ),
    );
    expect(await written('/systemd')).toEqual({});
    expect(await written('/unified/kubepods')).toEqual({});
  });

  test('what somebody deleted in between is made again', async () => {
    await kernel();
    const to = cgroups();
    await setUp(to, 'a');
    await rm(join(machine.path, '/sys/fs/cgroup/memory/kubepods'), { recursive: true });
    await setUp(to, 'b', { memoryLimitBytes: 4096 });
    expect(await written('/memory')).toEqual({ 'kubepods/burstable/podb/memory.limit_in_bytes': '4096' });
  });
});

describe('refused, with code CGROUP', () => {
  const refused = (message: string): object => ({
    code: 'CGROUP',
    message: expect.stringContaining(message),
  });

  test.each<[string, Partial<PodCgroup>]>([
    ['another class than the path says', { qos: 'Guaranteed', path: '/kubepods/burstable/poda' }],
    ["another pod's", { path: '/kubepods/burstable/podb' }],
    ['a way out', { path: '/kubepods/burstable/../../poda' }],
  ])('%s', async (_, changes) => {
    await expect(setUp(cgroups(), 'a', changes)).rejects.toMatchObject(refused('the place of a'));
  });

  test.each(['', '../x', 'a/b', 'a\0b', 'x'.repeat(129)])('the uid %j', async (uid) => {
    await expect(setUp(cgroups(), uid)).rejects.toMatchObject(refused("cannot be part of a cgroup's name"));
    await expect(cgroups().remove(asPodUid(uid))).rejects.toMatchObject(
      refused("cannot be part of a cgroup's name"),
    );
  });

  test('a machine without cgroups', async () => {
    await expect(setUp(cgroups(), 'a')).rejects.toMatchObject(
      refused('cannot set up the cgroup /kubepods/burstable/poda: no cgroups are mounted'),
    );
  });
});
