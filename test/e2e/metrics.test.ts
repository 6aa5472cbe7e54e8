import { statfs } from 'node:fs/promises';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { promtoolRemarks } from '../support/promtool.ts';
import { sample } from '../support/samples.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE, idle, shell, v1Json, web } from './support/manifests.ts';
import { onContainerd, useContainerd } from './support/world.ts';

const world = useContainerd('metrics');
const KEPT_MS = 10_000;

onContainerd(
  "what Prometheus and the kubelet's clients are told, from the first pod to the last",
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace } = daemon;
    await daemon.write('web.yaml', probedPod(namespace));
    await daemon.start();
    const made = v1Json({ name: 'made', namespace, containers: [{ ...idle('app'), image: HTTP_IMAGE }] });
    expect((await ask(daemon, `POST /api/v1/namespaces/${namespace}/pods`, made)).status).toBe(201);
    await daemon.running('web');
    await daemon.running('made');

    const node = await checked(daemon, '/metrics');
    expect(values(node, NODE_SERIES)).toEqual(NODE_SERIES);
    expect(sample(node, 'kubelet_pod_start_sli_duration_seconds_sum')).toBeGreaterThan(0);
    const lists = 'kubelet_runtime_operations_total{operation_type="list_podsandbox"}';
    await eventually(async () => {
      expect(sample(await body(daemon, '/metrics'), lists)).toBeGreaterThan(
        sample(node, lists) ?? Number.NaN,
      );
    });

    const of = (container: string, pod: string): string =>
      `{container="${container}",pod="${pod}",namespace="${namespace}"}`;
    await eventually(async () => {
      const resource = await checked(daemon, '/metrics/resource');
      for (const labels of [of('web', 'web'), of('app', 'made')]) {
        expect(sample(resource, `container_cpu_usage_seconds_total${labels}`)).toBeGreaterThan(0);
        expect(sample(resource, `container_memory_working_set_bytes${labels}`)).toBeGreaterThan(0);
        expect(sample(resource, `container_start_time_seconds${labels}`)).toBeGreaterThan(1_700_000_000);
      }
      const pod = `{pod="web",namespace="${namespace}"}`;
      expect(sample(resource, `pod_cpu_usage_seconds_total${pod}`)).toBeGreaterThan(0);
      expect(sample(resource, `pod_memory_working_set_bytes${pod}`)).toBeGreaterThan(0);
      expect(sample(resource, 'node_cpu_usage_seconds_total')).toBeGreaterThan(0);
      expect(sample(resource, 'resource_scrape_error')).toBe(0);
    });

    const { uid } = await daemon.pod('web');
    const probe = `probe_type="Readiness",container="web",pod="web",namespace="${namespace}"`;
    await eventually(async () => {
      const probes = await checked(daemon, '/metrics/probes');
      expect(
        sample(probes, `prober_probe_total{${probe},pod_uid="${uid}",result="successful"}`),
      ).toBeGreaterThan(0);
    });

    await daemon.remove('web.yaml');
    await eventually(async () => {
      expect(sample(await body(daemon, '/metrics'), 'kubelet_running_pods')).toBe(1);
      expect(await checked(daemon, '/metrics/probes')).not.toContain('pod="web"');
      expect(await body(daemon, '/metrics')).not.toContain('pod="web"');
    });
  },
);

onContainerd('the room of claims is told of, and pods that took too much of an emptyDir', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } };
  const metadata = { name: 'data', namespace };
  const kind = 'PersistentVolumeClaim';
  await daemon.write('data.yaml', stringify({ apiVersion: 'v1', kind, metadata, spec: claim }));
  await daemon.write('greedy.yaml', greedyPod(namespace));
  await daemon.start();
  await eventually(async () => expect(await daemon.pod('greedy')).toMatchObject({ reason: 'Evicted' }));

  // A look at a file system that takes too long is left out of one answer.
  const node = await eventually(async () => {
    const families = await checked(daemon, '/metrics');
    expect(families).toContain('kubelet_volume_stats_capacity_bytes{');
    return families;
  });
  expect(sample(node, 'kubelet_evictions{eviction_signal="emptydirfs.limit"}')).toBe(1);
  const [size = 0, left = 0, files = 0] = ['capacity_bytes', 'available_bytes', 'inodes_used'].map((name) =>
    sample(node, `kubelet_volume_stats_${name}{namespace="${namespace}",persistentvolumeclaim="data"}`),
  );
  const { blocks, bsize } = await statfs(daemon.rootDir);
  expect(size).toBe(blocks * bsize);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(size);
  expect(files).toBeGreaterThan(0);
});

onContainerd('the summary, and how often the runtime is asked for it', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('web.json', v1Json({ name: 'web', namespace, containers: [web('hi')] }));
  await daemon.start();
  const { uid } = await daemon.running('web');
  const cpu = { usageCoreNanoSeconds: expect.any(Number), usageNanoCores: expect.any(Number) };
  const summary = JSON.parse(await body(daemon, '/stats/summary'));
  expect(summary).toMatchObject({
    node: {
      ...{ cpu, memory: { workingSetBytes: expect.any(Number) } },
      fs: { capacityBytes: expect.any(Number), inodesUsed: expect.any(Number) },
      runtime: { imageFs: { usedBytes: expect.any(Number) } },
    },
    pods: [{ podRef: { name: 'web', namespace, uid }, containers: [{ name: 'web', cpu }] }],
  });
  expect(summary.pods[0].cpu.usageCoreNanoSeconds).toBeGreaterThan(0);
  expect(summary.pods[0].memory.workingSetBytes).toBeGreaterThan(0);

  const less = await ask(daemon, 'POST /stats/summary?only_cpu_and_memory=true');
  expect(JSON.parse(less.body)).toMatchObject({ pods: [{ podRef: { name: 'web' } }] });
  expect(JSON.parse(less.body).node).not.toHaveProperty('fs');
  expect((await ask(daemon, 'GET /stats/summary?only_cpu_and_memory=maybe')).status).toBe(400);

  const series = 'kubelet_runtime_operations_total{operation_type="list_container_stats"}';
  const calls = async (): Promise<number> => sample(await body(daemon, '/metrics'), series) ?? 0;
  const [before, beganMs] = [await calls(), performance.now()];
  for (let asked = 0; asked < 5; asked += 1) {
    await body(daemon, '/metrics/resource');
    await body(daemon, '/stats/summary');
    await body(daemon, '/apis/metrics.k8s.io/v1beta1/pods');
  }
  // What was read before may have become too old meanwhile.
  const allowed = 1 + Math.floor((performance.now() - beganMs) / KEPT_MS);
  expect(before).toBeGreaterThan(0);
  expect((await calls()) - before).toBeLessThanOrEqual(allowed);
});

/** One pod from a file, with an init container and a probe, and one that was made through the API. */
const NODE_SERIES = {
  kubelet_running_pods: 2,
  'kubelet_running_containers{container_state="running"}': 2,
  'kubelet_desired_pods{static="true"}': 1,
  'kubelet_desired_pods{static=""}': 1,
  'kubelet_active_pods{static="true"}': 1,
  kubelet_started_pods_total: 2,
  kubelet_started_pods_errors_total: 0,
  'kubelet_started_containers_total{container_type="container"}': 2,
  'kubelet_started_containers_total{container_type="init_container"}': 1,
  'kubelet_runtime_operations_total{operation_type="run_podsandbox"}': 2,
  'kubelet_runtime_operations_total{operation_type="start_container"}': 3,
  'kubelet_runtime_operations_duration_seconds_count{operation_type="start_container"}': 3,
  'kubelet_pod_worker_duration_seconds_count{operation_type="create"}': 2,
  kubelet_pod_start_duration_seconds_count: 2,
  kubelet_pod_start_total_duration_seconds_count: 2,
  kubelet_pod_start_sli_duration_seconds_count: 2,
  'tinylet_pods{phase="Running"}': 2,
  'tinylet_pods{phase="Pending"}': 0,
  tinylet_refused_manifests: 0,
  tinylet_runtime_ready: 1,
};

function values(
  exposition: string,
  of: Readonly<Record<string, number>>,
): Record<string, number | undefined> {
  return Object.fromEntries(Object.keys(of).map((series) => [series, sample(exposition, series)]));
}

function probedPod(namespace: string): string {
  return stringify({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace } },
    spec: {
      terminationGracePeriodSeconds: 1,
      initContainers: [{ ...shell('first', 'true'), image: HTTP_IMAGE }],
      containers: [
        {
          ...{ ...web('hi'), image: HTTP_IMAGE },
          readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
        },
      ],
    },
  });
}

/** It has a claim, and writes more to another volume than it may. */
function greedyPod(namespace: string): string {
  const script = 'dd if=/dev/zero of=/much/file bs=1M count=2; sleep 100000';
  const volumeMounts = [
    { name: 'data', mountPath: '/data' },
    { name: 'work', mountPath: '/much' },
  ];
  return stringify({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'greedy', namespace } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ ...shell('app', script), image: HTTP_IMAGE, volumeMounts }],
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
        { name: 'work', emptyDir: { sizeLimit: '1Mi' } },
      ],
    },
  });
}

/** The text, of which Prometheus' own tool has nothing to say. */
async function checked(daemon: Daemon, path: string): Promise<string> {
  const exposition = await body(daemon, path);
  expect(await promtoolRemarks(exposition), path).toBe('');
  return exposition;
}

async function body(daemon: Daemon, path: string): Promise<string> {
  const answer = await ask(daemon, `GET ${path}`);
  expect(answer.status, answer.body).toBe(200);
  return answer.body;
}

function ask(daemon: Daemon, line: string, sent?: string): Promise<{ status: number; body: string }> {
  const [method = '', path = ''] = line.split(' ');
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request({ socketPath: daemon.apiSocket, path, method, headers }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    });
    asked.once('error', reject);
    asked.end(sent);
  });
}
