import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { identifyProcess, isAlive, signalProcess } from '../../../src/base/index.ts';
import {
  findContainerd,
  findShimTrees,
  type ListedProcess,
  listProcesses,
} from '../../../src/standalone/process-list.ts';

const onLinux = describe.skipIf(process.platform !== 'linux');

onLinux('identify', () => {
  it('knows this process by its start time', async () => {
    const self = await identifyProcess(process.pid);
    expect(self).toMatchObject({ pid: process.pid });
    expect(await isAlive({ pid: process.pid, startTicks: self?.startTicks ?? '' })).toBe(true);
    expect(await isAlive({ pid: process.pid, startTicks: '1' })).toBe(false);
  });

  it('signals the process it means and no later one of the same number', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const identity = await identifyProcess(child.pid ?? 0);
    await signalProcess({ pid: child.pid ?? 0, startTicks: '1' }, 'SIGKILL');
    expect(child.signalCode).toBeNull();
    if (identity !== undefined) await signalProcess(identity, 'SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    expect(await identifyProcess(child.pid ?? 0)).toBeUndefined();
  });

  it('lists processes with their arguments and parents', async () => {
    const child = spawn('sleep', ['61']);
    await once(child, 'spawn');
    const listed = (await listProcesses()).find(({ pid }) => pid === child.pid);
    child.kill();
    expect(listed).toEqual({ pid: child.pid, parentPid: process.pid, args: ['sleep', '61'] });
  });
});

const listed = (pid: number, parentPid: number, line: string): ListedProcess => ({
  pid,
  parentPid,
  args: line.split(' '),
});
const processes = [
  listed(1, 0, '/sbin/init'),
  listed(10, 1, '/usr/bin/containerd'),
  listed(11, 1, '/usr/bin/containerd --config /other/config.toml'),
  listed(12, 1, '/x/containerd --config /r/config.toml'),
  listed(13, 1, 'vi --config /r/config.toml'),
  listed(23, 21, '/bin/catatonit -- /bin/serve'),
  listed(24, 23, 'httpd -f'),
  listed(21, 1, '/x/containerd-shim-runc-v2 -namespace k8s.io -id a -address /r/c.sock'),
  listed(22, 21, '/pause -P'),
  listed(31, 1, '/x/containerd-shim-runc-v2 -namespace k8s.io -id b -address /other/c.sock'),
  listed(32, 31, '/pause -P'),
];

describe('finding what is ours', () => {
  it('takes the containerd that runs with our configuration', () => {
    expect(findContainerd(processes, '/r/config.toml')?.pid).toBe(12);
    expect(findContainerd(processes, '/none')).toBeUndefined();
  });

  it('takes the shims of our socket with all that runs below them', () => {
    const { shims, descendants } = findShimTrees(processes, '/r/c.sock');
    expect(shims.map(({ pid }) => pid)).toEqual([21]);
    expect(descendants.map(({ pid }) => pid).sort()).toEqual([22, 23, 24]);
  });
});
