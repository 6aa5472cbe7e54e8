import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the whole machine has used until now. */
export interface MachineUsage {
  /** Of all CPUs since the machine is up. */
  readonly cpuNanoSeconds: number;
  /** What cannot be taken back under pressure (cadvisor: the working set of the root cgroup). */
  readonly memoryBytes: number;
  /** All that is in use, with what can be taken back. */
  readonly usageBytes: number;
  readonly totalBytes: number;
  /** Since when it is up; wall clock. */
  readonly bootedAtMs: number;
}

/** The unit of /proc/stat: a hundredth of a second on every machine that Node runs on (proc(5): USER_HZ). */
const TICK_NANO_SECONDS = 10_000_000;

/** Reads /proc/stat and /proc/meminfo below `root`. Rejects where they are not to be had. */
export async function readMachineUsage(root = ''): Promise<MachineUsage> {
  const [stat, meminfo] = await Promise.all([
    readFile(join(root, '/proc/stat'), 'utf8'),
    readFile(join(root, '/proc/meminfo'), 'utf8'),
  ]);
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  const totalBytes = bytesOf('MemTotal');
  const usageBytes = totalBytes - bytesOf('MemFree');
  return {
    ...{ totalBytes, usageBytes },
    cpuNanoSeconds: busyTicks(stat) * TICK_NANO_SECONDS,
    memoryBytes: Math.max(0, usageBytes - bytesOf('Inactive\\(file\\)')),
    bootedAtMs: Number(/^btime (\d+)$/m.exec(stat)?.[1] ?? 0) * 1000,
  };
}

/** The first line: user, nice, system, idle, iowait, irq, softirq, steal, and the guests' share, which the first two have already. */
function busyTicks(stat: string): number {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(' ').map(Number);
  return user + nice + system + irq + softirq;
}
