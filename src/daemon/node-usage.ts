import type { PodUsage, UsageSource } from '../api/index.ts';
import type { Clock } from '../base/index.ts';
import type { ContainerUsage, Cri } from '../cri/index.ts';
import type { MachineUsage, PodUsage as UsageOfPod } from '../host/index.ts';
import type { LoggedContainer } from '../logs/index.ts';
import { UsageMeter, type UsageReading } from '../metrics/index.ts';
import { label } from '../pod/index.ts';

export type MachineReading = MachineUsage & UsageReading;

/** What containers (by their ids), whole pods (by their uids) and the machine (under `node`) count. All who ask share them: one call of the runtime in ten seconds. */
export interface NodeMeters {
  readonly containers: UsageMeter<ContainerUsage>;
  readonly pods: UsageMeter;
  readonly machine: UsageMeter<MachineReading>;
}

export interface NodeMetersPorts {
  readonly clock: Clock;
  readonly cri: Pick<Cri, 'containerUsage'>;
  /** Of pods that have cgroups of their own. */
  readonly pods: () => Promise<ReadonlyMap<string, UsageOfPod>>;
  readonly machine: () => Promise<MachineUsage>;
}

export interface NodeUsagePorts {
  readonly meters: NodeMeters;
  /** Ours, as they were last seen. */
  readonly containers: () => readonly LoggedContainer[];
  /** Of a pod, as its author gave them. */
  readonly labelsOf: (pod: { readonly namespace: string; readonly name: string }) => PodUsage['labels'];
}

/** The one thing that the machine's meter measures. */
export const NODE = 'node';

/** One call for all containers, the kernel's own counters for pods and the machine. */
export function nodeMeters({ clock, cri, pods, machine }: NodeMetersPorts): NodeMeters {
  return {
    containers: new UsageMeter({
      clock,
      async read() {
        const usages = await cri.containerUsage({ labels: { [label.tinylet]: 'true' } });
        return new Map(usages.map((usage) => [usage.id, usage]));
      },
    }),
    pods: new UsageMeter({
      clock,
      async read() {
        const [usages, atMs] = [await pods(), clock.nowMs()];
        return new Map([...usages].map(([uid, usage]) => [uid, { ...usage, atMs }]));
      },
    }),
    machine: new UsageMeter({
      clock,
      read: async () => new Map([[NODE, { ...(await machine()), atMs: clock.nowMs() }]]),
    }),
  };
}

/** What `kubectl top` shows. */
export function nodeUsage({ meters, containers, labelsOf }: NodeUsagePorts): UsageSource {
  return {
    async pods() {
      const usages = await meters.containers.measure();
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
      return (await meters.machine.measure()).get(NODE);
    },
  };
}
