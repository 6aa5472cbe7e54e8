import { access, readdir, readFile, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../base/index.ts';
import type { NodeFacts } from '../pod/index.ts';
import { cgroupFacts } from './cgroup-facts.ts';

/** What does not change while the machine is up, or not in a way that matters to pods. */
export type Machine = Pick<
  NodeFacts,
  | 'cpuMilli'
  | 'memoryBytes'
  | 'storageBytes'
  | 'kernel'
  | 'cgroups'
  | 'hugepageSizes'
  | 'appArmor'
  | 'seLinux'
  | 'thermalThrottlePaths'
>;

const CPUS = '/sys/devices/system/cpu';

/** Reads the machine. `root` stands before every path but `rootDir`, whose file system's size is told. What is not there is none. */
export async function readMachine({
  rootDir,
  root = '',
}: {
  rootDir: string;
  root?: string;
}): Promise<Machine> {
  const text = (path: string): Promise<string> => readFile(join(root, path), 'utf8').catch(() => '');
  const names = (path: string): Promise<string[]> => readdir(join(root, path)).catch(() => []);
  const [online, meminfo, release, cgroups, hugepages, appArmor, seLinux, cpus, storage] = await Promise.all([
    onlineCpus(root),
    text('/proc/meminfo'),
    text('/proc/sys/kernel/osrelease'),
    cgroupFacts(root),
    names('/sys/kernel/mm/hugepages'),
    text('/sys/module/apparmor/parameters/enabled'),
    text('/sys/fs/selinux/enforce'),
    names(CPUS),
    fileSystemBytes(rootDir),
  ]);
  return {
    cpuMilli: online * 1000,
    memoryBytes: Number(/^MemTotal:\s+(\d+) kB/m.exec(meminfo)?.[1] ?? 0) * 1024,
    storageBytes: storage,
    kernel: kernelVersion(release),
    cgroups,
    hugepageSizes: pageSizes(hugepages),
    appArmor: appArmor.trim() === 'Y',
    seLinux: seLinux !== '',
    thermalThrottlePaths: await thermalThrottlePaths(root, cpus),
  };
}

/** The size of the file system a directory lies on, or will once it is made: a dry run comes before that. */
async function fileSystemBytes(directory: string): Promise<number> {
  try {
    const { blocks, bsize } = await statfs(directory);
    return blocks * bsize;
  } catch (error) {
    const above = dirname(directory);
    if (errnoOf(error) !== 'ENOENT' || above === directory) throw error;
    return fileSystemBytes(above);
  }
}

/** How many CPUs the kernel schedules on. */
export async function onlineCpus(root = ''): Promise<number> {
  return onlineCpuNumbers(await readFile(join(root, CPUS, 'online'), 'utf8').catch(() => '')).length;
}

/** Of a list of numbers and ranges, such as `0-3,8`; one where there is nothing to count. */
export function onlineCpuNumbers(list: string): readonly number[] {
  const ranges = list
    .trim()
    .split(',')
    .filter((range) => range !== '');
  const numbers = ranges.flatMap((range) => {
    const [first = '', last = first] = range.split('-');
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  });
  return numbers.length === 0 ? [0] : numbers;
}

function kernelVersion(release: string): readonly [number, number] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0)];
}

/** From directory names such as `hugepages-2048kB` to `2MB`, as the kernel's cgroup files and runc have them. */
function pageSizes(names: readonly string[]): readonly string[] {
  const sizes = names.flatMap((name) => /^hugepages-(\d+)kB$/.exec(name)?.[1] ?? []).map(Number);
  return sizes.sort((a, b) => a - b).map(pageSize);
}

function pageSize(kibibytes: number): string {
  if (kibibytes >= 2 ** 20) return `${kibibytes / 2 ** 20}GB`;
  return kibibytes >= 2 ** 10 ? `${kibibytes / 2 ** 10}MB` : `${kibibytes}KB`;
}

async function thermalThrottlePaths(root: string, names: readonly string[]): Promise<readonly string[]> {
  const numbers = names.flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const paths = numbers.sort((a, b) => a - b).map((number) => `${CPUS}/cpu${number}/thermal_throttle`);
  const there = await Promise.all(
    paths.map((path) =>
      access(join(root, path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => there[index]);
}
