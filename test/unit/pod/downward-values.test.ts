import { describe, expect, test } from 'vitest';
import {
  asPodUid,
  type Container,
  downwardValue,
  type Pod,
  type PodFacts,
  type ResourceRequirements,
} from '../../../src/pod/index.ts';

const app: Container = {
  ...{ name: 'app', image: 'i', command: [], args: [], env: [], ports: [], imagePullPolicy: 'Never' },
  resources: {
    limits: { cpu: '250m', memory: '64Mi', 'hugepages-2Mi': '4Mi' },
    requests: { cpu: '100m', memory: '1M', 'hugepages-2Mi': '4Mi' },
  },
};
const bare: Container = {
  ...{ name: 'bare', image: 'i', command: [], args: [], env: [], ports: [], imagePullPolicy: 'Never' },
};

const pod: Pod = {
  metadata: {
    name: 'web',
    namespace: 'prod',
    labels: { tier: 'front', app: 'web' },
    annotations: { 'example.com/note': 'a "quoted"\nline\t\\ é\u0000\u200b\u{1F600}\ud800', __proto__x: 'y' },
  },
  spec: {
    containers: [app, bare],
    initContainers: [{ ...bare, name: 'init', resources: { limits: { cpu: '3' } } }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    hostNetwork: false,
    serviceAccountName: 'robot',
  },
};

const facts: PodFacts = {
  uid: asPodUid('u-1'),
  podIPs: ['10.0.0.7', 'fd00::7'],
  node: {
    name: 'node-1',
    hostIPs: ['192.0.2.1', '2001:db8::1'],
    cpuMilli: 3500,
    memoryBytes: 4 * 2 ** 30,
    storageBytes: 10_000_000_001,
    kernel: [6, 1],
    cgroups: { version: 2, swap: false, shared: false },
    hugepageSizes: [],
    appArmor: false,
    seLinux: false,
    thermalThrottlePaths: [],
    resolvConf: { nameservers: [], searches: [], options: [] },
    etcHosts: '',
    settings: { allowedUnsafeSysctls: [], clusterDomain: '', seccompDir: '/s' },
  },
};

const field = (path: string, of = pod, given = facts) =>
  downwardValue(of, { kind: 'fieldRef', fieldPath: path }, given);

// kubelet: podFieldSelectorRuntimeValue; pkg/fieldpath
describe('a field of the pod', () => {
  test.each<[path: string, text: string]>([
    ['metadata.name', 'web'],
    ['metadata.namespace', 'prod'],
    ['metadata.uid', 'u-1'],
    ["metadata.labels['app']", 'web'],
    ["metadata.labels['none']", ''],
    ["metadata.labels['toString']", ''],
    ["metadata.annotations['__proto__x']", 'y'],
    ['metadata.labels', 'app="web"\ntier="front"'],
    [
      'metadata.annotations',
      String.raw`__proto__x="y"${'\n'}example.com/note="a \"quoted\"\nline\t\\ é\x00\u200b😀\ufffd"`,
    ],
    ['spec.nodeName', 'node-1'],
    ['spec.serviceAccountName', 'robot'],
    ['status.hostIP', '192.0.2.1'],
    ['status.hostIPs', '192.0.2.1,2001:db8::1'],
    ['status.podIP', '10.0.0.7'],
    ['status.podIPs', '10.0.0.7,fd00::7'],
  ])('%s', (path, text) => {
    expect(field(path)).toEqual({ text });
  });

  test.each(['spec.restartPolicy', 'status.phase', 'metadata.labels[app]', 'toString', ''])(
    '%j is none',
    (path) => {
      expect(field(path)).toEqual({ problem: `unsupported fieldPath: ${path}` });
    },
  );

  test("on the host's network the pod's addresses are the machine's", () => {
    const onHost = { ...pod, spec: { ...pod.spec, hostNetwork: true } };
    const unknown = { ...facts, podIPs: [] };
    expect(field('status.podIP', onHost, unknown)).toEqual({ text: '192.0.2.1' });
    expect(field('status.podIPs', onHost, unknown)).toEqual({ text: '192.0.2.1,2001:db8::1' });
  });

  test('addresses nobody knows and a service account nobody named are empty', () => {
    const unknown = { ...facts, podIPs: [], node: { ...facts.node, hostIPs: [] } };
    for (const path of ['status.podIP', 'status.podIPs', 'status.hostIP', 'status.hostIPs']) {
      expect(field(path, pod, unknown)).toEqual({ text: '' });
    }
    const { serviceAccountName: _none, ...spec } = pod.spec;
    expect(field('spec.serviceAccountName', { ...pod, spec })).toEqual({ text: '' });
  });
});

const resource = (name: string, divisor?: string, of: Pod = pod, container: Container | undefined = app) =>
  downwardValue(
    of,
    { kind: 'resourceFieldRef', resource: name, ...(divisor && { divisor }) },
    facts,
    container,
  );

// component-helpers: ExtractContainerResourceValue
describe('a resource of a container', () => {
  test.each<[name: string, divisor: string | undefined, text: string]>([
    ['limits.cpu', undefined, '1'],
    ['limits.cpu', '1', '1'],
    ['limits.cpu', '1m', '250'],
    ['limits.cpu', '0', '1'],
    ['requests.cpu', '1m', '100'],
    ['limits.memory', undefined, '67108864'],
    ['limits.memory', '1Mi', '64'],
    ['limits.memory', '1M', '68'],
    ['limits.memory', '1Gi', '1'],
    ['requests.memory', '1Ki', '977'],
    ['limits.hugepages-2Mi', '1Mi', '4'],
    ['requests.hugepages-2Mi', undefined, '4194304'],
    ['limits.hugepages-1Gi', undefined, '0'],
    ['limits.ephemeral-storage', '1Gi', '10'],
    ['requests.ephemeral-storage', undefined, '0'],
  ])('%s by %s is %s', (name, divisor, text) => {
    expect(resource(name, divisor)).toEqual({ text });
  });

  test.each<[name: string, text: string]>([
    ['limits.cpu', '4'],
    ['limits.memory', '4294967296'],
    ['limits.ephemeral-storage', '10000000001'],
    ['requests.cpu', '0'],
    ['requests.memory', '0'],
  ])('without a value of its own %s is %s: a limit falls back to all of the machine', (name, text) => {
    expect(resource(name, undefined, pod, bare)).toEqual({ text });
  });

  test.each<[ofPod: ResourceRequirements, text: string]>([
    [{ limits: { memory: '1Gi' } }, '1073741824'],
    [{ limits: { memory: '8Gi' } }, '4294967296'],
    [{ limits: { cpu: '1' } }, '4294967296'],
  ])('pod-level %j caps what a memory limit falls back to: %s', (resources, text) => {
    const limited = { ...pod, spec: { ...pod.spec, resources } };
    expect(resource('limits.memory', undefined, limited, bare)).toEqual({ text });
    expect(resource('limits.memory', undefined, limited, app)).toEqual({ text: '67108864' });
  });

  test('is that of the named container, whoever asks', () => {
    const of = (containerName: string) =>
      downwardValue(pod, { kind: 'resourceFieldRef', containerName, resource: 'limits.cpu' }, facts, bare);
    expect([of('app'), of('init')]).toEqual([{ text: '1' }, { text: '3' }]);
    expect(of('other')).toEqual({ problem: 'container other not found' });
  });

  test.each(['limits.gpu', 'limits', 'cpu', 'sums.cpu', ''])('%j is none', (name) => {
    expect(resource(name)).toEqual({ problem: `unsupported container resource : ${name}` });
  });
});
