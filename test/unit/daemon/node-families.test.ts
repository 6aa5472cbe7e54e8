import { expect, test } from 'vitest';
import { claimFamilies } from '../../../src/daemon/claim-families.ts';
import { nodeFamilies } from '../../../src/daemon/node-families.ts';
import { exposeFamilies } from '../../../src/metrics/index.ts';
import type { Snapshot } from '../../../src/reconcile/index.ts';
import { sample } from '../../support/samples.ts';
import { container, node, pod } from '../cli/reports.ts';
import { makeInstance, makeSandbox, uid } from '../plan/base.ts';

const nothing: Pick<Snapshot, 'own' | 'pods'> = { own: [], pods: new Map() };

async function exposed(report = node(), snapshot = nothing): Promise<(series: string) => number | undefined> {
  const isStatic = (file: string): boolean => !file.startsWith('/objects/');
  const { text } = await exposeFamilies(nodeFamilies({ report, snapshot, isStatic }));
  return (series) => sample(text, series);
}

test('a node without pods has all its names, and zeroes', async () => {
  const value = await exposed();
  expect(value('kubelet_node_name{node="edge-1"}')).toBe(1);
  expect(value(`tinylet_build_info{version="1.2.3",node_version="${process.version}"}`)).toBe(1);
  expect(value('kubelet_running_pods')).toBe(0);
  expect(value('kubelet_running_containers{container_state="exited"}')).toBe(0);
  expect(value('kubelet_desired_pods{static="true"}')).toBe(0);
  expect(value('tinylet_pods{phase="Failed"}')).toBe(0);
  expect(value('tinylet_passes_total')).toBe(12);
  expect(value('tinylet_runtime_ready')).toBe(1);
});

test('what the runtime has: a pod runs while a sandbox of it is ready', async () => {
  const own = [makeSandbox({ attempt: 1 }), makeSandbox({ attempt: 0, state: 'not-ready' })];
  const containers = [
    makeInstance('app'),
    makeInstance('log'),
    makeInstance('log', { attempt: 1, state: 'exited' }),
  ];
  const value = await exposed(node(), { own, pods: new Map([[uid, { sandboxes: own, containers }]]) });
  expect(value('kubelet_running_pods')).toBe(1);
  expect(value('kubelet_running_containers{container_state="running"}')).toBe(2);
  expect(value('kubelet_running_containers{container_state="exited"}')).toBe(1);
  const ended = await exposed(node(), { own: own.slice(1), pods: new Map() });
  expect(ended('kubelet_running_pods')).toBe(0);
});

test('pods by where they come from and how they are', async () => {
  const pods = [
    pod('a'),
    pod('b', { phase: 'Succeeded' }),
    pod('c', { terminating: true }),
    pod('d', { file: '/objects/pod.default.d.json', phase: 'Pending' }),
  ];
  const value = await exposed(node({ pods }));
  expect(value('kubelet_desired_pods{static="true"}')).toBe(2);
  expect(value('kubelet_desired_pods{static=""}')).toBe(1);
  expect(value('kubelet_active_pods{static="true"}')).toBe(2);
  expect(value('kubelet_active_pods{static=""}')).toBe(1);
  expect(value('tinylet_pods{phase="Running"}')).toBe(2);
  expect(value('tinylet_pods{phase="Pending"}')).toBe(1);
});

test('containers that wait, by their reasons, and how often they were started again', async () => {
  const crashing = { state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 7 };
  const pods = [
    pod('a', { containers: [container('app', crashing), container('side')] }),
    pod('b', {
      containers: [container('app', crashing)],
      initContainers: [container('first', { restartCount: 1 })],
    }),
  ];
  const value = await exposed(node({ pods }));
  expect(value('tinylet_containers_waiting{reason="CrashLoopBackOff"}')).toBe(2);
  const restarts = (of: string, name: string) =>
    value(`tinylet_container_restarts_total{namespace="default",pod="${of}",container="${name}"}`);
  expect([restarts('a', 'app'), restarts('a', 'side'), restarts('b', 'first')]).toEqual([7, 0, 1]);
});

test('what is wrong with the node', async () => {
  const value = await exposed(
    node({
      runtime: { ready: false, message: 'away' },
      refused: [{ file: '/m/a.yaml', errors: [] }],
      directories: [{ directory: '/m' }, { directory: '/n', problem: 'EACCES' }],
    }),
  );
  expect(value('tinylet_runtime_ready')).toBe(0);
  expect(value('tinylet_refused_manifests')).toBe(1);
  expect(value('tinylet_unreadable_manifest_directories')).toBe(1);
});

test('claims are told of with the file system that each lies on', async () => {
  const space = { capacityBytes: 100, availableBytes: 60, usedBytes: 35, inodes: 10, inodesFree: 7 };
  const claims = [
    { namespace: 'default', name: 'data', space },
    { namespace: 'web', name: 'data', space: { ...space, inodes: 0, inodesFree: 0 } },
  ];
  const { text } = await exposeFamilies(claimFamilies(claims));
  const value = (name: string, namespace: string): number | undefined =>
    sample(text, `kubelet_volume_stats_${name}{namespace="${namespace}",persistentvolumeclaim="data"}`);
  expect(value('capacity_bytes', 'default')).toBe(100);
  expect(value('available_bytes', 'default')).toBe(60);
  expect(value('used_bytes', 'default')).toBe(35);
  expect(value('inodes', 'default')).toBe(10);
  expect(value('inodes_free', 'default')).toBe(7);
  expect(value('inodes_used', 'default')).toBe(3);
  expect(value('inodes_used', 'web')).toBe(0);
  expect((await exposeFamilies(claimFamilies([]))).text).toContain(
    '# TYPE kubelet_volume_stats_inodes gauge',
  );
});
