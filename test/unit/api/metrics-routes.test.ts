import { describe, expect, test } from 'vitest';
import type { PodUsage, Usage } from '../../../src/api/index.ts';
import { nodeMetricsRoutes } from '../../../src/api/routes/node-metrics-route.ts';
import { podMetricsRoutes } from '../../../src/api/routes/pod-metrics-route.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { ask, bodyText } from './ask.ts';

const atMs = Date.UTC(2026, 0, 1, 11, 59, 58, 700);
const usage: Usage = { atMs, windowMs: 1_002.4, cpuNanoCores: 12_345_678, memoryBytes: 3_000_000 };

function pod(namespace: string, name: string, labels: PodUsage['labels'] = {}): PodUsage {
  return { podUid: `${namespace}-${name}`, namespace, name, labels, containers: [{ ...usage, name: 'app' }] };
}

const web = pod('default', 'web', { app: 'web' });
const pods: readonly PodUsage[] = [pod('other', 'web'), web, pod('default', 'db', { app: 'db' })];
const node = { metadata: { name: 'box', labels: { 'kubernetes.io/hostname': 'box' } } };

async function askMetrics(
  path: string,
  given: { pods?: readonly PodUsage[]; node?: Usage } = { node: usage },
) {
  const ports = {
    clock: new VirtualClock(),
    nodeName: 'box',
    usage: { pods: async () => given.pods ?? pods, node: async () => given.node },
    objects: {
      version: 1,
      list: () => ({ version: 1, items: [] }),
      get: (resource: string) => (resource === 'nodes' ? node : undefined),
      watch: () => true,
    },
  };
  const routes = [...podMetricsRoutes(ports), ...nodeMetricsRoutes(ports)];
  const answer = await ask(routes, `/apis/metrics.k8s.io/v1beta1/${path}`);
  return { status: answer.status, body: JSON.parse(await bodyText(answer)) };
}

/** The pods of a list, by namespace and name. */
async function listed(path: string): Promise<readonly string[]> {
  const { body } = await askMetrics(path);
  expect(body).toMatchObject({ kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {} });
  return body.items.map(({ metadata }: { metadata: PodUsage }) => `${metadata.namespace}/${metadata.name}`);
}

const told = {
  timestamp: '2026-01-01T11:59:58Z',
  window: '1.002s',
};

describe('pods', () => {
  test('one, as metrics-server tells it', async () => {
    expect(await askMetrics('namespaces/default/pods/web')).toEqual({
      status: 200,
      body: {
        kind: 'PodMetrics',
        apiVersion: 'metrics.k8s.io/v1beta1',
        metadata: {
          name: 'web',
          namespace: 'default',
          creationTimestamp: '2026-01-01T12:00:00Z',
          labels: { app: 'web' },
        },
        ...told,
        containers: [{ name: 'app', usage: { cpu: '12345678n', memory: '2929Ki' } }],
      },
    });
  });

  test.each<[string, readonly string[]]>([
    ['pods', ['default/db', 'default/web', 'other/web']],
    ['namespaces/default/pods', ['default/db', 'default/web']],
    ['namespaces/nobody/pods', []],
    ['pods?labelSelector=app%3Dweb', ['default/web']],
    ['pods?labelSelector=!app', ['other/web']],
    ['pods?fieldSelector=metadata.name%3Dweb', ['default/web', 'other/web']],
    ['pods?fieldSelector=metadata.namespace!%3Dother,metadata.name%3Dweb', ['default/web']],
  ])('%s', async (path, names) => {
    expect(await listed(path)).toEqual(names);
  });

  test('with the time of the container that was measured first', async () => {
    const late = { ...usage, name: 'late', atMs: atMs + 5_000, windowMs: 61_500 };
    const both = { ...web, containers: [late, ...web.containers] };
    const { body } = await askMetrics('namespaces/default/pods/web', { pods: [both] });
    expect(body).toMatchObject({ ...told, containers: [{ name: 'late' }, { name: 'app' }] });
  });

  test.each([
    [
      { cpuNanoCores: 0, memoryBytes: 0 },
      { cpu: '0', memory: '0' },
    ],
    [
      { cpuNanoCores: 2_000_000_000, memoryBytes: 1024 },
      { cpu: '2000000000n', memory: '1Ki' },
    ],
  ])('quantities', async (changed, quantities) => {
    const changedPod = { ...web, containers: [{ ...usage, ...changed, name: 'app' }] };
    const { body } = await askMetrics('namespaces/default/pods/web', { pods: [changedPod] });
    expect(body.containers[0].usage).toEqual(quantities);
  });

  test.each([
    [500, '500ms'],
    [30_000, '30s'],
    [60_000, '1m0s'],
    [61_500, '1m1.5s'],
  ])('a window of %i ms is %s', async (windowMs, window) => {
    const changed = { ...web, containers: [{ ...usage, windowMs, name: 'app' }] };
    const { body } = await askMetrics('namespaces/default/pods/web', { pods: [changed] });
    expect(body.window).toBe(window);
  });

  test.each([
    ['namespaces/default/pods/nobody', 404, 'podmetrics.metrics.k8s.io "default/nobody" not found'],
    ['pods?fieldSelector=spec.nodeName%3Dbox', 400, 'field label not supported: spec.nodeName'],
  ])('%s is refused with %i', async (path, code, message) => {
    const { body } = await askMetrics(path);
    expect(body).toMatchObject({ kind: 'Status', code, message });
  });
});

describe('nodes', () => {
  const metrics = {
    kind: 'NodeMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: { name: 'box', creationTimestamp: '2026-01-01T12:00:00Z', labels: node.metadata.labels },
    ...told,
    usage: { cpu: '12345678n', memory: '2929Ki' },
  };

  test('one, and the list of it', async () => {
    expect(await askMetrics('nodes/box')).toEqual({ status: 200, body: metrics });
    const { body } = await askMetrics('nodes');
    expect(body).toEqual({
      ...{ kind: 'NodeMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {} },
      items: [metrics],
    });
  });

  test.each([
    ['nodes?labelSelector=kubernetes.io/hostname%3Dbox', 1],
    ['nodes?labelSelector=kubernetes.io/hostname%3Danother', 0],
  ])('%s are %i', async (path, count) => {
    expect((await askMetrics(path)).body.items.length).toBe(count);
  });

  test('none other, and none that could not be measured', async () => {
    const message = (name: string) => `nodemetrics.metrics.k8s.io "${name}" not found`;
    expect((await askMetrics('nodes/other')).body).toMatchObject({ code: 404, message: message('other') });
    expect((await askMetrics('nodes/box', {})).body).toMatchObject({ code: 404, message: message('box') });
    expect((await askMetrics('nodes', {})).body.items).toEqual([]);
  });
});
