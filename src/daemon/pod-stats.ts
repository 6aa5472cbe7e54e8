import type { ContainerUsage } from '../cri/index.ts';
import type { MeasuredUsage, UsageReading } from '../metrics/index.ts';
import { label, type PodUid } from '../pod/index.ts';
import type { Snapshot, SnapshotPart } from '../reconcile/index.ts';

/** What one running container has used, and uses where that was measured. */
export interface ContainerStats {
  readonly name: string;
  readonly createdAtMs: number;
  readonly used: ContainerUsage;
  readonly rate?: MeasuredUsage;
}

export interface PodStats {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  /** Since when it has its sandbox. */
  readonly startedAtMs: number;
  readonly containers: readonly ContainerStats[];
  /** By its own cgroup. Where it has none: of all its containers that run, which is less, and begins anew with each of them. */
  readonly used: UsageReading;
  readonly rate?: Pick<MeasuredUsage, 'cpuNanoCores'>;
}

/** What was read of one kind of things, and measured of them. */
export interface Usages<Reading extends UsageReading> {
  readonly used: ReadonlyMap<string, Reading>;
  readonly rates?: ReadonlyMap<string, MeasuredUsage>;
}

/** What was read, by pods and containers of the last snapshot. What was not read is left out, and so is a pod without any. */
export function podStats(
  { pods: seen }: Pick<Snapshot, 'pods'>,
  { containers, pods }: { readonly containers: Usages<ContainerUsage>; readonly pods: Usages<UsageReading> },
): readonly PodStats[] {
  return [...seen].flatMap(([uid, part]) => {
    const stats = containerStats(part, containers);
    if (stats.length === 0) return [];
    const labels = part.containers[0]?.labels ?? {};
    const own = pods.used.get(uid);
    const rate = own === undefined ? sumOfRates(stats) : pods.rates?.get(uid);
    return {
      ...{ uid, namespace: labels[label.podNamespace] ?? '', name: labels[label.podName] ?? '' },
      startedAtMs: part.sandboxes[0]?.createdAtMs ?? part.containers.at(-1)?.createdAtMs ?? 0,
      ...{ containers: stats, used: own ?? sumOf(stats) },
      ...(rate && { rate }),
    };
  });
}

function containerStats(
  { containers }: SnapshotPart,
  { used, rates }: Usages<ContainerUsage>,
): readonly ContainerStats[] {
  const stats = new Map<string, ContainerStats>();
  // The newest first: of a name there is one that runs.
  for (const { id, name, createdAtMs } of containers) {
    const [ofIt, rate] = [used.get(id), rates?.get(id)];
    if (ofIt !== undefined && !stats.has(name))
      stats.set(name, { name, createdAtMs, used: ofIt, ...(rate && { rate }) });
  }
  return [...stats.values()];
}

function sumOf(containers: readonly ContainerStats[]): UsageReading {
  return containers.reduce(
    (sum, { used }) => ({
      atMs: Math.max(sum.atMs, used.atMs),
      cpuNanoSeconds: sum.cpuNanoSeconds + used.cpuNanoSeconds,
      memoryBytes: sum.memoryBytes + used.memoryBytes,
    }),
    { atMs: 0, cpuNanoSeconds: 0, memoryBytes: 0 },
  );
}

function sumOfRates(containers: readonly ContainerStats[]): PodStats['rate'] {
  const rates = containers.flatMap(({ rate }) => rate?.cpuNanoCores ?? []);
  if (rates.length < containers.length) return undefined;
  return { cpuNanoCores: rates.reduce((sum, rate) => sum + rate, 0) };
}
