import type { JsonObject } from '../base/index.ts';
import type { ContainerUsage } from '../cri/index.ts';
import type { MeasuredUsage } from '../metrics/index.ts';
import { timestamp } from '../status/index.ts';
import type { FileSystemSpace } from '../volumes/index.ts';
import type { MachineReading } from './node-usage.ts';
import type { ContainerStats, PodStats } from './pod-stats.ts';

export interface SummaryInput {
  readonly nodeName: string;
  readonly atMs: number;
  readonly machine: MachineReading;
  readonly machineRate: MeasuredUsage | undefined;
  readonly pods: readonly PodStats[];
  /** What is told only with everything: the file systems of the daemon and of the images, and how many processes there are. */
  readonly further?: {
    readonly rootFs?: FileSystemSpace;
    readonly imageFs?: FileSystemSpace;
    readonly processes?: { readonly max: number; readonly now: number };
  };
}

/** The kubelet's Summary (stats/v1alpha1). What is not known is left out. Pure. */
export function statsSummary({
  nodeName,
  atMs,
  machine,
  machineRate,
  pods,
  further,
}: SummaryInput): JsonObject {
  const { rootFs, imageFs, processes } = further ?? {};
  const at = timestamp(atMs);
  return {
    node: {
      nodeName,
      startTime: timestamp(machine.bootedAtMs),
      cpu: cpuOf(machine, machineRate?.cpuNanoCores),
      memory: {
        time: timestamp(machine.atMs),
        availableBytes: Math.max(0, machine.totalBytes - machine.memoryBytes),
        usageBytes: machine.usageBytes,
        workingSetBytes: machine.memoryBytes,
      },
      ...(rootFs && { fs: { time: at, ...fsStats(rootFs) } }),
      ...(imageFs && { runtime: { imageFs: { time: at, ...fsStats(imageFs) } } }),
      ...(processes && { rlimit: { time: at, maxpid: processes.max, curproc: processes.now } }),
    },
    pods: pods.map((pod) => podSummary(pod, further !== undefined)),
  };
}

function podSummary(pod: PodStats, isWhole: boolean): JsonObject {
  const { uid, namespace, name, startedAtMs, containers, used, rate } = pod;
  return {
    podRef: { name, namespace, uid },
    startTime: timestamp(startedAtMs),
    containers: containers.map((container) => containerSummary(container, isWhole)),
    cpu: cpuOf(used, rate?.cpuNanoCores),
    memory: { time: timestamp(used.atMs), workingSetBytes: used.memoryBytes },
  };
}

function containerSummary({ name, createdAtMs, used, rate }: ContainerStats, isWhole: boolean): JsonObject {
  const { swapBytes, writtenBytes, writtenInodes } = used.further;
  const time = timestamp(used.atMs);
  return {
    name,
    startTime: timestamp(createdAtMs),
    cpu: cpuOf(used, rate?.cpuNanoCores),
    memory: { time, ...memoryOf(used) },
    ...(swapBytes !== undefined && { swap: { time, swapUsageBytes: swapBytes } }),
    ...(isWhole &&
      writtenBytes !== undefined && {
        rootfs: {
          ...{ time, usedBytes: writtenBytes },
          ...(writtenInodes !== undefined && { inodesUsed: writtenInodes }),
        },
      }),
  };
}

function cpuOf(
  { atMs, cpuNanoSeconds }: Pick<ContainerUsage, 'atMs' | 'cpuNanoSeconds'>,
  nanoCores: number | undefined,
): JsonObject {
  return {
    time: timestamp(atMs),
    ...(nanoCores !== undefined && { usageNanoCores: nanoCores }),
    usageCoreNanoSeconds: cpuNanoSeconds,
  };
}

function memoryOf({ memoryBytes, further }: ContainerUsage): JsonObject {
  const { availableBytes, usageBytes, rssBytes, pageFaults, majorPageFaults } = further;
  return {
    // containerd says 0 where there is no limit.
    ...(availableBytes && { availableBytes }),
    ...(usageBytes !== undefined && { usageBytes }),
    workingSetBytes: memoryBytes,
    ...(rssBytes !== undefined && { rssBytes }),
    ...(pageFaults !== undefined && { pageFaults }),
    ...(majorPageFaults !== undefined && { majorPageFaults }),
  };
}

function fsStats({ inodes, inodesFree, ...bytes }: FileSystemSpace): JsonObject {
  return { ...bytes, inodesFree, inodes, inodesUsed: inodes - inodesFree };
}
