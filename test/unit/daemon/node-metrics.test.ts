import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import type { ContainerUsage } from '../../../src/cri/index.ts';
import { nodeMetrics } from '../../../src/daemon/node-metrics.ts';
import { nodeMeters } from '../../../src/daemon/node-usage.ts';
import { podStats } from '../../../src/daemon/pod-stats.ts';
import { NodeMetrics } from '../../../src/metrics/index.ts';
import type { Snapshot } from '../../../src/reconcile/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { sample } from '../../support/samples.ts';
import { node } from '../cli/reports.ts';
import { makeInstance, makeSandbox, uid } from '../plan/base.ts';

const MB = 2 ** 20;
const app = makeInstance('app', { attempt: 1 });
const log = makeInstance('log');
const dead = makeInstance('app', { attempt: 0, state: 'exited' });
const snapshot: Snapshot = {
  ...{ number: 1, own: [makeSandbox()], foreign: [] },
  pods: new Map([[uid, { sandboxes: [makeSandbox()], containers: [app, dead, log] }]]),
};

function usage(id: ContainerUsage['id'], changed: Partial<ContainerUsage> = {}): ContainerUsage {
  const labels = app.labels;
  return {
    id,
    name: 'any',
    labels,
    atMs: 0,
    cpuNanoSeconds: 2e9,
    memoryBytes: 4 * MB,
    further: {},
    ...changed,
  };
}

function rig() {
  const clock = new VirtualClock();
  const world = {
    reads: 0,
    failure: undefined as Error | undefined,
    pods: new Map<string, { cpuNanoSeconds: number; memoryBytes: number }>(),
  };
  const cri = {
    async containerUsage() {
      world.reads += 1;
      if (world.failure !== undefined) throw world.failure;
      const cpuNanoSeconds = 1e9 + clock.monotonicMs() * 1e6 * 0.25;
      const further = { usageBytes: 6 * MB, availableBytes: 0, writtenBytes: 8192, swapBytes: 5 };
      return [
        usage(app.id, { atMs: clock.nowMs(), cpuNanoSeconds, further }),
        usage(log.id, { atMs: clock.nowMs() }),
      ];
    },
    imageFsInfo: () => Promise.reject(new Error('not told')),
  };
  const machine = async () => ({
    ...{ cpuNanoSeconds: clock.monotonicMs() * 1e6, memoryBytes: 700 * MB },
    ...{ usageBytes: 800 * MB, totalBytes: 1_000 * MB, bootedAtMs: Date.UTC(2026, 0, 1) },
  });
  const source = nodeMetrics(
    { nodeName: 'box', rootDir: '/' },
    {
      ...{ clock, cri, logger: silentLogger, metrics: new NodeMetrics(clock) },
      reconciler: { report: () => node(), snapshot },
      meters: nodeMeters({ clock, cri, machine, pods: async () => world.pods }),
    },
  );
  return { clock, source, world };
}

describe('/metrics/resource', () => {
  const of = (container: string) => `{container="${container}",pod="web",namespace="default"}`;

  test('containers, their pods and the node', async () => {
    const { clock, source } = rig();
    await clock.advance(4_000);
    const { text } = await source.expose('resource');
    expect(sample(text, `container_cpu_usage_seconds_total${of('app')}`)).toBe(2);
    expect(sample(text, `container_memory_working_set_bytes${of('log')}`)).toBe(4 * MB);
    expect(sample(text, `container_swap_usage_bytes${of('app')}`)).toBe(5);
    expect(sample(text, `container_swap_usage_bytes${of('log')}`)).toBeUndefined();
    expect(sample(text, `container_start_time_seconds${of('app')}`)).toBe(app.createdAtMs / 1000);
    expect(sample(text, 'pod_cpu_usage_seconds_total{pod="web",namespace="default"}')).toBe(4);
    expect(sample(text, 'pod_memory_working_set_bytes{pod="web",namespace="default"}')).toBe(8 * MB);
    expect(sample(text, 'node_cpu_usage_seconds_total')).toBe(4);
    expect(sample(text, 'node_memory_working_set_bytes')).toBe(700 * MB);
    expect(sample(text, 'resource_scrape_error')).toBe(0);
  });

  test('a runtime that does not answer is told, and the node is told all the same', async () => {
    const { source, world } = rig();
    world.failure = new Error('away');
    const { text } = await source.expose('resource');
    expect(sample(text, 'resource_scrape_error')).toBe(1);
    expect(sample(text, 'node_memory_working_set_bytes')).toBe(700 * MB);
    expect(text).not.toContain('{container=');
  });

  test('who asks again at once is told of the same reading', async () => {
    const { clock, source, world } = rig();
    for (let asked = 0; asked < 5; asked += 1) await source.expose('resource');
    expect(world.reads).toBe(1);
    await clock.advance(10_000);
    await source.expose('resource');
    expect(world.reads).toBe(2);
  });
});

describe('/stats/summary', () => {
  test('of all that is known', async () => {
    const { clock, source, world } = rig();
    // Measured before, so that nothing waits in virtual time for what really has to be read.
    await clock.complete(source.summary({ cpuAndMemory: true }));
    const summary = await source.summary({ cpuAndMemory: false });
    const time = '2026-01-01T12:00:01Z';
    expect(summary).toMatchObject({
      node: {
        ...{ nodeName: 'box', startTime: '2026-01-01T00:00:00Z' },
        cpu: { time, usageNanoCores: 1e9, usageCoreNanoSeconds: 1e9 },
        memory: { time, availableBytes: 300 * MB, usageBytes: 800 * MB, workingSetBytes: 700 * MB },
        fs: { capacityBytes: expect.any(Number), inodes: expect.any(Number) },
      },
      pods: [
        {
          podRef: { name: 'web', namespace: 'default', uid },
          cpu: { time, usageNanoCores: 0.25e9, usageCoreNanoSeconds: 3.25e9 },
          memory: { time, workingSetBytes: 8 * MB },
          containers: [
            {
              ...{ name: 'app', cpu: { time, usageNanoCores: 0.25e9, usageCoreNanoSeconds: 1.25e9 } },
              memory: { time, usageBytes: 6 * MB, workingSetBytes: 4 * MB },
              ...{ swap: { time, swapUsageBytes: 5 }, rootfs: { time, usedBytes: 8192 } },
            },
            { name: 'log', memory: { time, workingSetBytes: 4 * MB } },
          ],
        },
      ],
    });
    // What is left of a container's memory is told of limits alone, and where images lie was not told.
    expect(JSON.stringify(summary.pods)).not.toContain('availableBytes');
    expect(summary.node).not.toHaveProperty('runtime');
    expect(world.reads).toBe(2);
  });

  test('of CPU and memory alone', async () => {
    const { clock, source } = rig();
    const summary = await clock.complete(source.summary({ cpuAndMemory: true }));
    expect(Object.keys(summary.node as object)).toEqual(['nodeName', 'startTime', 'cpu', 'memory']);
    expect(JSON.stringify(summary)).not.toContain('rootfs');
  });

  test('fails where the runtime does not answer', async () => {
    const { source, world } = rig();
    world.failure = new Error('away');
    await expect(source.summary({ cpuAndMemory: true })).rejects.toThrow('away');
  });
});

test('what the node does is told with what is looked up', async () => {
  const { source } = rig();
  const { text } = await source.expose('node');
  expect(sample(text, 'kubelet_node_name{node="edge-1"}')).toBe(1);
  expect(sample(text, 'kubelet_started_pods_total')).toBe(0);
  expect(sample(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  expect((await source.expose('probes')).text).toContain('# TYPE prober_probe_total counter');
});

test('of a pod that has a cgroup its own counters are told', async () => {
  const { clock, source, world } = rig();
  world.pods.set(uid, { cpuNanoSeconds: 90e9, memoryBytes: 50 * MB });
  const { text } = await source.expose('resource');
  expect(sample(text, 'pod_cpu_usage_seconds_total{pod="web",namespace="default"}')).toBe(90);
  expect(sample(text, 'pod_memory_working_set_bytes{pod="web",namespace="default"}')).toBe(50 * MB);
  world.pods.set(uid, { cpuNanoSeconds: 90.5e9, memoryBytes: 50 * MB });
  expect(await clock.complete(source.summary({ cpuAndMemory: true }))).toMatchObject({
    pods: [
      { cpu: { usageNanoCores: 0.5e9, usageCoreNanoSeconds: 90.5e9 }, memory: { workingSetBytes: 50 * MB } },
    ],
  });
});

function usages(used: ReadonlyMap<string, ContainerUsage>) {
  return { containers: { used }, pods: { used: new Map() } };
}

test('a pod of whose containers nothing was read is left out, and of a name only the newest counts', () => {
  expect(podStats(snapshot, usages(new Map()))).toEqual([]);
  const read = new Map([app.id, dead.id].map((id) => [id, usage(id)]));
  expect(
    podStats(snapshot, usages(read)).map(({ containers }) => containers.map(({ used }) => used.id)),
  ).toEqual([[app.id]]);
});
