import { describe, expect, test } from 'vitest';
import {
  asContainerId,
  type Container,
  type ContainerSecurityContext,
  type NodeFacts,
  type PodSecurityContext,
} from '../../../src/pod/index.ts';
import { containerConfig } from '../../../src/podspec/index.ts';
import {
  app,
  containerIdentity,
  containerOf,
  containerPiece,
  makePlace,
  makePod,
  type PodChanges,
  parts,
  subjectOf,
} from './base.ts';

const security = (context: unknown): unknown => ({ linux: { security_context: context } });

// kubelet: generateContainerConfig
describe('of a field alone the container gets', () => {
  test.each<[field: string, app: Partial<Container>, piece: unknown]>([
    ['command', { command: ['/a', '$(A)', '$$(A)', '$(B)'] }, { command: ['/a', 'one', '$(A)', '$(B)'] }],
    ['args', { args: ['$(A)$(A)'] }, { args: ['oneone'] }],
    ['workingDir, as it is written', { workingDir: '/srv/$(A)' }, { working_dir: '/srv/$(A)' }],
    ['stdin', { stdin: true }, { stdin: true }],
    ['stdinOnce', { stdinOnce: true }, { stdin_once: true }],
    ['tty', { tty: true }, { tty: true }],
    ['image', { image: 'other' }, { image: { user_specified_image: 'other' } }],
    [
      'terminationMessagePath',
      { terminationMessagePath: '/last' },
      { annotations: { 'io.kubernetes.container.terminationMessagePath': '/last' } },
    ],
    [
      'terminationMessagePolicy',
      { terminationMessagePolicy: 'FallbackToLogsOnError' },
      { annotations: { 'io.kubernetes.container.terminationMessagePolicy': 'FallbackToLogsOnError' } },
    ],
    [
      'ports',
      { ports: [{ containerPort: 80, protocol: 'TCP' }] },
      { annotations: { 'io.kubernetes.container.ports': '[{"containerPort":80,"protocol":"TCP"}]' } },
    ],
    [
      'preStop',
      { lifecycle: { preStop: { kind: 'sleep', seconds: 5 } } },
      { annotations: { 'io.kubernetes.container.preStopHandler': '{"sleep":{"seconds":5}}' } },
    ],
    ['stopSignal', { lifecycle: { stopSignal: 'SIGUSR1' } }, { stop_signal: 'SIGUSR1' }],
    [
      'a stopSignal above the first of its kind',
      { lifecycle: { stopSignal: 'SIGRTMIN+3' } },
      { stop_signal: 'SIGRTMINPLUS3' },
    ],
    [
      'a stopSignal below the last of its kind',
      { lifecycle: { stopSignal: 'SIGRTMAX-14' } },
      { stop_signal: 'SIGRTMAXMINUS14' },
    ],
    ['nothing of postStart', { lifecycle: { postStart: { kind: 'sleep', seconds: 5 } } }, {}],
    ['nothing of restartPolicy', { restartPolicy: 'Never' }, {}],
    ['nothing of env: its variables come resolved', { env: [{ name: 'C', value: 'c' }] }, {}],
    ['nothing of imagePullPolicy', { imagePullPolicy: 'Always' }, {}],
  ])('%s', (_field, changes, expected) => {
    expect(containerPiece({ app: changes }, makePlace(), { variables: new Map([['A', 'one']]) })).toEqual(
      expected,
    );
  });

  test('mounts, devices and variables as they are given', () => {
    const mounts = [{ container_path: '/a', host_path: '/b' }];
    const devices = [{ container_path: '/dev/a', host_path: '/dev/b', permissions: 'rw' }];
    const variables = new Map([
      ['B', '$(A)'],
      ['A', ''],
    ]);
    const made = containerOf(makePod(), makePlace(), { mounts, devices, variables });
    expect([made.mounts, made.devices, made.envs]).toEqual([
      mounts,
      devices,
      [
        { key: 'B', value: '$(A)' },
        { key: 'A', value: '' },
      ],
    ]);
  });

  test('the digest of its configuration, where it has any', () => {
    const made = containerConfig(
      subjectOf(makePod()),
      { ...containerIdentity, configHash: '1:d' },
      parts,
      makePlace(),
    );
    expect(made.annotations).toMatchObject({ 'tinylet.dev/config-hash': '1:d' });
    expect(containerOf(makePod()).annotations).not.toHaveProperty(['tinylet.dev/config-hash']);
  });

  test.each<[string, PodChanges, unknown]>([
    ['of its target', {}, { pid: 'TARGET', target_id: 'c-1' }],
    ['that all share', { spec: { shareProcessNamespace: true } }, { pid: 'POD' }],
    ['of the machine', { spec: { hostPID: true } }, { pid: 'NODE' }],
  ])('the processes %s', (_, changes, namespaces) => {
    const pod = makePod(changes);
    const config = containerConfig(
      subjectOf(pod),
      containerIdentity,
      { ...parts, processesOf: asContainerId('c-1') },
      makePlace(),
    );
    expect(config.linux?.security_context?.namespace_options).toMatchObject(namespaces as object);
  });

  test('the CDI devices of its pod, each once and as it is written', () => {
    const annotations = {
      'cdi.k8s.io/gpus': 'example.com/gpu=0,example.com/gpu=1',
      'cdi.k8s.io/more': 'example.com/gpu=1',
      'example.com/cdi.k8s.io': 'no',
    };
    expect(containerPiece({ metadata: { annotations } })).toEqual({
      CDI_devices: [{ name: 'example.com/gpu=0' }, { name: 'example.com/gpu=1' }],
    });
  });
});

// kubelet: determineEffectiveSecurityContext
describe('of a security setting alone the container gets', () => {
  test.each<[setting: string, own: ContainerSecurityContext, piece: unknown]>([
    ['runAsUser', { runAsUser: 0 }, { run_as_user: { value: 0 } }],
    ['runAsGroup', { runAsGroup: 8 }, { run_as_group: { value: 8 } }],
    ['runAsNonRoot, which is checked before', { runAsNonRoot: true }, undefined],
    ['privileged', { privileged: true }, { privileged: true }],
    ['privileged: false', { privileged: false }, undefined],
    ['allowPrivilegeEscalation: false', { allowPrivilegeEscalation: false }, { no_new_privs: true }],
    ['allowPrivilegeEscalation: true', { allowPrivilegeEscalation: true }, undefined],
    ['readOnlyRootFilesystem', { readOnlyRootFilesystem: true }, { readonly_rootfs: true }],
    [
      'capabilities, as they are written',
      { capabilities: { add: ['NET_ADMIN', 'CAP_CHOWN'], drop: ['ALL'] } },
      { capabilities: { add_capabilities: ['NET_ADMIN', 'CAP_CHOWN'], drop_capabilities: ['ALL'] } },
    ],
    [
      'capabilities to drop',
      { capabilities: { drop: ['ALL'] } },
      { capabilities: { add_capabilities: [], drop_capabilities: ['ALL'] } },
    ],
    ['procMount: Unmasked', { procMount: 'Unmasked' }, { masked_paths: 'gone', readonly_paths: 'gone' }],
    ['procMount: Default', { procMount: 'Default' }, undefined],
    [
      'seccomp RuntimeDefault',
      { seccompProfile: { type: 'RuntimeDefault' } },
      { seccomp: { profile_type: 'RuntimeDefault' } },
    ],
    ['seccomp Unconfined', { seccompProfile: { type: 'Unconfined' } }, undefined],
    [
      'seccomp Localhost',
      { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/a.json' } },
      { seccomp: { profile_type: 'Localhost', localhost_ref: '/root-dir/seccomp/profiles/a.json' } },
    ],
    [
      'AppArmor RuntimeDefault',
      { appArmorProfile: { type: 'RuntimeDefault' } },
      { apparmor: { profile_type: 'RuntimeDefault' }, apparmor_profile: 'runtime/default' },
    ],
    [
      'AppArmor Unconfined',
      { appArmorProfile: { type: 'Unconfined' } },
      { apparmor: { profile_type: 'Unconfined' }, apparmor_profile: 'unconfined' },
    ],
    [
      'AppArmor Localhost',
      { appArmorProfile: { type: 'Localhost', localhostProfile: 'p' } },
      { apparmor: { profile_type: 'Localhost', localhost_ref: 'p' }, apparmor_profile: 'localhost/p' },
    ],
    ['seLinuxOptions', { seLinuxOptions: { level: 's0:c1' } }, { selinux_options: { level: 's0:c1' } }],
  ])('%s', (_setting, securityContext, piece) => {
    expect(containerPiece({ app: { securityContext } })).toEqual(piece === undefined ? {} : security(piece));
  });

  test.each<[setting: string, ofPod: PodSecurityContext, piece: unknown]>([
    ['runAsUser', { runAsUser: 7 }, { run_as_user: { value: 7 } }],
    ['runAsGroup', { runAsGroup: 8 }, { run_as_group: { value: 8 } }],
    [
      'fsGroup and supplementalGroups',
      { supplementalGroups: [3, 2], fsGroup: 1 },
      { supplemental_groups: [1, 3, 2] },
    ],
    [
      'supplementalGroupsPolicy',
      { supplementalGroupsPolicy: 'Strict' },
      { supplemental_groups_policy: 'Strict' },
    ],
    ['seLinuxOptions', { seLinuxOptions: { user: 'u' } }, { selinux_options: { user: 'u' } }],
    [
      'seccompProfile',
      { seccompProfile: { type: 'RuntimeDefault' } },
      { seccomp: { profile_type: 'RuntimeDefault' } },
    ],
    [
      'appArmorProfile',
      { appArmorProfile: { type: 'RuntimeDefault' } },
      { apparmor: { profile_type: 'RuntimeDefault' }, apparmor_profile: 'runtime/default' },
    ],
    ['sysctls, which are the sandbox’s', { sysctls: [{ name: 'net.a', value: '1' }] }, undefined],
  ])('%s of the pod', (_setting, securityContext, piece) => {
    expect(containerPiece({ spec: { securityContext } })).toEqual(piece === undefined ? {} : security(piece));
  });

  test("its own setting wins over the pod's, whole", () => {
    const ofPod: PodSecurityContext = {
      ...{ runAsUser: 1, runAsGroup: 1, seLinuxOptions: { user: 'u', role: 'r' } },
      seccompProfile: { type: 'RuntimeDefault' },
      appArmorProfile: { type: 'RuntimeDefault' },
    };
    const own: ContainerSecurityContext = {
      ...{ runAsUser: 2, runAsGroup: 2, seLinuxOptions: { level: 'l' } },
      seccompProfile: { type: 'Unconfined' },
      appArmorProfile: { type: 'Unconfined' },
    };
    const changes: PodChanges = {
      spec: { securityContext: ofPod, containers: [{ ...app, securityContext: own }] },
    };
    expect(containerPiece(changes)).toEqual(containerPiece({ app: { securityContext: own } }));
  });

  test.each([
    ['hostNetwork', { network: 'NODE' }],
    ['hostPID', { pid: 'NODE' }],
    ['hostIPC', { ipc: 'NODE' }],
    ['shareProcessNamespace', { pid: 'POD' }],
  ])('the namespaces of its sandbox: %s', (field, options) => {
    expect(containerPiece({ spec: { [field]: true } })).toEqual(security({ namespace_options: options }));
  });

  test('the user namespace of its sandbox', () => {
    const ids = [{ container_id: 0, host_id: 65_536, length: 65_536 }];
    expect(containerPiece({ spec: { hostUsers: false } }, makePlace({ usersBase: 65_536 }))).toEqual(
      security({ namespace_options: { userns_options: { mode: 'POD', uids: ids, gids: ids } } }),
    );
  });

  test('what this machine hides beside the usual paths', () => {
    const paths = ['/sys/devices/system/cpu/cpu0/thermal_throttle'];
    const { masked_paths: usual = [] } = containerOf(makePod()).linux?.security_context ?? {};
    const made = containerOf(makePod(), makePlace({ node: { thermalThrottlePaths: paths } }));
    expect(made.linux?.security_context?.masked_paths).toEqual([...usual, ...paths]);
  });
});

describe('the AppArmor annotation of a container', () => {
  const key = 'container.apparmor.security.beta.kubernetes.io/app';
  const unconfined = security({ apparmor: { profile_type: 'Unconfined' }, apparmor_profile: 'unconfined' });
  test.each<[value: string, piece: unknown]>([
    [
      'runtime/default',
      security({ apparmor: { profile_type: 'RuntimeDefault' }, apparmor_profile: 'runtime/default' }),
    ],
    ['unconfined', unconfined],
    [
      'localhost/p',
      security({
        apparmor: { profile_type: 'Localhost', localhost_ref: 'p' },
        apparmor_profile: 'localhost/p',
      }),
    ],
    ['', {}],
  ])('%j counts as its field', (value, piece) => {
    expect(containerPiece({ metadata: { annotations: { [key]: value } } })).toEqual(piece);
  });

  test("comes after the container's field and before the pod's", () => {
    const metadata = { annotations: { [key]: 'unconfined' } };
    const appArmorProfile = { type: 'RuntimeDefault' } as const;
    expect(containerPiece({ metadata, spec: { securityContext: { appArmorProfile } } })).toEqual(unconfined);
    expect(containerPiece({ metadata, app: { securityContext: { appArmorProfile } } })).toEqual(
      containerPiece({ app: { securityContext: { appArmorProfile } } }),
    );
  });
});

// ImageStatus says a number, a name, or nothing, which is root.
describe('whom the container runs as', () => {
  test.each<
    [
      what: string,
      user: { uid?: number; username: string } | undefined,
      own: ContainerSecurityContext,
      as: unknown,
    ]
  >([
    ['of an image with a number', { uid: 1000, username: '' }, {}, { run_as_user: { value: 1000 } }],
    ['of an image with the number 0', { uid: 0, username: '' }, {}, { run_as_user: { value: 0 } }],
    ['of an image with a name', { username: 'nobody' }, {}, { run_as_username: 'nobody' }],
    ['of an image with a number for a name', { username: '1000' }, {}, { run_as_user: { value: 1000 } }],
    ['of an image without a user', { username: '' }, {}, { run_as_user: { value: 0 } }],
    ['of an image nothing is known of', undefined, {}, undefined],
    ['with runAsUser', { username: 'nobody' }, { runAsUser: 7 }, { run_as_user: { value: 7 } }],
    ['with runAsUser 0', { uid: 1000, username: '' }, { runAsUser: 0 }, { run_as_user: { value: 0 } }],
    [
      'with runAsGroup alone',
      { username: 'nobody' },
      { runAsGroup: 7 },
      { run_as_username: 'nobody', run_as_group: { value: 7 } },
    ],
  ])('%s', (_what, user, own, as) => {
    const base = containerOf(makePod()).linux?.security_context;
    const image = { imageId: 'sha256:1', ...(user && { user }) };
    const made = containerOf(makePod({ app: { securityContext: own } }), makePlace(), { image });
    expect(made.linux?.security_context).toEqual({ ...base, ...(as as object | undefined) });
  });
});

// kubelet: generateLinuxContainerResources, cm/helpers_linux.go
describe('of resources the container gets', () => {
  const v2 = (swap: boolean): Partial<NodeFacts> => ({ cgroups: { version: 2, swap, shared: false } });
  const of = (changes: PodChanges, node: Partial<NodeFacts> = {}) =>
    containerOf(makePod(changes), makePlace({ node })).linux?.resources;
  const bestEffort = { cpu_shares: 2, cpu_period: 100_000, oom_score_adj: 1000 };

  test.each<
    [cpuRequest: string | undefined, cpuLimit: string | undefined, shares: number, quota: number | undefined]
  >([
    ['1', undefined, 1024, undefined],
    ['100m', undefined, 102, undefined],
    ['1m', undefined, 2, undefined],
    ['300', undefined, 262_144, undefined],
    ['0', '1', 2, 100_000],
    [undefined, '1', 1024, 100_000],
    [undefined, '1m', 2, 1000],
    ['9m', '10m', 9, 1000],
    ['500m', '1500m', 512, 150_000],
  ])('cpu %s of %s: %i shares, quota %s', (request, limit, shares, quota) => {
    const resources = {
      ...(request && { requests: { cpu: request } }),
      ...(limit && { limits: { cpu: limit } }),
    };
    expect(of({ app: { resources } })).toEqual({
      cpu_shares: shares,
      cpu_period: 100_000,
      ...(quota && { cpu_quota: quota }),
      oom_score_adj: 999,
    });
  });

  test.each<[memory: string, bytes: number | string]>([
    ['64Mi', 67_108_864],
    ['1500m', 2],
    ['9007199254740993', '9007199254740993'],
    ['8Ei', '9223372036854775807'],
  ])('a memory limit of %s: %s bytes', (memory, bytes) => {
    expect(of({ app: { resources: { limits: { memory } } } })).toEqual({
      ...{ ...bestEffort, oom_score_adj: 999, memory_limit_in_bytes: bytes },
    });
  });

  test.each<[what: string, node: Partial<NodeFacts>, piece: object]>([
    ['v1', {}, {}],
    [
      'v1 that counts swap',
      { cgroups: { version: 1, swap: true, shared: false } },
      { memory_swap_limit_in_bytes: 1_048_576 },
    ],
    ['v2', v2(false), { unified: { 'memory.oom.group': '1' } }],
    ['v2 that counts swap', v2(true), { unified: { 'memory.oom.group': '1', 'memory.swap.max': '0' } }],
  ])('on cgroup %s', (_what, node, piece) => {
    expect(of({ app: { resources: { limits: { memory: '1Mi' } } } }, node)).toEqual({
      ...{ ...bestEffort, oom_score_adj: 999, memory_limit_in_bytes: 1_048_576 },
      ...piece,
    });
  });

  test('no limit on swap without one on memory, on cgroup v1', () => {
    expect(of({}, { cgroups: { version: 1, swap: true, shared: false } })).toEqual(bestEffort);
  });

  test('a limit on every size of huge pages the machine has, zero where none is asked for', () => {
    const limits = { 'hugepages-2Mi': '4Mi', 'hugepages-32Mi': '32Mi', cpu: '1' };
    const node = { hugepageSizes: ['64KB', '2MB', '1GB'] };
    expect(of({ app: { resources: { limits } } }, node)?.hugepage_limits).toEqual([
      { page_size: '64KB', limit: 0 },
      { page_size: '2MB', limit: 4_194_304 },
      { page_size: '1GB', limit: 0 },
    ]);
  });

  test("the pod's limits where it has none of its own", () => {
    const ofPod = { limits: { cpu: '1', memory: '2Mi' }, requests: { cpu: '1', memory: '1Mi' } };
    expect(of({ spec: { resources: ofPod } })).toMatchObject({
      ...{ cpu_shares: 1024, cpu_quota: 100_000, memory_limit_in_bytes: 2_097_152 },
    });
    const zero = { limits: { cpu: '0', memory: '0' } };
    expect(of({ spec: { resources: ofPod, containers: [{ ...app, resources: zero }] } })).toMatchObject({
      ...{ cpu_shares: 1024, cpu_quota: 100_000, memory_limit_in_bytes: 2_097_152 },
    });
    const own = { limits: { cpu: '500m', memory: '1Mi' }, requests: { cpu: '250m', memory: '1Mi' } };
    expect(of({ spec: { resources: ofPod, containers: [{ ...app, resources: own }] } })).toMatchObject({
      ...{ cpu_shares: 256, cpu_quota: 50_000, memory_limit_in_bytes: 1_048_576 },
    });
  });
});

// kubelet: qos.GetContainerOOMScoreAdjust; the machine has 1 GiB
describe('oom_score_adj', () => {
  const of = (changes: PodChanges) => containerOf(makePod(changes)).linux?.resources?.oom_score_adj;
  const memory = (amount: string) => ({ requests: { memory: amount } });
  const guaranteed = { limits: { cpu: '1', memory: '1Mi' }, requests: { cpu: '1', memory: '1Mi' } };

  test.each<[what: string, changes: PodChanges, score: number]>([
    ['BestEffort', {}, 1000],
    ['Guaranteed', { app: { resources: guaranteed } }, -997],
    ['half of the memory', { app: { resources: memory('512Mi') } }, 500],
    ['a tenth of it, rounded down', { app: { resources: memory('107374183') } }, 900],
    ['a little', { app: { resources: memory('1Mi') } }, 999],
    ['so little that it would look like BestEffort', { app: { resources: memory('1') } }, 999],
    ['no memory but CPU', { app: { resources: { requests: { cpu: '1' } } } }, 999],
    ['nearly all', { app: { resources: memory('1073741823') } }, 3],
    ['all', { app: { resources: memory('1Gi') } }, 3],
    ['more than there is', { app: { resources: memory('8Ei') } }, 3],
    ['a critical pod', { spec: { priorityClassName: 'system-node-critical' } }, -997],
    ['a pod of another class', { spec: { priorityClassName: 'system-cluster-critical' } }, 1000],
    [
      'what the pod asks for beyond its containers, in equal shares',
      {
        spec: {
          resources: { requests: { memory: '768Mi' }, limits: { memory: '1Gi' } },
          containers: [
            { ...app, resources: memory('256Mi') },
            { ...app, name: 'b' },
          ],
        },
      },
      500,
    ],
    [
      'what the pod asks for, shared with its init containers, too',
      {
        spec: {
          resources: { requests: { memory: '1Gi' }, limits: { memory: '2Gi' } },
          initContainers: [{ ...app, name: 'i' }],
        },
      },
      500,
    ],
  ])('of %s is %i', (_what, changes, score) => {
    expect(of(changes)).toBe(score);
  });

  test('of a machine whose memory nobody knows is that of one that is full', () => {
    const place = makePlace({ node: { memoryBytes: 0 } });
    const made = containerOf(makePod({ app: { resources: memory('1Mi') } }), place);
    expect(made.linux?.resources?.oom_score_adj).toBe(3);
  });
});
