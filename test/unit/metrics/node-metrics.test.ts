import { describe, expect, test } from 'vitest';
import { exposeFamilies, NodeMetrics, type ProbedOnce, processFamilies } from '../../../src/metrics/index.ts';
import { asPodUid, type PodEvent } from '../../../src/pod/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { sample } from '../../support/samples.ts';

function rig() {
  const clock = new VirtualClock();
  const metrics = new NodeMetrics(clock);
  const tell = (reason: string, message = ''): void => {
    const pod = { uid: asPodUid('u1'), namespace: 'default', name: 'web', type: 'Normal' } as const;
    metrics.told({ ...pod, reason, message } satisfies PodEvent);
  };
  const value = async (series: string) => sample((await metrics.exposeNode([])).text, series);
  return { clock, metrics, tell, value };
}

test('what happened before anybody asked is told, and so is what happens after', async () => {
  const { metrics, value } = rig();
  const series = 'kubelet_runtime_operations_total{operation_type="status"}';
  metrics.called('status', 30, false);
  metrics.called('status', 40, true);
  expect(await value(series)).toBe(2);
  metrics.called('status', 6_000, false);
  expect(await value(series)).toBe(3);
  expect(await value('kubelet_runtime_operations_errors_total{operation_type="status"}')).toBe(1);
  const buckets = 'kubelet_runtime_operations_duration_seconds_bucket';
  expect(await value(`${buckets}{le="0.03125",operation_type="status"}`)).toBe(1);
  expect(await value(`${buckets}{le="0.078125",operation_type="status"}`)).toBe(2);
  expect(await value(`${buckets}{le="+Inf",operation_type="status"}`)).toBe(3);
});

test('however much happens, nothing is lost', async () => {
  const { metrics, value } = rig();
  for (let count = 0; count < 5_000; count += 1) metrics.sandboxTried();
  expect(await value('kubelet_started_pods_total')).toBe(5_000);
});

test('the time between two lists of the runtime, and when the last was', async () => {
  const { clock, metrics, value } = rig();
  expect(await value('kubelet_pleg_last_seen_seconds')).toBeUndefined();
  metrics.relisted(20);
  await clock.advance(8_000);
  metrics.relisted(70);
  expect(await value('kubelet_pleg_relist_duration_seconds_sum')).toBeCloseTo(0.09);
  expect(await value('kubelet_pleg_relist_interval_seconds_sum')).toBe(8);
  expect(await value('kubelet_pleg_relist_interval_seconds_count')).toBe(1);
  expect(await value('kubelet_pleg_last_seen_seconds')).toBe(clock.nowMs() / 1000);
});

test('containers and pods that were tried, and those that came to nothing', async () => {
  const { metrics, tell, value } = rig();
  metrics.containerTried('init_container');
  metrics.containerTried('container');
  metrics.containerFailed('container', 'CreateContainerError');
  metrics.sandboxFailed();
  metrics.passed('create', 12);
  tell('Evicted', 'usage exceeds the limit');
  expect(await value('kubelet_started_containers_total{container_type="init_container"}')).toBe(1);
  const failed = '{container_type="container",code="CreateContainerError"}';
  expect(await value(`kubelet_started_containers_errors_total${failed}`)).toBe(1);
  expect(await value('kubelet_started_pods_errors_total')).toBe(1);
  expect(await value('kubelet_pod_worker_duration_seconds_count{operation_type="create"}')).toBe(1);
  expect(await value('kubelet_evictions{eviction_signal="emptydirfs.limit"}')).toBe(1);
});

describe('how long a pod took to start', () => {
  const sums = async ({ value }: ReturnType<typeof rig>) => [
    await value('kubelet_pod_start_total_duration_seconds_sum'),
    await value('kubelet_pod_start_sli_duration_seconds_sum'),
  ];

  test('without its pulls and init containers', async () => {
    const world = rig();
    world.tell('Pulling');
    await world.clock.advance(1_000);
    world.tell('Pulling');
    await world.clock.advance(2_000);
    world.tell('Pulled', 'Successfully pulled image "a"');
    await world.clock.advance(500);
    world.tell('Pulled', 'Container image "b" already present on machine');
    world.metrics.podStarted('u1', { sinceSeenMs: 10_000, initMs: 1_500 });
    expect(await sums(world)).toEqual([10, 5.5]);
  });

  test('pulls of a pod that is gone are forgotten', async () => {
    const world = rig();
    world.tell('Pulling');
    await world.clock.advance(3_000);
    world.tell('Pulled', 'Successfully pulled image "a"');
    world.metrics.podGone('u1');
    world.metrics.podStarted('u1', { sinceSeenMs: 10_000, initMs: 0 });
    expect(await sums(world)).toEqual([10, 10]);
  });

  test('it is never less than nothing', async () => {
    const world = rig();
    world.metrics.podStarted('u1', { sinceSeenMs: 1_000, initMs: 2_000 });
    expect(await sums(world)).toEqual([1, 0]);
  });
});

describe('probes', () => {
  const probe: ProbedOnce = {
    ...{ kind: 'readiness', result: 'successful', container: 'app', pod: 'web', namespace: 'default' },
    ...{ podUid: 'u1', durationMs: 30 },
  };
  const of = 'probe_type="Readiness",container="app",pod="web",namespace="default"';

  test('by what came of them; how long those took that succeeded', async () => {
    const { metrics } = rig();
    metrics.probed(probe);
    metrics.probed({ ...probe, result: 'failed', durationMs: 9_000 });
    const { text, contentType } = await metrics.exposeProbes();
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(sample(text, `prober_probe_total{${of},pod_uid="u1",result="successful"}`)).toBe(1);
    expect(sample(text, `prober_probe_total{${of},pod_uid="u1",result="failed"}`)).toBe(1);
    expect(sample(text, `prober_probe_duration_seconds_count{${of}}`)).toBe(1);
    expect(sample(text, `prober_probe_duration_seconds_sum{${of}}`)).toBeCloseTo(0.03);
  });

  test('go with their pod, and no other with them', async () => {
    const { metrics } = rig();
    metrics.probed(probe);
    metrics.probed({ ...probe, result: 'failed' });
    metrics.probed({ ...probe, pod: 'db', podUid: 'u2' });
    metrics.podGone('u1');
    const { text } = await metrics.exposeProbes();
    expect(text).not.toContain('pod="web"');
    expect(text).toContain('pod="db"');
  });

  test('are told apart from what the node does', async () => {
    const { metrics } = rig();
    metrics.probed(probe);
    metrics.sandboxTried();
    expect((await metrics.exposeNode([])).text).not.toContain('prober_');
    expect((await metrics.exposeProbes()).text).not.toContain('kubelet_');
  });
});

test('what is looked up is written as Prometheus reads it', async () => {
  const { text } = await exposeFamilies([
    { name: 'a_total', help: 'As', type: 'counter', samples: [{ value: 3 }] },
    {
      ...{ name: 'b', help: 'Bs', type: 'gauge', labels: ['of'] },
      samples: [
        { labels: { of: 'x' }, value: -1 },
        { labels: { of: 'a "quoted"\nline' }, value: 0.5 },
      ],
    },
    { name: 'none', help: 'None', type: 'gauge', labels: ['of'], samples: [] },
  ]);
  expect(text).toBe(
    [
      ...['# HELP a_total As', '# TYPE a_total counter', 'a_total 3', ''],
      ...['# HELP b Bs', '# TYPE b gauge', 'b{of="x"} -1', 'b{of="a \\"quoted\\"\\nline"} 0.5', ''],
      ...['# HELP none None', '# TYPE none gauge', ''],
    ].join('\n'),
  );
});

test('the daemon tells of its own process', async () => {
  const families = new Map(
    (await processFamilies()).map(({ name, samples }) => [name, samples[0]?.value ?? 0]),
  );
  expect([...families.keys()]).toEqual(
    expect.arrayContaining(['process_cpu_seconds_total', 'process_start_time_seconds', 'process_max_fds']),
  );
  expect([...families.values()].every((value) => value > 0)).toBe(true);
});
