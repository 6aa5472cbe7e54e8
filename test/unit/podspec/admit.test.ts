import { describe, expect, test } from 'vitest';
import type { PodSecurityContext, RuntimeClass, VolumeMount, VolumeSource } from '../../../src/pod/index.ts';
import { admit, type Place, runtimeHandler } from '../../../src/podspec/index.ts';
import {
  app,
  makePlace,
  makePod,
  makeUses,
  newRuntime,
  type PodChanges,
  runtime,
  sharedCgroups,
} from './base.ts';

const admitted = (changes: PodChanges, place: Place = makePlace()) => admit(makePod(changes), place);

test('a plain pod is admitted anywhere', () => {
  expect(admitted({})).toBeUndefined();
});

// kubelet: sysctl/safe_sysctls.go, sysctl/allowlist.go
describe('a sysctl', () => {
  const asked = (name: string): PodChanges => ({
    spec: { securityContext: { sysctls: [{ name, value: '1' }] } },
  });
  const forbidden = (what: string) => ({ reason: 'SysctlForbidden', message: `forbidden sysctl: ${what}` });

  test.each([
    'kernel.shm_rmid_forced',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.tcp_syncookies',
    'net.ipv4.ping_group_range',
    'net.ipv4.ip_unprivileged_port_start',
    'net.ipv4.ip_local_reserved_ports',
    'net.ipv4.tcp_keepalive_time',
    'net.ipv4.tcp_fin_timeout',
    'net.ipv4.tcp_keepalive_intvl',
    'net.ipv4.tcp_keepalive_probes',
    'net.ipv4.tcp_rmem',
    'net.ipv4.tcp_wmem',
    'net/ipv4/tcp_wmem',
  ])('%s is safe on Linux 6.1', (name) => {
    expect(admitted(asked(name))).toBeUndefined();
  });

  test.each<[name: string, kernel: [number, number], safe: boolean]>([
    ['net.ipv4.ip_local_reserved_ports', [3, 15], false],
    ['net.ipv4.ip_local_reserved_ports', [3, 16], true],
    ['net.ipv4.tcp_keepalive_time', [4, 4], false],
    ['net.ipv4.tcp_keepalive_time', [4, 5], true],
    ['net.ipv4.tcp_fin_timeout', [4, 5], false],
    ['net.ipv4.tcp_fin_timeout', [4, 6], true],
    ['net.ipv4.tcp_rmem', [4, 14], false],
    ['net.ipv4.tcp_rmem', [4, 15], true],
    ['net.ipv4.tcp_rmem', [5, 0], true],
  ])('%s on Linux %j is safe: %s', (name, kernel, safe) => {
    const expected = safe ? undefined : forbidden(`"${name}" not allowlisted`);
    expect(admitted(asked(name), makePlace({ node: { kernel } }))).toEqual(expected);
  });

  test.each<[name: string, patterns: string[], allowed: boolean]>([
    ['net.core.somaxconn', [], false],
    ['net.core.somaxconn', ['net.core.somaxconn'], true],
    ['net/core/somaxconn', ['net.core.somaxconn'], true],
    ['net.core.somaxconn', ['net/core/*'], true],
    ['net.core.somaxconn', ['net.*'], true],
    ['net.core.somaxconn', ['net.core.somax'], false],
    ['kernel.msgmax', ['kernel.msg*'], true],
    ['kernel.sem', ['kernel.sem'], true],
    ['fs.mqueue.msg_max', ['fs.mqueue.*'], true],
    ['vm.swappiness', ['vm.*', '*'], false],
    ['kernel.hostname', ['kernel.*'], false],
  ])('%s is allowed by %j: %s', (name, allowedUnsafeSysctls, allowed) => {
    const { settings } = makePlace().node;
    const place = makePlace({ node: { settings: { ...settings, allowedUnsafeSysctls } } });
    expect(admitted(asked(name), place)).toEqual(
      allowed ? undefined : forbidden(`"${name.replaceAll('/', '.')}" not allowlisted`),
    );
  });

  test.each<[name: string, spec: PodChanges['spec'], what: string | undefined]>([
    [
      'net.ipv4.tcp_syncookies',
      { hostNetwork: true },
      '"net.ipv4.tcp_syncookies" not allowed with host Net enabled',
    ],
    ['net.ipv4.tcp_syncookies', { hostIPC: true }, undefined],
    [
      'kernel.shm_rmid_forced',
      { hostIPC: true },
      '"kernel.shm_rmid_forced" not allowed with host IPC enabled',
    ],
    ['kernel.shm_rmid_forced', { hostNetwork: true }, undefined],
  ])('%s with %j', (name, spec, what) => {
    const changes = { spec: { ...asked(name).spec, ...spec } };
    expect(admitted(changes)).toEqual(what === undefined ? undefined : forbidden(what));
  });
});

// kubelet: lifecycle.NewAppArmorAdmitHandler
describe('AppArmor', () => {
  const off = { reason: 'AppArmor', message: 'Cannot enforce AppArmor: AppArmor is not enabled on the host' };
  const key = 'container.apparmor.security.beta.kubernetes.io/app';
  const profile = (type: 'RuntimeDefault' | 'Unconfined') => ({ appArmorProfile: { type } });

  test.each<[what: string, changes: PodChanges, rejected: boolean]>([
    ['for the pod', { spec: { securityContext: profile('RuntimeDefault') } }, true],
    ['for a container', { app: { securityContext: profile('RuntimeDefault') } }, true],
    [
      'for an init container',
      { spec: { initContainers: [{ ...app, name: 'i', securityContext: profile('RuntimeDefault') }] } },
      true,
    ],
    ['by annotation', { metadata: { annotations: { [key]: 'localhost/p' } } }, true],
    [
      'for the pod, and not for its only container',
      {
        spec: {
          securityContext: profile('RuntimeDefault'),
          containers: [{ ...app, securityContext: profile('Unconfined') }],
        },
      },
      false,
    ],
    ['Unconfined', { app: { securityContext: profile('Unconfined') } }, false],
  ])('asked %s on a machine without it', (_what, changes, rejected) => {
    expect(admitted(changes)).toEqual(rejected ? off : undefined);
    expect(admitted(changes, makePlace({ node: { appArmor: true } }))).toBeUndefined();
  });

  test('asked by an annotation that says nothing known', () => {
    expect(
      admitted(
        { metadata: { annotations: { [key]: 'localhost/' } } },
        makePlace({ node: { appArmor: true } }),
      ),
    ).toEqual({
      reason: 'AppArmor',
      message: 'Cannot enforce AppArmor: invalid AppArmor profile name: "localhost/"',
    });
  });
});

// kubelet: GetNodenameForKernel
test('a name of more than 64 characters is none for the kernel', () => {
  const named = (hostname: string, hostNetwork = false): PodChanges => ({
    metadata: { namespace: 'n' },
    spec: { hostname, subdomain: 's', setHostnameAsFQDN: true, hostNetwork },
  });
  const fits = 'a'.repeat(64 - '.s.n.svc.cluster.local'.length);
  expect(admitted(named(fits))).toBeUndefined();
  expect(admitted(named(`${fits}a`))).toEqual({
    reason: 'FailedCreatePodSandBox',
    message:
      'failed to construct FQDN from pod hostname and cluster domain, ' +
      `FQDN ${fits}a.s.n.svc.cluster.local is too long (64 characters is the max, 65 characters requested)`,
  });
  expect(admitted(named(`${fits}a`, true))).toBeUndefined();
});

test('huge pages of a size the machine does not have', () => {
  const changes = {
    app: { resources: { limits: { cpu: '1', 'hugepages-2Mi': '4Mi', 'hugepages-1Gi': '0' } } },
  };
  expect(admitted(changes)).toEqual({
    reason: 'OutOfhugepages-2Mi',
    message: "Node didn't have enough resource: hugepages-2Mi, requested: 4194304, used: 0, capacity: 0",
  });
  expect(admitted(changes, makePlace({ node: { hugepageSizes: ['2MB'] } }))).toBeUndefined();
});

describe('what a runtime must offer', () => {
  const image: VolumeSource = { kind: 'image', reference: 'r', pullPolicy: 'Never' };
  const mounted = (source: VolumeSource, mount: Partial<VolumeMount>): PodChanges => ({
    spec: {
      volumes: [{ name: 'v', source }],
      containers: [app, { ...app, name: 'b', volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] }],
    },
  });
  const strict: PodSecurityContext = { supplementalGroupsPolicy: 'Strict' };
  const volume = 'spec.containers[1].volumeMounts[0]';

  test.each<[field: string, changes: PodChanges, reason: string, needed: string]>([
    ['spec.volumes[0].image', mounted(image, {}), 'RuntimeUnsupported', 'containerd 2.1'],
    [
      'spec.hostUsers',
      { spec: { hostUsers: false } },
      'RuntimeUnsupported',
      'a runtime handler with user namespaces (containerd 2.0, runc 1.2, Linux 6.3)',
    ],
    [
      `${volume}.recursiveReadOnly`,
      mounted({ kind: 'emptyDir', medium: '' }, { readOnly: true, recursiveReadOnly: 'Enabled' }),
      'RuntimeUnsupported',
      'a runtime handler with recursive read-only mounts (containerd 2.0, runc 1.1, Linux 5.12)',
    ],
    [
      'metadata.annotations[cdi.k8s.io/a]',
      { metadata: { annotations: { 'cdi.k8s.io/a': 'v/c=d' } } },
      'RuntimeUnsupported',
      'containerd 1.7 with CDI enabled',
    ],
    [
      'spec.securityContext.supplementalGroupsPolicy',
      { spec: { securityContext: strict } },
      'SupplementalGroupsPolicyNotSupported',
      'containerd 2.0',
    ],
    [
      'spec.resources',
      { spec: { resources: { limits: { cpu: '1' } } } },
      'PodLevelResourcesNotSupported',
      "the machine's own cgroup tree and the runtime's cgroupfs driver",
    ],
  ])('for %s', (field, changes, reason, needed) => {
    expect(admitted(changes)).toEqual({
      reason,
      message: `${field} needs ${needed}; this is containerd 1.6.20~ds1`,
    });
    expect(admitted(changes, makePlace(sharedCgroups))).toBeUndefined();
  });

  test('for a sub path of an image, which came later than image volumes', () => {
    const at = (version: string) => makePlace({ runtime: { ...newRuntime, version } });
    for (const part of ['subPath', 'subPathExpr']) {
      expect(admitted(mounted(image, { [part]: 'a' }), at('2.1.9'))).toEqual({
        reason: 'RuntimeUnsupported',
        message: `${volume}.${part} needs containerd 2.2; this is containerd 2.1.9`,
      });
      expect(admitted(mounted(image, { [part]: 'a' }), at('2.2.0'))).toBeUndefined();
      expect(admitted(mounted({ kind: 'emptyDir', medium: '' }, { [part]: 'a' }))).toBeUndefined();
    }
    expect(admitted(mounted(image, {}), at('2.1.9'))).toBeUndefined();
  });

  test('also for what only an init container mounts', () => {
    const mount: VolumeMount = { name: 'v', mountPath: '/v', readOnly: true, recursiveReadOnly: 'Enabled' };
    const spec = {
      volumes: [{ name: 'v', source: { kind: 'emptyDir', medium: '' } as const }],
      initContainers: [{ ...app, name: 'i', volumeMounts: [mount] }],
    };
    expect(admitted({ spec })?.message).toMatch(
      /^spec\.initContainers\[0\]\.volumeMounts\[0\]\.recursiveReadOnly needs/,
    );
  });

  test('is not asked for what is only wished for', () => {
    expect(
      admitted(
        mounted({ kind: 'emptyDir', medium: '' }, { readOnly: true, recursiveReadOnly: 'IfPossible' }),
      ),
    ).toBeUndefined();
    expect(admitted({ spec: { securityContext: { supplementalGroupsPolicy: 'Merge' } } })).toBeUndefined();
  });

  test('is what the handler of the pod offers', () => {
    const runtimeClass = (handler: string): RuntimeClass => ({
      ...{ kind: 'RuntimeClass', handler },
      metadata: { name: 'c', namespace: '', labels: {}, annotations: {} },
    });
    const changes: PodChanges = { spec: { hostUsers: false, runtimeClassName: 'c' } };
    const on = (handler: string) =>
      makePlace({ runtime: newRuntime, uses: { runtimeClass: runtimeClass(handler) } });
    expect(admitted(changes, on('old'))?.reason).toBe('RuntimeUnsupported');
    expect(admitted(changes, on(''))).toBeUndefined();
    expect(
      admitted({ spec: { hostUsers: false, runtimeClassName: 'old' } }, makePlace({ runtime: newRuntime }))
        ?.reason,
    ).toBe('RuntimeUnsupported');
  });

  test.each<[version: string, major: boolean]>([
    ['v2.1.9', true],
    ['2.1.0-rc.1', true],
    ['2.1.0~ds2', true],
    ['v2.10.0', true],
    ['3.0', true],
    ['10.0.1', true],
    ['2.0.11', false],
    ['v1.7.24', false],
    ['1.6.20~ds1', false],
    ['1.10.0', false],
    ['HEAD-abcdef', true],
    ['', true],
  ])('by the version of containerd %j: image volumes %s', (version, offered) => {
    const place = makePlace({ runtime: { ...runtime, version } });
    expect(admitted(mounted(image, {}), place) === undefined).toBe(offered);
  });

  test('another runtime is asked by its features alone', () => {
    const place = makePlace({ runtime: { ...runtime, name: 'cri-o', version: '1.30.0' } });
    expect(admitted(mounted(image, { subPath: 'a' }), place)).toBeUndefined();
    expect(admitted({ metadata: { annotations: { 'cdi.k8s.io/a': 'v/c=d' } } }, place)).toBeUndefined();
    expect(admitted({ spec: { hostUsers: false } }, place)?.reason).toBe('RuntimeUnsupported');
  });
});

test("the runtime's handler is that of the class, else the class' name, else the default one", () => {
  const metadata = { name: 'kata', namespace: '', labels: {}, annotations: {} };
  const uses = makeUses({ runtimeClass: { kind: 'RuntimeClass', metadata, handler: 'kata-qemu' } });
  const named = makePod({ spec: { runtimeClassName: 'kata' } });
  expect(runtimeHandler(named, uses)).toBe('kata-qemu');
  expect(runtimeHandler(named, makeUses())).toBe('kata');
  expect(runtimeHandler(makePod(), makeUses())).toBe('');
});
