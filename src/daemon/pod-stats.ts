import type { ContainerUsage } from '../cri/index.ts';
import type { MeasuredUsage } from '../metrics/index.ts';
import { label, type PodUid } from '../pod/index.ts';
import type { Snapshot } from '../reconcile/index.ts';

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
}

/** What was read, by pods and containers of the last snapshot. What was not read is left out, and so is a pod without any. */
export function podStats(
  { pods }: Pick<Snapshot, 'pods'>,
  used: ReadonlyMap<string, ContainerUsage>,
  rates: ReadonlyMap<string, MeasuredUsage> = new Map(),
): readonly PodStats[] {
  return [...pods].flatMap(([uid, { sandboxes, containers }]) => {
    const stats = new Map<string, ContainerStats>();
    // The newest first: of a name there is one that runs.
    for (const { id, name, createdAtMs } of containers) {
      const [ofIt, rate] = [used.get(id), rates.get(id)];
      if (ofIt === undefined || stats.has(name)) continue;
      stats.set(name, { name, createdAtMs, used: ofIt, ...(rate && { rate }) });
    }
    const labels = containers[0]?.labels ?? {};
    const [namespace = '', name = ''] = [labels[label.podNamespace], labels[label.podName]];
    const startedAtMs = sandboxes[0]?.createdAtMs ?? containers.at(-1)?.createdAtMs ?? 0;
    return stats.size === 0 ? [] : [{ uid, namespace, name, startedAtMs, containers: [...stats.values()] }];
  });
}

/** Of all containers of a pod; what the pod's own process takes, a few hundred kilobytes, is not among it. */
export function sumOf({ containers }: PodStats, read: (used: ContainerUsage) => number): number {
  return containers.reduce((sum, { used }) => sum + read(used), 0);
}
