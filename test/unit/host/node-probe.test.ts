import { mkdir, rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createNodeProbe, type NodeProbe, type NodeProbeOptions } from '../../../src/host/index.ts';
import { freshTree, unified } from './fixture-tree.ts';

const machine = freshTree();
const settings = { allowedUnsafeSysctls: ['net.*'], clusterDomain: 'cluster.local', seccompDir: '/s' };

function probe(changes: Partial<NodeProbeOptions> = {}): NodeProbe {
  return createNodeProbe({
    nodeName: 'node-1',
    rootDir: machine.path,
    settings,
    root: machine.path,
    interfaces: () => ({}),
    ...changes,
  });
}

test('a machine of which nothing is told counts as one CPU and nothing else', async () => {
  expect(await probe().facts()).toEqual({
    name: 'node-1',
    hostIPs: [],
    cpuMilli: 1000,
    memoryBytes: 0,
    storageBytes: expect.any(Number),
    kernel: [0, 0],
    cgroups: { version: 1, swap: false, shared: false },
    hugepageSizes: [],
    appArmor: false,
    seLinux: false,
    thermalThrottlePaths: [],
    resolvConf: { nameservers: [], searches: [], options: [] },
    etcHosts: '',
    settings,
  });
});

test('a machine with everything', async () => {
  await machine.inNamespace(4026531835);
  for (const size of ['1048576', '64', '2048'])
    await mkdir(join(machine.path, `/sys/kernel/mm/hugepages/hugepages-${size}kB`), { recursive: true });
  for (const cpu of ['cpu10', 'cpu2', 'cpufreq'])
    await mkdir(join(machine.path, '/sys/devices/system/cpu', cpu, 'thermal_throttle'), { recursive: true });
  await mkdir(join(machine.path, '/sys/devices/system/cpu/cpu3'));
  await machine.write({
    '/proc/self/mountinfo': unified,
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory',
    '/sys/fs/cgroup/a.slice/memory.swap.max': 'max',
    '/sys/devices/system/cpu/online': '0-2,10\n',
    '/proc/meminfo': 'MemFree:  1 kB\nMemTotal:       16000 kB\nSwapTotal: 2 kB\n',
    '/proc/sys/kernel/osrelease': '6.18.44-fc-v669\n',
    '/sys/module/apparmor/parameters/enabled': 'Y\n',
    '/sys/fs/selinux/enforce': '0',
    '/proc/net/route': 'eth0 00000000 0100000A 0003 0 0 0 00000000 0 0 0\n',
    '/etc/resolv.conf': 'nameserver 10.0.0.1\nsearch a.com\noptions ndots:2\n',
    '/etc/hosts': '127.0.0.1 localhost\n',
  });
  const address = {
    address: '10.0.0.5',
    family: 'IPv4',
    internal: false,
    netmask: '',
    mac: '',
    cidr: null,
  } as const;
  expect(await probe({ interfaces: () => ({ eth0: [address] }) }).facts()).toMatchObject({
    hostIPs: ['10.0.0.5'],
    cpuMilli: 4000,
    memoryBytes: 16_384_000,
    kernel: [6, 18],
    cgroups: { version: 2, swap: true, shared: true },
    hugepageSizes: ['64KB', '2MB', '1GB'],
    appArmor: true,
    seLinux: true,
    thermalThrottlePaths: [
      '/sys/devices/system/cpu/cpu2/thermal_throttle',
      '/sys/devices/system/cpu/cpu10/thermal_throttle',
    ],
    resolvConf: { nameservers: ['10.0.0.1'], searches: ['a.com'], options: ['ndots:2'] },
    etcHosts: '127.0.0.1 localhost\n',
  });
});

test('the file system of a root-dir that is not there yet is that of what it will lie in', async () => {
  const { storageBytes } = await probe().facts();
  expect(storageBytes).toBeGreaterThan(0);
  expect((await probe({ rootDir: join(machine.path, 'not/yet') }).facts()).storageBytes).toBe(storageBytes);
});

test('an AppArmor that is switched off is none', async () => {
  await machine.write({ '/sys/module/apparmor/parameters/enabled': 'N\n' });
  expect((await probe().facts()).appArmor).toBe(false);
});

test('what can change is looked at each time, what cannot once', async () => {
  const node = probe();
  await machine.write({
    '/etc/resolv.conf': 'nameserver 10.0.0.1',
    '/etc/hosts': 'old',
    '/proc/meminfo': 'MemTotal: 1 kB',
  });
  expect(await node.facts()).toMatchObject({
    resolvConf: { nameservers: ['10.0.0.1'] },
    etcHosts: 'old',
    memoryBytes: 1024,
  });
  await machine.write({ '/etc/resolv.conf': 'nameserver 10.0.0.22', '/proc/meminfo': 'MemTotal: 2 kB' });
  await rm(join(machine.path, '/etc/hosts'));
  expect(await node.facts()).toMatchObject({
    resolvConf: { nameservers: ['10.0.0.22'] },
    etcHosts: '',
    memoryBytes: 1024,
  });
});

test('another resolv.conf can be named', async () => {
  await machine.write({
    '/etc/resolv.conf': 'nameserver 10.0.0.1',
    '/run/resolv.conf': 'nameserver 10.0.0.2',
  });
  const facts = await probe({ resolvConfPath: join(machine.path, '/run/resolv.conf') }).facts();
  expect(facts.resolvConf.nameservers).toEqual(['10.0.0.2']);
});

test('a root directory that cannot be is an error, and asked again', async () => {
  await machine.write({ '/file': '' });
  const rootDir = join(machine.path, 'file/root');
  const node = probe({ rootDir });
  await expect(node.facts()).rejects.toMatchObject({ code: 'ENOTDIR' });
  await rm(join(machine.path, 'file'));
  expect((await node.facts()).storageBytes).toBeGreaterThan(0);
});

test('this very machine can be read', async () => {
  const facts = await createNodeProbe({ nodeName: 'node-1', rootDir: '/', settings }).facts();
  expect(facts.memoryBytes).toBeGreaterThan(2 ** 26);
  expect(facts.kernel[0]).toBeGreaterThan(3);
  const all = Object.values(networkInterfaces()).flatMap((infos) => infos ?? []);
  for (const ip of facts.hostIPs) expect(all.map(({ address }) => address)).toContain(ip);
});
