import { describe, expect, test } from 'vitest';
import {
  asPodUid,
  type Container,
  containerHash,
  containerHashMatches,
  type Pod,
  type PodMetadata,
  sandboxHash,
  sandboxHashMatches,
  type VolumeMount,
  type VolumeSource,
} from '../../../src/pod/index.ts';

const base: Container = {
  name: 'app',
  image: 'app:1',
  command: ['/app'],
  args: ['-v'],
  workingDir: '/srv',
  env: [{ name: 'A', value: '1' }],
  ports: [{ containerPort: 80, hostPort: 8080, protocol: 'TCP' }],
  imagePullPolicy: 'IfNotPresent',
};

const pod: Pod = {
  metadata: { name: 'web', namespace: 'default', labels: {}, annotations: {} },
  spec: {
    containers: [base],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    hostNetwork: false,
  },
};

const withSpec = (changes: Partial<Pod['spec']>): Pod => ({ ...pod, spec: { ...pod.spec, ...changes } });
const withApp = (changes: Partial<Container>): Pod => withSpec({ containers: [{ ...base, ...changes }] });
const withPort = (changes: object): Pod =>
  withApp({ ports: base.ports.map((port) => ({ ...port, ...changes })) });
const withMetadata = (changes: Partial<PodMetadata>): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, ...changes },
});
/** A volume `v` that the container mounts, if `mount` is given. */
const withVolume = (source: VolumeSource, mount?: Partial<VolumeMount>): Pod =>
  withSpec({
    volumes: [{ name: 'v', source }],
    containers: [{ ...base, ...(mount && { volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] }) }],
  });

/** The hash of the pod's first container. */
const appHash = (of: Pod): string => {
  const [container] = of.spec.containers;
  return container === undefined ? 'none' : containerHash(container, of);
};

type Effect = 'sandbox' | 'container' | 'both' | 'nothing';
const effectOf = (before: Pod, after: Pod): Effect => {
  const sandbox = sandboxHash(before) !== sandboxHash(after);
  const container = appHash(before) !== appHash(after);
  return sandbox ? (container ? 'both' : 'sandbox') : container ? 'container' : 'nothing';
};

test('projection 1 is what it was: another value here would restart every container of every user', () => {
  expect(appHash(pod)).toBe('1:c52679c52b3ca3a4');
  expect(appHash(withApp({ command: [], args: [], env: [], ports: [] }))).toBe('1:8698b4df5733583c');
  expect(sandboxHash(pod)).toBe('1:228aea9022f72ae6');
  expect(sandboxHash(withSpec({ hostNetwork: true }))).toBe('1:ae0480d75d989517');
  expect(sandboxHash(withApp({ ports: [] }))).toBe('1:44136fa355b3678a');
  expect(sandboxHash(full)).toBe('1:476f91b6dfd53eb3');
  expect(appHash(full)).toBe('1:992d5ab45d87b566');
  const withSidecar = withSpec({ initContainers: [init, { ...sidecar, name: 'sidecar' }] });
  expect(sandboxHash(withSidecar)).toBe('1:67b38fe192d78431');
  expect(appHash(withApp({ lifecycle: { stopSignal: 'SIGRTMIN+3' } }))).toBe('1:830181fbf9473c1c');
});

/** Every field that is in a projection, set. */
const full: Pod = {
  metadata: {
    ...pod.metadata,
    annotations: {
      'cdi.k8s.io/gpu': 'example.com/gpu=0',
      'container.apparmor.security.beta.kubernetes.io/app': 'unconfined',
    },
  },
  spec: {
    ...pod.spec,
    initContainers: [{ ...base, name: 'init', ports: [] }],
    hostPID: true,
    hostIPC: true,
    shareProcessNamespace: true,
    hostUsers: false,
    hostname: 'h',
    subdomain: 's',
    setHostnameAsFQDN: true,
    hostnameOverride: 'o',
    hostAliases: [{ ip: '192.0.2.7', hostnames: ['a', 'b'] }],
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['192.0.2.53'], searches: ['s'], options: [{ name: 'ndots', value: '1' }] },
    runtimeClassName: 'kata',
    overhead: { cpu: '10m' },
    resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
    securityContext: { runAsUser: 1, fsGroup: 2, sysctls: [{ name: 'net.a', value: '1' }] },
    priorityClassName: 'system-node-critical',
    volumes: [
      { name: 'files', source: { kind: 'configMap', name: 'c', defaultMode: 420 } },
      { name: 'disk', source: { kind: 'emptyDir', medium: '' } },
    ],
    containers: [
      {
        ...base,
        env: [
          ...base.env,
          { name: 'B', value: '', valueFrom: { kind: 'fieldRef', fieldPath: 'metadata.name' } },
        ],
        envFrom: [{ kind: 'configMapRef', name: 'c', prefix: 'P_' }],
        resources: { limits: { cpu: '1' } },
        volumeMounts: [
          { name: 'files', mountPath: '/files' },
          { name: 'disk', mountPath: '/disk', subPath: 'a' },
        ],
        securityContext: { privileged: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
        stdin: true,
        stdinOnce: true,
        tty: true,
        terminationMessagePath: '/dev/last-words',
        terminationMessagePolicy: 'FallbackToLogsOnError',
      },
    ],
  },
};

const profile = { type: 'RuntimeDefault' } as const;
const env = (valueFrom: Container['env'][number]['valueFrom']): Partial<Container> => ({
  env: [...base.env, { name: 'B', value: '', ...(valueFrom && { valueFrom }) }],
});

const probe = {
  handler: { kind: 'exec', command: ['true'] },
  ...{
    initialDelaySeconds: 0,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  },
} as const;
const hook = { kind: 'sleep', seconds: 1 } as const;
const init: Container = { ...base, name: 'init', ports: [] };
const sidecar: Container = { ...init, restartPolicy: 'Always' };

describe('an edit of', () => {
  test.each<[field: string, effect: Effect, edited: Pod]>([
    ["a container's name", 'container', withApp({ name: 'other' })],
    ['image', 'container', withApp({ image: 'app:2' })],
    ['command', 'container', withApp({ command: ['/app', '/other'] })],
    ['args', 'container', withApp({ args: [] })],
    ['workingDir', 'container', withApp({ workingDir: '/' })],
    ['a value in env', 'container', withApp({ env: [{ name: 'A', value: '2' }] })],
    ['env', 'container', withApp({ env: [{ name: 'B', value: '2' }, ...base.env] })],
    ['env valueFrom', 'container', withApp(env({ kind: 'configMapKeyRef', name: 'c', key: 'k' }))],
    ['envFrom', 'container', withApp({ envFrom: [{ kind: 'secretRef', name: 's' }] })],
    ['resources', 'both', withApp({ resources: { requests: { cpu: '1' } } })],
    ['stdin', 'container', withApp({ stdin: true })],
    ['stdinOnce', 'container', withApp({ stdinOnce: true })],
    ['tty', 'container', withApp({ tty: true })],
    ['terminationMessagePath', 'container', withApp({ terminationMessagePath: '/t' })],
    ['terminationMessagePolicy', 'container', withApp({ terminationMessagePolicy: 'FallbackToLogsOnError' })],
    ["a container's securityContext", 'container', withApp({ securityContext: { runAsUser: 1 } })],
    ['privileged', 'both', withApp({ securityContext: { privileged: true } })],
    ['an init container', 'sandbox', withSpec({ initContainers: [{ ...base, name: 'init' }] })],
    [
      'the order of capabilities',
      'container',
      withApp({ securityContext: { capabilities: { add: ['A', 'B'] } } }),
    ],
    [
      'the AppArmor annotation of a container',
      'container',
      withMetadata({ annotations: { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' } }),
    ],
    [
      'priorityClassName: system-node-critical',
      'container',
      withSpec({ priorityClassName: 'system-node-critical' }),
    ],
    ['hostNetwork', 'sandbox', withSpec({ hostNetwork: true })],
    ['a host port', 'sandbox', withPort({ hostPort: 9090 })],
    ['a host address', 'sandbox', withPort({ hostIP: '127.0.0.1' })],
    ['the protocol of a host port', 'sandbox', withPort({ protocol: 'UDP' })],
    ['where a host port leads', 'sandbox', withPort({ containerPort: 81 })],
    ['a host port taken away', 'sandbox', withPort({ hostPort: undefined })],
    ['hostPID', 'sandbox', withSpec({ hostPID: true })],
    ['hostIPC', 'sandbox', withSpec({ hostIPC: true })],
    ['shareProcessNamespace', 'sandbox', withSpec({ shareProcessNamespace: true })],
    ['hostUsers', 'sandbox', withSpec({ hostUsers: false })],
    ['hostname', 'sandbox', withSpec({ hostname: 'h' })],
    ['subdomain', 'sandbox', withSpec({ subdomain: 'h' })],
    ['setHostnameAsFQDN', 'sandbox', withSpec({ setHostnameAsFQDN: true })],
    ['hostnameOverride', 'sandbox', withSpec({ hostnameOverride: 'h' })],
    ['hostAliases', 'sandbox', withSpec({ hostAliases: [{ ip: '192.0.2.7', hostnames: ['a'] }] })],
    ['dnsPolicy', 'sandbox', withSpec({ dnsPolicy: 'None' })],
    ['dnsConfig', 'sandbox', withSpec({ dnsConfig: { searches: ['a'] } })],
    ['runtimeClassName', 'sandbox', withSpec({ runtimeClassName: 'kata' })],
    ['overhead', 'sandbox', withSpec({ overhead: { cpu: '1' } })],
    ['pod-level resources', 'sandbox', withSpec({ resources: { limits: { cpu: '1' } } })],
    ['runAsUser of the pod', 'sandbox', withSpec({ securityContext: { runAsUser: 1 } })],
    ['fsGroup', 'sandbox', withSpec({ securityContext: { fsGroup: 1 } })],
    ['sysctls', 'sandbox', withSpec({ securityContext: { sysctls: [{ name: 'a', value: '1' }] } })],
    ['seccompProfile of the pod', 'sandbox', withSpec({ securityContext: { seccompProfile: profile } })],
    ['CDI annotations', 'sandbox', withMetadata({ annotations: { 'cdi.k8s.io/a': 'v/c=d' } })],
    ['name and namespace', 'nothing', withMetadata({ name: 'other', namespace: 'other' })],
    ['uid', 'nothing', withMetadata({ uid: asPodUid('u') })],
    ['labels and annotations', 'nothing', withMetadata({ labels: { a: '1' }, annotations: { a: '1' } })],
    ['restartPolicy', 'nothing', withSpec({ restartPolicy: 'Never' })],
    ['terminationGracePeriodSeconds', 'nothing', withSpec({ terminationGracePeriodSeconds: 1 })],
    ['activeDeadlineSeconds', 'nothing', withSpec({ activeDeadlineSeconds: 1 })],
    ['imagePullSecrets', 'nothing', withSpec({ imagePullSecrets: ['s'] })],
    ['serviceAccountName', 'nothing', withSpec({ serviceAccountName: 's' })],
    ['another priorityClassName', 'nothing', withSpec({ priorityClassName: 'high' })],
    ['fsGroupChangePolicy', 'nothing', withSpec({ securityContext: { fsGroupChangePolicy: 'Always' } })],
    ['imagePullPolicy', 'nothing', withApp({ imagePullPolicy: 'Always' })],
    ["a port's name", 'nothing', withPort({ name: 'http' })],
    [
      'a port without a host port',
      'nothing',
      withApp({ ports: [...base.ports, { containerPort: 1, protocol: 'TCP' }] }),
    ],
    ['dnsPolicy to its default', 'nothing', withSpec({ dnsPolicy: 'ClusterFirst' })],
    [
      'terminationMessagePath to its default',
      'nothing',
      withApp({ terminationMessagePath: '/dev/termination-log' }),
    ],
    ['stopSignal', 'container', withApp({ lifecycle: { stopSignal: 'SIGUSR1' } })],
    ['startupProbe', 'nothing', withApp({ startupProbe: probe })],
    ['livenessProbe', 'nothing', withApp({ livenessProbe: probe })],
    ['readinessProbe', 'nothing', withApp({ readinessProbe: probe })],
    ['postStart and preStop', 'nothing', withApp({ lifecycle: { postStart: hook, preStop: hook } })],
    ["a container's restartPolicy", 'nothing', withApp({ restartPolicy: 'Never' })],
    [
      'restartPolicyRules',
      'nothing',
      withApp({
        restartPolicy: 'Never',
        restartPolicyRules: [{ action: 'Restart', operator: 'In', exitCodes: [1] }],
      }),
    ],
    ['readinessGates', 'nothing', withSpec({ readinessGates: ['example.com/a'] })],
    ['a sidecar', 'sandbox', withSpec({ initContainers: [{ ...init, restartPolicy: 'Always' }] })],
    ['a volume nobody mounts', 'nothing', withVolume({ kind: 'hostPath', path: '/a', type: '' })],
  ])('%s replaces: %s', (_field, effect, edited) => {
    expect(effectOf(pod, edited)).toBe(effect);
    expect(sandboxHashMatches(sandboxHash(pod), edited)).toBe(effect !== 'sandbox' && effect !== 'both');
  });

  test('the other container changes nothing of this one', () => {
    const second: Container = { ...base, name: 'second', ports: [] };
    const both = withSpec({ containers: [base, second] });
    const edited = withSpec({ containers: [base, { ...second, image: 'other' }] });
    expect(effectOf(both, edited)).toBe('nothing');
  });

  test('a request that leaves the pod in its QoS class replaces the container and not the sandbox', () => {
    const asking = (cpu: string): Pod => withApp({ resources: { requests: { cpu } } });
    expect(effectOf(asking('1'), asking('2'))).toBe('container');
  });
});

describe('an edit of a mounted volume:', () => {
  const objectFiles = { kind: 'configMap', name: 'c', defaultMode: 420 } as const;
  test.each<[what: string, effect: Effect, before: Pod, after: Pod]>([
    [
      'where it is mounted',
      'container',
      withVolume(objectFiles, {}),
      withVolume(objectFiles, { mountPath: '/w' }),
    ],
    ['readOnly', 'container', withVolume(objectFiles, {}), withVolume(objectFiles, { readOnly: true })],
    [
      'mountPropagation',
      'container',
      withVolume(objectFiles, {}),
      withVolume(objectFiles, { mountPropagation: 'HostToContainer' }),
    ],
    ['subPath', 'container', withVolume(objectFiles, {}), withVolume(objectFiles, { subPath: 'a' })],
    ['its ConfigMap', 'nothing', withVolume(objectFiles, {}), withVolume({ ...objectFiles, name: 'd' }, {})],
    [
      'its ConfigMap under a sub path',
      'container',
      withVolume(objectFiles, { subPath: 'a' }),
      withVolume({ ...objectFiles, name: 'd' }, { subPath: 'a' }),
    ],
    [
      'its ConfigMap under a sub path expression',
      'container',
      withVolume(objectFiles, { subPathExpr: '$(A)' }),
      withVolume({ ...objectFiles, name: 'd' }, { subPathExpr: '$(A)' }),
    ],
    [
      'its kind',
      'container',
      withVolume(objectFiles, {}),
      withVolume({ ...objectFiles, kind: 'secret' }, {}),
    ],
    [
      'its items',
      'nothing',
      withVolume({ kind: 'downwardAPI', items: [], defaultMode: 420 }, {}),
      withVolume({ kind: 'downwardAPI', items: [], defaultMode: 256 }, {}),
    ],
    [
      'its sources',
      'nothing',
      withVolume({ kind: 'projected', sources: [], defaultMode: 420 }, {}),
      withVolume({ kind: 'projected', sources: [{ kind: 'secret', name: 's' }], defaultMode: 420 }, {}),
    ],
    [
      'its path on the machine',
      'container',
      withVolume({ kind: 'hostPath', path: '/a', type: '' }, {}),
      withVolume({ kind: 'hostPath', path: '/b', type: '' }, {}),
    ],
    [
      'its claim',
      'container',
      withVolume({ kind: 'persistentVolumeClaim', claimName: 'a' }, {}),
      withVolume({ kind: 'persistentVolumeClaim', claimName: 'b' }, {}),
    ],
    [
      'its medium',
      'container',
      withVolume({ kind: 'emptyDir', medium: '' }, {}),
      withVolume({ kind: 'emptyDir', medium: 'Memory' }, {}),
    ],
    [
      'its image',
      'container',
      withVolume({ kind: 'image', reference: 'a', pullPolicy: 'Always' }, {}),
      withVolume({ kind: 'image', reference: 'b', pullPolicy: 'Always' }, {}),
    ],
    [
      "its image's pull policy",
      'nothing',
      withVolume({ kind: 'image', reference: 'a', pullPolicy: 'Always' }, {}),
      withVolume({ kind: 'image', reference: 'a', pullPolicy: 'Never' }, {}),
    ],
  ])('%s replaces: %s', (_what, effect, before, after) => {
    expect(effectOf(before, after)).toBe(effect);
  });
});

describe('init containers:', () => {
  const other: Container = { ...init, name: 'other' };
  const withInit = (...initContainers: Container[]): Pod => withSpec({ initContainers });

  test.each<[what: string, effect: Effect, before: Pod, after: Pod]>([
    ['another image', 'sandbox', withInit(init), withInit({ ...init, image: 'b' })],
    ['another image of a sidecar', 'nothing', withInit(sidecar), withInit({ ...sidecar, image: 'b' })],
    ['another name of a sidecar', 'sandbox', withInit(sidecar), withInit({ ...sidecar, name: 'b' })],
    ['a plain one made a sidecar', 'sandbox', withInit(init), withInit(sidecar)],
    [
      'a plain one tried again by a rule of its own',
      'nothing',
      withInit(init),
      withInit({ ...init, restartPolicy: 'OnFailure' }),
    ],
    [
      'the order of sidecars',
      'sandbox',
      withInit(sidecar, { ...sidecar, name: 'b' }),
      withInit({ ...sidecar, name: 'b' }, sidecar),
    ],
    ['a sidecar before a plain one', 'sandbox', withInit(other, sidecar), withInit(sidecar, other)],
    [
      'probes and hooks of a sidecar',
      'nothing',
      withInit(sidecar),
      withInit({ ...sidecar, startupProbe: probe, lifecycle: { preStop: hook } }),
    ],
  ])('%s replaces: %s', (_what, effect, before, after) => {
    expect(effectOf(before, after)).toBe(effect);
  });

  test('a sidecar has a hash of its own', () => {
    const hashOf = (container: Container): string => containerHash(container, withInit(container));
    expect(hashOf({ ...sidecar, image: 'b' })).not.toBe(hashOf(sidecar));
    expect(hashOf({ ...sidecar, livenessProbe: probe })).toBe(hashOf(sidecar));
  });
});

test('command and args are told apart', () => {
  expect(appHash(withApp({ command: base.args, args: base.command }))).not.toBe(appHash(pod));
});

test('a hash does not depend on the order in which a reader sets fields', () => {
  const turned = turn(full);
  expect(Object.keys(turned.spec)).not.toEqual(Object.keys(full.spec));
  expect(effectOf(full, turned)).toBe('nothing');
});

describe("a sandbox's hash", () => {
  test('does not depend on which container declares a host port, nor on their order', () => {
    const second: Container = {
      ...base,
      name: 'second',
      ports: [{ containerPort: 1, hostPort: 1, protocol: 'TCP' }],
    };
    const [both, turned] = [
      [base, second],
      [second, base],
    ].map((containers) => sandboxHash(withSpec({ containers })));
    expect(both).toBe(turned);
  });

  test('ignores host ports on the host network, where the runtime maps none', () => {
    const onHost = (of: Pod): Pod => ({ ...of, spec: { ...of.spec, hostNetwork: true } });
    expect(sandboxHash(onHost(pod))).toBe(sandboxHash(onHost(withApp({ ports: [] }))));
  });
});

describe('a recorded hash', () => {
  test.each([undefined, '', '2:0000000000000000', 'toString:x', '__proto__:x'])(
    'of a version that is not known here, %s, counts as equal: what runs stays',
    (hash) => {
      expect([sandboxHashMatches(hash, pod), containerHashMatches(hash, base, pod)]).toEqual([true, true]);
    },
  );

  test('of this version must be equal', () => {
    expect(sandboxHashMatches(sandboxHash(pod), pod)).toBe(true);
    expect(containerHashMatches(containerHash(base, pod), base, pod)).toBe(true);
    expect(sandboxHashMatches('1:0000000000000000', pod)).toBe(false);
    expect(containerHashMatches('1:0000000000000000', base, pod)).toBe(false);
  });

  test('is found again after the pod went through a file', () => {
    const read: Pod = JSON.parse(JSON.stringify(full));
    expect(effectOf(full, read)).toBe('nothing');
  });

  test('of a container is taken for the pod it stands in', () => {
    const critical = withSpec({ priorityClassName: 'system-node-critical' });
    expect(critical.spec.containers[0]).toBe(pod.spec.containers[0]);
    expect(containerHash(base, critical)).not.toBe(containerHash(base, pod));
  });
});

/** The same value with the fields of every object in the opposite order. */
function turn<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, field: unknown) =>
      typeof field === 'object' && field !== null && !Array.isArray(field)
        ? Object.fromEntries(Object.entries(field).reverse())
        : field,
    ),
  );
}
