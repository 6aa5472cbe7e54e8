import { describe, expect, test } from 'vitest';
import { ALL_RESOURCES } from '../../../src/api/resources/all-resources.ts';
import type { JsonObject } from '../../../src/base/index.ts';
import { shownPod } from './object-world.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const metadata = { name: 'it', namespace: 'default', creationTimestamp: '2026-01-01T11:55:00Z' };

/** As kubectl prints it: headings in capitals, wide columns after a bar. */
function printed(resourceName: string, object: JsonObject): readonly [string, string] {
  const resource = ALL_RESOURCES.find(({ name }) => name === resourceName);
  if (resource === undefined) throw new Error(`no resource ${resourceName}`);
  const cells = resource.cells(object, NOON);
  expect(cells.length).toBe(resource.columns.length);
  const line = (values: readonly unknown[]): string => {
    const of = (priority: number) =>
      values.filter((_, index) => resource.columns[index]?.priority === priority);
    return [of(0), of(1)].map((part) => part.join(' · ')).join(' | ');
  };
  return [line(resource.columns.map(({ name }) => name.toUpperCase())), line(cells)];
}

describe('columns are those of a Kubernetes server', () => {
  test.each<[string, string, string, JsonObject]>([
    [
      'pods',
      'NAME · READY · STATUS · RESTARTS · AGE | IP · NODE · NOMINATED NODE · READINESS GATES',
      'web · 1/1 · Running · 3 (5m ago) · 60m | 10.4.0.7 · here · <none> · <none>',
      shownPod('web'),
    ],
    [
      'nodes',
      'NAME · STATUS · ROLES · AGE · VERSION | INTERNAL-IP · EXTERNAL-IP · OS-IMAGE · KERNEL-VERSION · CONTAINER-RUNTIME',
      'it · Ready,SchedulingDisabled · control-plane,edge · 5m · v1.36.4 | 10.0.0.2 · <none> · Debian · <unknown> · containerd://2.1',
      {
        metadata: {
          ...metadata,
          labels: {
            'kubernetes.io/role': 'edge',
            'node-role.kubernetes.io/control-plane': '',
            'node-role.kubernetes.io/': '',
          },
        },
        spec: { unschedulable: true },
        status: {
          conditions: [{ type: 'Ready', status: 'True' }],
          addresses: [
            { type: 'Hostname', address: 'it' },
            { type: 'InternalIP', address: '10.0.0.2' },
          ],
          nodeInfo: {
            kubeletVersion: 'v1.36.4',
            osImage: 'Debian',
            containerRuntimeVersion: 'containerd://2.1',
          },
        },
      },
    ],
    [
      'namespaces',
      'NAME · STATUS · AGE | ',
      'it · Active · 5m | ',
      { metadata, status: { phase: 'Active' } },
    ],
    [
      'configmaps',
      'NAME · DATA · AGE | ',
      'it · 3 · 5m | ',
      { metadata, data: { a: '1', b: '2' }, binaryData: { c: 'AA==' } },
    ],
    [
      'secrets',
      'NAME · TYPE · DATA · AGE | ',
      'it · Opaque · 1 · 5m | ',
      { metadata, type: 'Opaque', data: { a: 'AA==' } },
    ],
    [
      'events',
      'LAST SEEN · TYPE · REASON · OBJECT · MESSAGE | SUBOBJECT · SOURCE · FIRST SEEN · COUNT · NAME',
      '10s · Warning · BackOff · pod/web · again | spec.containers{app} · kubelet, here · 2m · 4 · it',
      {
        metadata,
        type: 'Warning',
        reason: 'BackOff',
        message: ' again\n',
        count: 4,
        involvedObject: { kind: 'Pod', name: 'web', fieldPath: 'spec.containers{app}' },
        source: { component: 'kubelet', host: 'here' },
        firstTimestamp: '2026-01-01T11:58:00Z',
        lastTimestamp: '2026-01-01T11:59:50Z',
      },
    ],
    [
      'persistentvolumeclaims',
      'NAME · STATUS · VOLUME · CAPACITY · ACCESS MODES · STORAGECLASS · VOLUMEATTRIBUTESCLASS · AGE | VOLUMEMODE',
      'it · Bound · v · 1Gi · RWO,RWX · fast · <unset> · 5m | Filesystem',
      {
        metadata,
        spec: { volumeName: 'v', storageClassName: 'fast', volumeMode: 'Filesystem' },
        status: {
          phase: 'Bound',
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
        },
      },
    ],
    ['runtimeclasses', 'NAME · HANDLER · AGE | ', 'it · runc · 5m | ', { metadata, handler: 'runc' }],
    ['leases', 'NAME · HOLDER · AGE | ', 'it · box · 5m | ', { metadata, spec: { holderIdentity: 'box' } }],
  ])('%s', (resource, headings, row, object) => {
    expect(printed(resource, object)).toEqual([headings, row]);
  });

  test.each(ALL_RESOURCES)('$name: an object of which nothing is known has a row too', (resource) => {
    expect(resource.cells({}, NOON).length).toBe(resource.columns.length);
    for (const read of Object.values(resource.fields)) expect(typeof read({})).toBe('string');
  });
});

describe('rows that are told otherwise', () => {
  const status = shownPod('web').status;
  const told = (changed: object): JsonObject => ({ ...(status as JsonObject), ...changed });

  test.each<[string, string, JsonObject]>([
    [
      'a pod that goes',
      'web · 1/1 · Terminating · 3 (5m ago) · 60m',
      shownPod('web', {}, { deletionTimestamp: '2026-01-01T12:00:30Z' }),
    ],
    ['a pod nobody has looked at', 'web · 0/1 · Pending · 0 · 60m', shownPod('web', { status: undefined })],
    [
      'a pod whose status cannot be read',
      'web · 0/1 · Pending · 0 · 60m',
      shownPod('web', { status: told({ containerStatuses: [{ name: 'app', state: {} }] }) }),
    ],
    [
      'restarts of a time that nobody knows',
      'web · 1/1 · Running · 2 · 60m',
      shownPod('web', {
        status: told({
          containerStatuses: [
            { name: 'app', ready: true, started: true, restartCount: 2, state: { running: {} } },
          ],
        }),
      }),
    ],
    [
      'a sidecar',
      'web · 2/2 · Running · 3 (5m ago) · 60m',
      shownPod('web', {
        spec: {
          containers: [{ name: 'app' }],
          initContainers: [{ name: 'proxy', restartPolicy: 'Always' }, { name: 'setup' }],
        },
        status: told({
          initContainerStatuses: [
            { name: 'proxy', ready: true, started: true, restartCount: 0, state: { running: {} } },
            { name: 'setup', restartCount: 9, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          ],
        }),
      }),
    ],
  ])('%s', (_what, row, pod) => {
    expect(printed('pods', pod)[1].split(' | ')[0]).toBe(row);
  });

  test.each<[string, string, JsonObject]>([
    ['none is open', '0/2', {}],
    ['one is open', '1/2', { conditions: [{ type: 'b.io/two', status: 'True' }] }],
  ])('readiness gates: %s', (_what, word, changed) => {
    const gates = [{ conditionType: 'a.io/one' }, { conditionType: 'b.io/two' }];
    const pod = shownPod('web', {
      spec: { containers: [], readinessGates: gates },
      status: { ...told(changed) },
    });
    expect(printed('pods', pod)[1].endsWith(`· ${word}`)).toBe(true);
  });

  test.each<[string, string, JsonObject]>([
    ['no conditions', 'Unknown', {}],
    ['not ready', 'NotReady', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }],
  ])('a node with %s', (_what, word, changed) => {
    expect(printed('nodes', { metadata, ...changed })[1].startsWith(`it · ${word} · <none> ·`)).toBe(true);
  });

  test('an event of the newer kind: its series, who reports it, one that was counted by nobody', () => {
    const event = {
      metadata,
      eventTime: '2026-01-01T11:50:00.000000Z',
      involvedObject: { kind: 'Node' },
      reportingComponent: 'kubelet',
      reportingInstance: 'here',
    };
    expect(printed('events', event)[1]).toBe('10m ·  ·  · node ·  |  · kubelet, here · 10m · 1 · it');
    const series = { count: 7, lastObservedTime: '2026-01-01T11:59:00.000000Z' };
    expect(printed('events', { ...event, series })[1]).toBe(
      '60s ·  ·  · node ·  |  · kubelet, here · 10m · 7 · it',
    );
  });
});
