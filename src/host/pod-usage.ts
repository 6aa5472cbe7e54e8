import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PodUid, QosClass } from '../pod/index.ts';
import { qosCgroups } from './cgroup-settings.ts';
import { findHierarchies, type Hierarchy } from './hierarchies.ts';
import { directoryOf } from './pod-cgroups.ts';

export interface PodUsage {
  readonly cpuNanoSeconds: number;
  /** What cannot be taken back under pressure. */
  readonly memoryBytes: number;
}

interface CountedPod {
  readonly uid: PodUid;
  /** Absent where its manifest is lost. */
  readonly qosClass?: QosClass;
}

/**
 * What whole pods have used, by their own cgroups: with their sandboxes, and over the restarts of their containers. A pod that has no
 * cgroup is left out. The kernel answers at once, so many small files are read in one go.
 */
export async function readPodUsage(
  pods: Iterable<CountedPod>,
  root = '',
): Promise<ReadonlyMap<PodUid, PodUsage>> {
  const hierarchies = await findHierarchies(root);
  const usages = [...pods].flatMap((pod) => {
    const usage = usageOf(hierarchies, pod);
    return usage === undefined ? [] : [[pod.uid, usage] as const];
  });
  return new Map(usages);
}

function usageOf(hierarchies: readonly Hierarchy[], { uid, qosClass }: CountedPod): PodUsage | undefined {
  if (qosClass === undefined) return undefined;
  const number = (controller: string, file: string, key = ''): number => {
    const tree = hierarchies.find(({ version, controllers }) => version === 2 || controllers.has(controller));
    const directory = join(tree?.directory ?? '', qosCgroups[qosClass], directoryOf(uid));
    const [, value] =
      new RegExp(`^${key}(\\d+)$`, 'm').exec(readFileSync(join(directory, file), 'utf8')) ?? [];
    return Number(value);
  };
  try {
    const isUnified = hierarchies[0]?.version === 2;
    const cpuNanoSeconds = isUnified
      ? number('cpu', 'cpu.stat', 'usage_usec ') * 1_000
      : number('cpuacct', 'cpuacct.usage');
    const memoryBytes = isUnified
      ? number('memory', 'memory.current') - number('memory', 'memory.stat', 'inactive_file ')
      : number('memory', 'memory.usage_in_bytes') - number('memory', 'memory.stat', 'total_inactive_file ');
    const isKnown = !Number.isNaN(cpuNanoSeconds + memoryBytes);
    return isKnown ? { cpuNanoSeconds, memoryBytes: Math.max(0, memoryBytes) } : undefined;
  } catch {
    // It has just gone, or never had one.
    return undefined;
  }
}
