import { describe, expect, test } from 'vitest';
import { asPodUid, type Pod, type SideObject } from '../../../src/pod/index.ts';
import type { LoggedEvent, PodStatus } from '../../../src/status/index.ts';
import { eventName, eventObject } from '../../../src/store/kinds/event-object.ts';
import { nodeObject, type ShownNode } from '../../../src/store/kinds/node-object.ts';
import { podObject, type ShownPod } from '../../../src/store/kinds/pod-object.ts';
import { sideObject } from '../../../src/store/kinds/side-object.ts';
import { nodeFacts, runtimeFacts } from '../../fakes/facts.ts';
import { configMap, secret } from '../../fakes/side-objects.ts';
import { makePod } from '../plan/base.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const own = { isOwn: true, createdAtMs: NOW_MS };
const ofFile = { isOwn: false, createdAtMs: NOW_MS };

describe('a pod', () => {
  const status = {
    phase: 'Running',
    conditions: [],
    containerStatuses: [],
    qosClass: 'Burstable',
  } as const satisfies PodStatus;
  const document = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      labels: { a: 'b' },
      uid: 'elsewhere',
      creationTimestamp: '2020-01-01T00:00:00Z',
      generation: 3,
      managedFields: [{ manager: 'kubectl' }],
      resourceVersion: '7',
      selfLink: '/x',
    },
    spec: { containers: [{ name: 'main', image: 'a:1' }], nodeSelector: { a: 'b' } },
  };
  const web: Pod = { ...makePod(), document };
  const base: ShownPod = {
    ...own,
    pod: web,
    uid: 'uid-1',
    nodeName: 'box',
    seenAtMs: NOW_MS + 1_000,
    status,
  };
  const shown = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      namespace: 'default',
      labels: { a: 'b' },
      uid: 'uid-1',
      creationTimestamp: '2020-01-01T00:00:00Z',
      generation: 3,
      managedFields: [{ manager: 'kubectl' }],
    },
    spec: {
      containers: [
        {
          ...{ name: 'main', image: 'a:1', imagePullPolicy: 'IfNotPresent', resources: {} },
          ...{ terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
        },
      ],
      ...{ restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' },
      ...{ terminationGracePeriodSeconds: 30, enableServiceLinks: true, securityContext: {} },
      ...{ nodeSelector: { a: 'b' }, nodeName: 'box' },
    },
    status,
  };

  test('of the API is what was written, with defaults, and as it is', () => {
    expect(podObject(base)).toEqual(shown);
  });

  test('that is being removed says until when', () => {
    const deletion = { startedAtMs: NOW_MS, graceSeconds: 10 };
    expect(podObject({ ...base, deletion })).toEqual({
      ...shown,
      metadata: {
        ...shown.metadata,
        deletionTimestamp: '2026-01-02T03:04:15Z',
        deletionGracePeriodSeconds: 10,
      },
    });
  });

  test('of a file looks like the mirror of a static pod, and has nothing of another server', () => {
    expect(podObject({ ...base, ...ofFile }).metadata).toEqual({
      name: 'web',
      namespace: 'default',
      labels: { a: 'b' },
      uid: 'uid-1',
      creationTimestamp: '2026-01-02T03:04:05Z',
      annotations: {
        'kubernetes.io/config.hash': 'uid-1',
        'kubernetes.io/config.mirror': 'uid-1',
        'kubernetes.io/config.seen': '2026-01-02T03:04:06.678Z',
        'kubernetes.io/config.source': 'file',
      },
    });
  });

  test('of a URL says so, as the kubelet does', () => {
    const { metadata } = podObject({ ...base, ...ofFile, file: 'https://host/pods.yaml' });
    expect(metadata).toMatchObject({ annotations: { 'kubernetes.io/config.source': 'http' } });
  });

  test('whose record is older than documents is shown by what is known of it', () => {
    const { document: _, ...old } = web;
    expect(podObject({ ...base, ...ofFile, pod: old })).toMatchObject({
      metadata: { name: old.metadata.name, uid: 'uid-1' },
      spec: {
        containers: [
          { name: 'app', image: 'app:1' },
          { name: 'log', image: 'log:1' },
        ],
        restartPolicy: 'Always',
        nodeName: 'box',
      },
    });
  });

  test('without a status waits', () => {
    expect(podObject({ ...base, status: undefined }).status).toEqual({ phase: 'Pending' });
  });
});

describe('an object beside pods', () => {
  const meta = { name: 'x', namespace: 'default', labels: {}, annotations: {}, document: { name: 'x' } };
  const cluster = { ...meta, namespace: '' };
  const metadata = (uid: string, namespace?: string) => ({
    name: 'x',
    ...(namespace !== undefined && { namespace }),
    uid,
    creationTimestamp: '2026-01-02T03:04:05Z',
  });
  const anyUid = expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-9[\da-f]{3}-[\da-f]{12}$/);

  test.each<[string, SideObject, object]>([
    [
      'ConfigMap',
      configMap('x', { a: '1' }, { metadata: meta, binaryData: new Map([['b', '/w==']]), immutable: true }),
      { apiVersion: 'v1', data: { a: '1' }, binaryData: { b: '/w==' }, immutable: true },
    ],
    ['ConfigMap', configMap('x', {}, { metadata: meta }), { apiVersion: 'v1' }],
    [
      'Secret',
      secret('x', { a: '1' }, { metadata: meta }),
      { apiVersion: 'v1', data: { a: 'MQ==' }, type: 'Opaque' },
    ],
    [
      'PersistentVolumeClaim',
      {
        ...{ kind: 'PersistentVolumeClaim', metadata: meta, accessModes: ['ReadWriteOnce'], storage: '1Gi' },
        document: { storageClassName: 'fast', resources: { requests: { storage: '1024Mi' } } },
      },
      {
        apiVersion: 'v1',
        spec: {
          ...{ volumeMode: 'Filesystem', storageClassName: 'fast', accessModes: ['ReadWriteOnce'] },
          ...{ resources: { requests: { storage: '1Gi' } }, volumeName: expect.stringMatching(/^pvc-/) },
        },
        status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } },
      },
    ],
    [
      'RuntimeClass',
      {
        ...{ kind: 'RuntimeClass', metadata: cluster, handler: 'kata', overhead: { cpu: '1' } },
        document: { nodeSelector: { a: 'b' } },
      },
      {
        ...{ apiVersion: 'node.k8s.io/v1', handler: 'kata', overhead: { podFixed: { cpu: '1' } } },
        scheduling: { nodeSelector: { a: 'b' } },
      },
    ],
  ])('%s', (kind, object, expected) => {
    const namespace = object.metadata.namespace || undefined;
    expect(sideObject(object, ofFile)).toEqual({ kind, metadata: metadata(anyUid, namespace), ...expected });
  });

  test('Namespace', () => {
    expect(sideObject({ kind: 'Namespace', metadata: cluster }, ofFile)).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { ...metadata(anyUid), labels: { 'kubernetes.io/metadata.name': 'x' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  test('of the API has the identity that it was given', () => {
    const document = { name: 'x', uid: 'u', creationTimestamp: '2025-01-01T00:00:00Z', labels: { a: 'b' } };
    const object = configMap('x', {}, { metadata: { ...meta, document } });
    expect(sideObject(object, own).metadata).toEqual({
      ...{ name: 'x', namespace: 'default', uid: 'u', creationTimestamp: '2025-01-01T00:00:00Z' },
      labels: { a: 'b' },
    });
  });

  test('without a document, of an older record, has its labels', () => {
    const { document: _, ...old } = { ...meta, labels: { a: 'b' } };
    expect(sideObject(configMap('x', {}, { metadata: old }), ofFile).metadata).toMatchObject({
      name: 'x',
      labels: { a: 'b' },
    });
  });

  test('of one kind and name has always the same uid, and no other has it', () => {
    const uidOf = (object: SideObject): unknown => {
      const { metadata: shown } = sideObject(object, ofFile);
      return typeof shown === 'object' && shown !== null && 'uid' in shown && shown.uid;
    };
    const x = configMap('x', {});
    expect(uidOf(configMap('x', { a: '1' }))).toBe(uidOf(x));
    const others = [
      configMap('y', {}),
      secret('x', {}),
      { ...x, metadata: { ...x.metadata, namespace: 'prod' } },
    ];
    expect(new Set([x, ...others].map(uidOf)).size).toBe(4);
  });
});

test('the node', () => {
  const system = {
    ...{ machineID: 'm', systemUUID: 's', bootID: 'b', kernelVersion: '6.1.0', osImage: 'Debian 12' },
    architecture: 'amd64',
  };
  const facts = {
    ...nodeFacts(),
    ...{
      hostIPs: ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
      cpuMilli: 1500,
      memoryBytes: 1_048_577,
      storageBytes: 2_048,
    },
  };
  const shown: ShownNode = {
    ...{ name: 'box', uid: 'u', createdAtMs: NOW_MS, startedAtMs: NOW_MS + 1_000, kubeletVersion: 'v1.36.4' },
    ...{
      system,
      facts,
      runtime: { ...runtimeFacts(), name: 'containerd', version: 'v1.7.24' },
      apiPort: 10250,
      problem: undefined,
      turnedAtMs: undefined,
      reportedAtMs: NOW_MS + 301_000,
    },
    changes: {
      metadata: { labels: { disk: 'fast', 'kubernetes.io/os': 'plan9' } },
      spec: { unschedulable: true },
    },
  };
  const node = nodeObject(shown);
  const at = { lastHeartbeatTime: '2026-01-02T03:09:06Z', lastTransitionTime: '2026-01-02T03:04:06Z' };
  expect(node).toEqual({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...{ name: 'box', uid: 'u', creationTimestamp: '2026-01-02T03:04:05Z' },
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        disk: 'fast',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': 'box',
        'kubernetes.io/os': 'linux',
      },
    },
    spec: { unschedulable: true },
    status: {
      addresses: [
        { type: 'InternalIP', address: '192.0.2.1' },
        { type: 'InternalIP', address: '2001:db8::1' },
        { type: 'Hostname', address: 'box' },
      ],
      capacity: { cpu: '1500m', 'ephemeral-storage': '2Ki', memory: '1024Ki', pods: '110' },
      allocatable: { cpu: '1500m', 'ephemeral-storage': '2Ki', memory: '1024Ki', pods: '110' },
      conditions: [
        {
          ...{ type: 'MemoryPressure', status: 'False', ...at, reason: 'KubeletHasSufficientMemory' },
          message: 'kubelet has sufficient memory available',
        },
        {
          ...{ type: 'DiskPressure', status: 'False', ...at, reason: 'KubeletHasNoDiskPressure' },
          message: 'kubelet has no disk pressure',
        },
        {
          ...{ type: 'PIDPressure', status: 'False', ...at, reason: 'KubeletHasSufficientPID' },
          message: 'kubelet has sufficient PID available',
        },
        {
          ...{ type: 'Ready', status: 'True', ...at, reason: 'KubeletReady' },
          message: 'kubelet is posting ready status',
        },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        ...system,
        operatingSystem: 'linux',
        containerRuntimeVersion: 'containerd://1.7.24',
        kubeletVersion: 'v1.36.4',
        kubeProxyVersion: '',
      },
    },
  });
});

describe('an event', () => {
  const told: LoggedEvent = {
    ...{ uid: asPodUid('u'), namespace: 'default', name: 'web', fieldPath: 'spec.containers{main}' },
    ...{ type: 'Warning', reason: 'BackOff', message: 'again' },
    ...{ count: 3, firstMs: NOW_MS, lastMs: NOW_MS + 60_000 },
  };

  test('is about its pod, and told by a kubelet', () => {
    const name = eventName(told);
    expect(eventObject(told, 'box')).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        ...{ name, namespace: 'default', uid: expect.any(String) },
        creationTimestamp: '2026-01-02T03:04:05Z',
      },
      involvedObject: {
        ...{ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web', uid: 'u' },
        fieldPath: 'spec.containers{main}',
      },
      ...{ type: 'Warning', reason: 'BackOff', message: 'again', count: 3, eventTime: null },
      firstTimestamp: '2026-01-02T03:04:05Z',
      lastTimestamp: '2026-01-02T03:05:05Z',
      source: { component: 'kubelet', host: 'box' },
      reportingComponent: 'kubelet',
      reportingInstance: 'box',
    });
    expect(name).toMatch(/^web\.[\da-f]{16}$/);
  });

  test('keeps its name while it counts', () => {
    expect(eventName({ ...told, count: 4, lastMs: NOW_MS + 90_000 })).toBe(eventName(told));
    expect(eventName({ ...told, message: 'other' })).not.toBe(eventName(told));
  });
});
