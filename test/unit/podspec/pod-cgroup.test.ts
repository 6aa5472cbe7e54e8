import { describe, expect, test } from 'vitest';
import type { PodCgroup, ResourceRequirements } from '../../../src/pod/index.ts';
import { podCgroup } from '../../../src/podspec/index.ts';
import { app, makePlace, makePod, newRuntime, type PodChanges, sharedCgroups, uid } from './base.ts';

const of = (changes: PodChanges, place = makePlace(sharedCgroups)) => podCgroup(makePod(changes), uid, place);
const both = (list: Record<string, string>): ResourceRequirements => ({ limits: list, requests: list });
const containers = (...each: ResourceRequirements[]): PodChanges => ({
  spec: { containers: each.map((resources, index) => ({ ...app, name: `c${index}`, resources })) },
});
const full = both({ cpu: '500m', memory: '1Mi' });

// kubelet: cm/pod_container_manager_linux.go, ResourceConfigForPod
describe("a pod's cgroup", () => {
  const bestEffort: PodCgroup = { path: '/kubepods/besteffort/podu-1', qos: 'BestEffort', cpuShares: 2 };
  const burstable = { path: '/kubepods/burstable/podu-1', qos: 'Burstable' };
  const guaranteed = { path: '/kubepods/podu-1', qos: 'Guaranteed' };
  const cpu = (quota: number) => ({ cpuQuotaUs: quota, cpuPeriodUs: 100_000 });

  test.each<[what: string, changes: PodChanges, cgroup: object]>([
    ['BestEffort', {}, bestEffort],
    [
      'Guaranteed',
      containers(full, full),
      { ...guaranteed, cpuShares: 1024, ...cpu(100_000), memoryLimitBytes: 2_097_152 },
    ],
    ['Burstable without limits', containers({ requests: { cpu: '1' } }), { ...burstable, cpuShares: 1024 }],
    [
      'Burstable without a CPU request',
      containers({ requests: { memory: '1Mi' } }),
      { ...burstable, cpuShares: 2 },
    ],
    ['a limit that not every container has', containers(full, {}), { ...burstable, cpuShares: 512 }],
    [
      'a limit on one resource in every container',
      containers(full, both({ memory: '1Mi' })),
      { ...burstable, cpuShares: 512, memoryLimitBytes: 2_097_152 },
    ],
    [
      'an init container without a limit',
      {
        app: { resources: full },
        spec: { initContainers: [{ ...app, name: 'i' }], containers: [{ ...app, resources: full }] },
      },
      { ...burstable, cpuShares: 512 },
    ],
    [
      'an init container that takes more than the others',
      {
        spec: {
          initContainers: [{ ...app, name: 'i', resources: both({ cpu: '2', memory: '1Mi' }) }],
          containers: [{ ...app, resources: full }],
        },
      },
      { ...guaranteed, cpuShares: 2048, ...cpu(200_000), memoryLimitBytes: 1_048_576 },
    ],
    [
      'limits of the pod itself',
      { spec: { resources: full } },
      { ...guaranteed, cpuShares: 512, ...cpu(50_000), memoryLimitBytes: 1_048_576 },
    ],
    [
      'a limit of the pod on one resource',
      { spec: { resources: { limits: { memory: '4Mi' }, requests: { cpu: '250m' } } } },
      { ...burstable, cpuShares: 256, memoryLimitBytes: 4_194_304 },
    ],
    [
      'overhead',
      {
        app: { resources: full },
        spec: { overhead: { cpu: '500m', memory: '1Mi' }, containers: [{ ...app, resources: full }] },
      },
      { ...guaranteed, cpuShares: 1024, ...cpu(100_000), memoryLimitBytes: 2_097_152 },
    ],
    [
      'a pod whose own resources make it BestEffort, whatever its containers limit',
      { spec: { resources: both({ 'hugepages-2Mi': '2Mi' }), containers: [{ ...app, resources: full }] } },
      bestEffort,
    ],
    ['overhead of a BestEffort pod', { spec: { overhead: { cpu: '500m' } } }, bestEffort],
  ])('of %s', (_what, changes, cgroup) => {
    expect(of(changes)).toEqual(cgroup);
  });

  test("counts a runtime class' overhead", () => {
    const metadata = { name: 'c', namespace: '', labels: {}, annotations: {} };
    const runtimeClass = { kind: 'RuntimeClass', metadata, handler: 'h', overhead: { cpu: '1' } } as const;
    const place = makePlace({ ...sharedCgroups, uses: { runtimeClass } });
    expect(of(containers({ requests: { cpu: '1' } }), place)?.cpuShares).toBe(2048);
  });

  test('forbids huge pages that are not asked for, of every size the machine has', () => {
    const node = { ...makePlace(sharedCgroups).node, hugepageSizes: ['2MB', '1GB'] };
    const asked = containers(both({ cpu: '1', 'hugepages-2Mi': '2Mi' }), both({ 'hugepages-2Mi': '4Mi' }));
    const place = makePlace({ ...sharedCgroups, node });
    expect(of(asked, place)?.hugepageLimits).toEqual({ '2MB': 6_291_456, '1GB': 0 });
    expect(of({}, place)?.hugepageLimits).toEqual({ '2MB': 0, '1GB': 0 });
  });
});

test.each<[shared: boolean, driver: 'cgroupfs' | 'systemd' | undefined, made: boolean]>([
  [true, 'cgroupfs', true],
  [false, 'cgroupfs', false],
  [true, 'systemd', false],
  [true, undefined, false],
])('is made where the tree is shared (%s) and the driver %s: %s', (shared, cgroupDriver, made) => {
  const node = { cgroups: { version: 2, swap: true, shared } as const };
  expect(of({}, makePlace({ node, runtime: { ...newRuntime, cgroupDriver } })) !== undefined).toBe(made);
});
