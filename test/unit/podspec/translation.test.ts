import { describe, expect, test } from 'vitest';
import {
  asOwnerId,
  asPodUid,
  type Container,
  containerHash,
  type Pod,
  sandboxHash,
} from '../../../src/pod/index.ts';
import {
  containerConfig,
  containerLogPath,
  podLogDirectory,
  sandboxConfig,
} from '../../../src/podspec/index.ts';
import { makePlace, parts } from './base.ts';

const uid = asPodUid('u-1');
const owner = asOwnerId('o-1');
const sandboxIdentity = { uid, owner, attempt: 3, file: '/m/web.yaml', logDir: '/var/log/pods' };
const containerIdentity = { uid, owner, attempt: 4, backoffStep: 2 };
const place = makePlace();

const app: Container = {
  name: 'app',
  image: 'example.com/app:1',
  command: ['/bin/app', '--serve'],
  args: ['a', ''],
  workingDir: '/srv',
  env: [
    { name: 'A', value: '1' },
    { name: 'EMPTY', value: '' },
  ],
  ports: [
    { name: 'http', containerPort: 80, hostPort: 8080, hostIP: '127.0.0.1', protocol: 'TCP' },
    { containerPort: 53, protocol: 'UDP' },
  ],
  imagePullPolicy: 'Always',
};

const bare: Container = {
  ...{ name: 'bare', image: 'bare', command: [], args: [], env: [], ports: [] },
  imagePullPolicy: 'IfNotPresent',
};

const pod: Pod = {
  metadata: {
    name: 'web',
    namespace: 'prod',
    labels: { app: 'web', 'io.kubernetes.pod.name': 'forged' },
    annotations: { note: 'kept', 'tinylet.dev/source': 'forged' },
  },
  spec: {
    containers: [app, bare],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 45,
    hostNetwork: false,
  },
};

const hostPod: Pod = { ...pod, spec: { ...pod.spec, hostNetwork: true } };

const ownLabels = {
  tinylet: 'true',
  'tinylet.dev/owner': 'o-1',
  'io.kubernetes.pod.name': 'web',
  'io.kubernetes.pod.namespace': 'prod',
  'io.kubernetes.pod.uid': 'u-1',
};

describe('a sandbox config (kubelet: generatePodSandboxConfig)', () => {
  const golden = {
    metadata: { name: 'web', namespace: 'prod', uid: 'u-1', attempt: 3 },
    hostname: 'web',
    log_directory: '/var/log/pods/prod_web_u-1',
    dns_config: { servers: ['192.0.2.53'], searches: ['example.com'], options: ['ndots:2', 'edns0'] },
    port_mappings: [
      { protocol: 'TCP', container_port: 80, host_port: 8080, host_ip: '127.0.0.1' },
      { protocol: 'UDP', container_port: 53, host_port: 0, host_ip: '' },
    ],
    labels: { app: 'web', ...ownLabels },
    annotations: {
      note: 'kept',
      'kubernetes.io/config.source': 'file',
      'tinylet.dev/sandbox-hash': sandboxHash(pod),
      'tinylet.dev/host-ports': '[{"protocol":"TCP","hostIP":"127.0.0.1","hostPort":8080}]',
      'tinylet.dev/source': '/m/web.yaml',
    },
    linux: {
      security_context: {
        namespace_options: { network: 'POD', pid: 'CONTAINER', ipc: 'POD' },
        seccomp: { profile_type: 'RuntimeDefault' },
      },
      resources: { cpu_shares: 2, cpu_period: 100_000 },
    },
  };

  test('of a full pod', () => {
    expect(sandboxConfig(pod, sandboxIdentity, place)).toStrictEqual(golden);
  });

  test("of a pod on the host's network: no hostname of its own, the node's network", () => {
    expect(sandboxConfig(hostPod, sandboxIdentity, place)).toStrictEqual({
      ...golden,
      hostname: '',
      annotations: { ...golden.annotations, 'tinylet.dev/sandbox-hash': sandboxHash(hostPod) },
      linux: {
        ...golden.linux,
        security_context: {
          ...golden.linux.security_context,
          namespace_options: { network: 'NODE', pid: 'CONTAINER', ipc: 'POD' },
        },
      },
    });
  });

  test.each([
    ['web', 'web'],
    ['web.example.com', 'web.example.com'],
    ['a'.repeat(63), 'a'.repeat(63)],
    ['a'.repeat(64), 'a'.repeat(63)],
    [`${'a'.repeat(61)}-.b`, 'a'.repeat(61)],
    [`${'a'.repeat(60)}.-.b`, 'a'.repeat(60)],
  ])('hostname of %s is %s (kubelet: GeneratePodHostNameAndDomain)', (name, hostname) => {
    const named = { ...pod, metadata: { ...pod.metadata, name } };
    expect(sandboxConfig(named, sandboxIdentity, place).hostname).toBe(hostname);
  });
});

describe('a container config (kubelet: generateContainerConfig)', () => {
  const golden = {
    metadata: { name: 'app', attempt: 4 },
    image: { image: 'sha256:1', user_specified_image: 'example.com/app:1' },
    command: ['/bin/app', '--serve'],
    args: ['a', ''],
    working_dir: '/srv',
    envs: [
      { key: 'A', value: '1' },
      { key: 'EMPTY', value: '' },
    ],
    labels: { ...ownLabels, 'io.kubernetes.container.name': 'app' },
    annotations: {
      'tinylet.dev/container-hash': containerHash(app, pod),
      'tinylet.dev/sandbox-hash': sandboxHash(pod),
      'tinylet.dev/backoff-step': '2',
      'io.kubernetes.container.restartCount': '4',
      'io.kubernetes.container.terminationMessagePath': '/dev/termination-log',
      'io.kubernetes.container.terminationMessagePolicy': 'File',
      'io.kubernetes.pod.terminationGracePeriod': '45',
      'io.kubernetes.container.ports':
        '[{"name":"http","containerPort":80,"hostPort":8080,"hostIP":"127.0.0.1","protocol":"TCP"},' +
        '{"containerPort":53,"protocol":"UDP"}]',
    },
    log_path: 'app/4.log',
    linux: {
      resources: { cpu_shares: 2, cpu_period: 100_000, oom_score_adj: 1000 },
      security_context: {
        namespace_options: { network: 'POD', pid: 'CONTAINER', ipc: 'POD' },
        seccomp: { profile_type: 'Unconfined' },
        masked_paths: [
          '/proc/asound',
          '/proc/acpi',
          '/proc/interrupts',
          '/proc/kcore',
          '/proc/keys',
          '/proc/latency_stats',
          '/proc/timer_list',
          '/proc/timer_stats',
          '/proc/sched_debug',
          '/proc/scsi',
          '/sys/firmware',
          '/sys/devices/virtual/powercap',
        ],
        readonly_paths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
      },
    },
  };

  test('of a full container; labels of the pod stay on its sandbox', () => {
    const variables = new Map([
      ['A', '1'],
      ['EMPTY', ''],
    ]);
    const made = containerConfig({ pod, container: app }, containerIdentity, { ...parts, variables }, place);
    expect(made).toStrictEqual(golden);
  });

  test("of a bare one in a pod on the host's network: what is unset is left to the image", () => {
    const { 'io.kubernetes.container.ports': _none, ...annotations } = golden.annotations;
    const identity = { ...containerIdentity, attempt: 0, backoffStep: 0 };
    const made = containerConfig({ pod: hostPod, container: bare }, identity, parts, place);
    expect(made).toStrictEqual({
      ...golden,
      metadata: { name: 'bare', attempt: 0 },
      image: { image: 'sha256:1', user_specified_image: 'bare' },
      ...{ command: [], args: [], working_dir: '', envs: [] },
      labels: { ...ownLabels, 'io.kubernetes.container.name': 'bare' },
      annotations: {
        ...annotations,
        'tinylet.dev/container-hash': containerHash(bare, hostPod),
        'tinylet.dev/sandbox-hash': sandboxHash(hostPod),
        'tinylet.dev/backoff-step': '0',
        'io.kubernetes.container.restartCount': '0',
      },
      log_path: 'bare/0.log',
      linux: {
        ...golden.linux,
        security_context: {
          ...golden.linux.security_context,
          namespace_options: { network: 'NODE', pid: 'CONTAINER', ipc: 'POD' },
        },
      },
    });
  });
});

test('logs lie where the kubelet puts them', () => {
  expect(podLogDirectory('/logs', { namespace: 'prod', name: 'web', uid })).toBe('/logs/prod_web_u-1');
  expect(containerLogPath('app', 12)).toBe('app/12.log');
});
