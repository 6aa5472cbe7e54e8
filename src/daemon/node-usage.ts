import type { PodUsage, UsageSource } from '../api/index.ts';
import type { Clock } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { MachineUsage } from '../host/index.ts';
import type { LoggedContainer } from '../logs/index.ts';
import { UsageMeter } from '../metrics/index.ts';
import { label } from '../pod/index.ts';

export interface NodeUsagePorts {
  readonly clock: Clock;
  readonly cri: Pick<Cri, 'containerUsage'>;
  readonly machine: () => Promise<MachineUsage>;
  /** Ours, as they were last seen. */
  readonly containers: () => readonly LoggedContainer[];
  /** Of a pod, as its author gave them. */
  readonly labelsOf: (pod: { readonly namespace: string; readonly name: string }) => PodUsage['labels'];
}

const NODE = 'node';

/** What `kubectl top` shows: one call for all containers, the kernel's own counters for the machine. */
export function nodeUsage({ clock, cri, machine, containers, labelsOf }: NodeUsagePorts): UsageSource {
  const ofContainers = new UsageMeter({
    clock,
    async read() {
      const usages = await cri.containerUsage({ labels: { [label.tinylet]: 'true' } });
      return new Map(usages.map((usage) => [usage.id, usage]));
    },
  });
  const ofNode = new UsageMeter({
    clock,
    read: async () => new Map([[NODE, { ...(await machine()), atMs: clock.nowMs() }]]),
  });
  return {
    async pods() {
      const usages = await ofContainers.measure();
      const pods = new Map<string, PodUsage & { containers: PodUsage['containers'][number][] }>();
      for (const { id, uid, namespace, pod: name, container } of containers()) {
        const usage = usages.get(id);
        if (usage === undefined) continue;
        const pod = pods.get(uid) ?? {
          ...{ podUid: uid, namespace, name, labels: labelsOf({ namespace, name }) },
          containers: [],
        };
        pod.containers.push({ ...usage, name: container });
        pods.set(uid, pod);
      }
      return [...pods.values()];
    },
    async node() {
      return (await ofNode.measure()).get(NODE);
    },
  };
}
