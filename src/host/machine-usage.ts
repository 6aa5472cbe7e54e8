import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the whole machine has used until now. */
export interface MachineUsage {
  /** Of all CPUs since the machine is up. */
  readonly cpuNanoSeconds: number;
  /** What cannot be taken back under pressure (cadvisor: the working set of the root cgroup). */
  readonly memoryBytes: number;
}

/** The unit of /proc/stat: a hundredth of a second on every machine that Node runs on (proc(5): USER_HZ). */
const TICK_NANO_SECONDS = 10_000_000;

/** Reads /proc/stat and /proc/meminfo below `root`. Rejects where they are not to be had. */
export async function readMachineUsage(root = ''): Promise<MachineUsage> {
  const [stat, meminfo] = await Promise.all([
    readFile(join(root, '/proc/stat'), 'utf8'),
    readFile(join(root, '/proc/meminfo'), 'utf8'),
  ]);
  return { cpuNanoSeconds: busyTicks(stat) * TICK_NANO_SECONDS, memoryBytes: workingSetBytes(meminfo) };
}

/** The first line: user, nice, system, idle, iowait, irq, softirq, steal, and the guests' share, which the first two have already. */
function busyTicks(stat: string): number {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(' ').map(Number);
  return user + nice + system + irq + softirq;
}

function workingSetBytes(meminfo: string): number {
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  return Math.max(0, bytesOf('MemTotal') - bytesOf('MemFree') - bytesOf('Inactive\\(file\\)'));
}
