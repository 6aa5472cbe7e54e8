import { describe, expect, test } from 'vitest';
import type { Device, Mount } from '../../../src/cri/index.ts';
import type { Container, Volume, VolumeMount } from '../../../src/pod/index.ts';
import {
  type ContainerMounts,
  containerMounts,
  type MountsGiven,
  type SubPath,
} from '../../../src/volumes/index.ts';
import { app, facts, node, podWith, uid } from './base.ts';

const given: MountsGiven = {
  rootDir: '/r',
  uid,
  attempt: 3,
  variables: new Map([
    ['POD', 'web-1'],
    ['UP', '../up'],
    ['ROOT', '/abs'],
    ['EMPTY', ''],
  ]),
  images: new Map([['image', { imageId: 'sha256:1' }]]),
  facts,
  recursiveReadOnly: false,
  etcHosts: '127.0.0.1\tlocalhost\n',
};

const volumes: readonly Volume[] = [
  { name: 'data', source: { kind: 'emptyDir', medium: '' } },
  { name: 'eph', source: { kind: 'ephemeral' } },
  { name: 'host', source: { kind: 'hostPath', path: '/srv/data', type: '' } },
  { name: 'tty', source: { kind: 'hostPath', path: '/dev/tty0', type: 'CharDevice' } },
  { name: 'disk', source: { kind: 'hostPath', path: '/dev/sdb', type: 'BlockDevice' } },
  { name: 'config', source: { kind: 'configMap', name: 'c', defaultMode: 0o644 } },
  { name: 'secret', source: { kind: 'secret', name: 's', defaultMode: 0o644 } },
  { name: 'down', source: { kind: 'downwardAPI', items: [], defaultMode: 0o644 } },
  { name: 'all', source: { kind: 'projected', sources: [], defaultMode: 0o644 } },
  { name: 'claim', source: { kind: 'persistentVolumeClaim', claimName: 'p' } },
  { name: 'roclaim', source: { kind: 'persistentVolumeClaim', claimName: 'q', readOnly: true } },
  { name: 'image', source: { kind: 'image', reference: 'i:1', pullPolicy: 'Never' } },
  { name: 'late', source: { kind: 'image', reference: 'l:1', pullPolicy: 'Never' } },
];

const hosts: Mount = { container_path: '/etc/hosts', host_path: '/r/pods/u-1/etc-hosts', readonly: false };
const log: Mount = {
  container_path: '/dev/termination-log',
  host_path: '/r/pods/u-1/containers/app/3',
  readonly: false,
};
const inPod = (path: string): string => `/r/pods/u-1/volumes/kubernetes.io~${path}`;

function mountsOf(container: Partial<Container>, change: Partial<MountsGiven> = {}) {
  return containerMounts(podWith(volumes), { ...app, ...container }, { ...given, ...change });
}

function sound(mounts: ReturnType<typeof mountsOf>): ContainerMounts {
  if ('problem' in mounts) throw new Error(mounts.problem);
  return mounts;
}

test('a container without volumes has the two files every container has', () => {
  expect(mountsOf({})).toEqual({
    mounts: [hosts, log],
    devices: [],
    files: { container: 'app', attempt: 3, subPaths: [], etcHosts: given.etcHosts, terminationLog: true },
  });
});

test('the order is: as written, hosts, termination log', () => {
  const volumeMounts = [
    { name: 'host', mountPath: '/b' },
    { name: 'data', mountPath: '/a' },
  ];
  const { mounts } = sound(mountsOf({ volumeMounts, terminationMessagePath: '/tmp/last' }));
  expect(mounts.map(({ container_path }) => container_path)).toEqual(['/b', '/a', '/etc/hosts', '/tmp/last']);
});

test.each(['/etc/hosts', '/etc//hosts', 'etc/hosts'])(
  'a volume at %s covers the managed file',
  (mountPath) => {
    const { mounts, files } = sound(mountsOf({ volumeMounts: [{ name: 'host', mountPath }] }));
    expect(mounts.map(({ host_path }) => host_path)).toEqual(['/srv/data', log.host_path]);
    expect(files).not.toHaveProperty('etcHosts');
  },
);

describe('one mount', () => {
  const at = { container_path: '/m', readonly: false };
  const readonly = { container_path: '/m', readonly: true };
  const image = { image: 'sha256:1', user_specified_image: 'i:1' };

  test.each<[mount: Partial<VolumeMount>, expected: Mount]>([
    [{ name: 'data' }, { ...at, host_path: inPod('empty-dir/data') }],
    [{ name: 'eph' }, { ...at, host_path: inPod('empty-dir/eph') }],
    [
      { name: 'data', readOnly: true },
      { ...readonly, host_path: inPod('empty-dir/data') },
    ],
    [
      { name: 'data', mountPath: 'm' },
      { ...at, host_path: inPod('empty-dir/data') },
    ],
    [
      { name: 'data', subPath: './' },
      { ...at, host_path: inPod('empty-dir/data') },
    ],
    [{ name: 'host' }, { ...at, host_path: '/srv/data' }],
    [{ name: 'config' }, { ...readonly, host_path: inPod('configmap/config') }],
    [{ name: 'secret' }, { ...readonly, host_path: inPod('secret/secret') }],
    [{ name: 'down' }, { ...readonly, host_path: inPod('downward-api/down') }],
    [{ name: 'all' }, { ...readonly, host_path: inPod('projected/all') }],
    [{ name: 'claim' }, { ...at, host_path: '/r/claims/prod/p' }],
    [{ name: 'roclaim' }, { ...readonly, host_path: '/r/claims/prod/q' }],
    [{ name: 'image' }, { ...readonly, host_path: '', image }],
    [
      { name: 'image', subPath: 'a//b/' },
      { ...readonly, host_path: '', image, image_sub_path: 'a/b' },
    ],
    [
      { name: 'host', mountPropagation: 'HostToContainer' },
      { ...at, host_path: '/srv/data', propagation: 'PROPAGATION_HOST_TO_CONTAINER' },
    ],
    [
      { name: 'host', mountPropagation: 'Bidirectional' },
      { ...at, host_path: '/srv/data', propagation: 'PROPAGATION_BIDIRECTIONAL' },
    ],
    [
      { name: 'host', readOnly: true, recursiveReadOnly: 'Enabled' },
      { ...readonly, host_path: '/srv/data', recursive_read_only: true },
    ],
    [
      { name: 'host', readOnly: true, recursiveReadOnly: 'IfPossible' },
      { ...readonly, host_path: '/srv/data' },
    ],
  ])('%j', (mount, expected) => {
    const volumeMounts = [{ name: '', mountPath: '/m', ...mount }];
    expect(sound(mountsOf({ volumeMounts })).mounts).toEqual([expected, hosts, log]);
  });

  test('IfPossible is recursive where the handler can', () => {
    const mount = { name: 'host', mountPath: '/m', readOnly: true, recursiveReadOnly: 'IfPossible' } as const;
    const [first] = sound(mountsOf({ volumeMounts: [mount] }, { recursiveReadOnly: true })).mounts;
    expect(first).toEqual({ ...readonly, host_path: '/srv/data', recursive_read_only: true });
  });

  test('in a user namespace every mount is mapped', () => {
    const volumeMounts = [
      { name: 'data', mountPath: '/m' },
      { name: 'image', mountPath: '/i' },
    ];
    const mapping = [{ host_id: 131_072, container_id: 0, length: 65_536 }];
    const { mounts } = sound(mountsOf({ volumeMounts }, { usersBase: 131_072 }));
    expect(mounts).toHaveLength(4);
    for (const mount of mounts) expect(mount).toMatchObject({ uidMappings: mapping, gidMappings: mapping });
  });

  test('with SELinux everything but what belongs to the machine is labelled', () => {
    const volumeMounts = volumes
      .filter(({ name }) => !['tty', 'disk', 'late'].includes(name))
      .map(({ name }) => ({ name, mountPath: `/${name}` }));
    const { mounts } = sound(
      mountsOf({ volumeMounts }, { facts: { ...facts, node: { ...node, seLinux: true } } }),
    );
    const bare = mounts.filter(({ selinux_relabel }) => selinux_relabel !== true);
    expect(bare.map(({ container_path }) => container_path)).toEqual(['/host', '/roclaim']);
  });
});

describe('devices by hostPath', () => {
  const device: Device = { container_path: '/m', host_path: '/dev/tty0', permissions: 'mrw' };

  test.each<[mount: Partial<VolumeMount>, expected: Device]>([
    [{ name: 'tty' }, device],
    [
      { name: 'tty', readOnly: true },
      { ...device, permissions: 'mr' },
    ],
    [{ name: 'disk' }, { ...device, host_path: '/dev/sdb' }],
  ])('%j', (mount, expected) => {
    const volumeMounts = [{ name: '', mountPath: '/m', ...mount }];
    expect(mountsOf({ volumeMounts })).toMatchObject({ mounts: [hosts, log], devices: [expected] });
  });

  test('are mounts in a privileged container', () => {
    const volumeMounts = [{ name: 'tty', mountPath: '/m' }];
    expect(mountsOf({ volumeMounts, securityContext: { privileged: true } })).toMatchObject({
      mounts: [{ container_path: '/m', host_path: '/dev/tty0', readonly: false }, hosts, log],
      devices: [],
    });
  });
});

describe('parts of volumes', () => {
  const target = '/r/pods/u-1/volume-subpaths/data/app/1';

  test.each<[mount: Partial<VolumeMount>, subPath: Partial<SubPath>]>([
    [{ subPath: 'a' }, { path: 'a' }],
    [{ subPath: 'a//./b/' }, { path: 'a/b' }],
    [{ subPath: '..a' }, { path: '..a' }],
    [{ subPath: '$(POD)' }, { path: '$(POD)' }],
    [{ subPathExpr: 'x/$(POD)/$$(POD)' }, { path: 'x/web-1/$(POD)' }],
    [
      { subPath: 'a', readOnly: true },
      { path: 'a', readOnly: true },
    ],
  ])('%j', (change, part) => {
    const volumeMounts = [
      { name: 'host', mountPath: '/h' },
      { name: 'data', mountPath: '/m', ...change },
    ];
    const { mounts, files } = sound(mountsOf({ volumeMounts }));
    expect(mounts[1]).toEqual({ container_path: '/m', host_path: target, readonly: part.readOnly ?? false });
    expect(files.subPaths).toEqual([
      { volume: 'data', root: inPod('empty-dir/data'), target, readOnly: false, ...part },
    ]);
  });

  test.each([
    ['host', '/srv/data'],
    ['claim', '/r/claims/prod/p'],
    ['config', inPod('configmap/config')],
  ])('of %s begin at its root', (name, root) => {
    const { files } = sound(mountsOf({ volumeMounts: [{ name, mountPath: '/m', subPath: 'a' }] }));
    expect(files.subPaths).toMatchObject([{ volume: name, root, path: 'a' }]);
  });
});

test.each<[mount: Partial<VolumeMount>, problem: string]>([
  [{ name: 'gone' }, 'cannot find volume "gone" to mount into container "app"'],
  [{ name: 'late' }, 'cannot find volume "late" to mount into container "app"'],
  [{ subPathExpr: '$(EMPTY)$(MISSING)' }, 'missing value for EMPTY, MISSING'],
  [{ subPathExpr: '$(ROOT)/x' }, 'error SubPath `$(ROOT)/x` must not be an absolute path'],
  [{ subPathExpr: 'a/$(UP)' }, "unable to provision SubPath `a/$(UP)`: must not contain '..'"],
  [{ subPath: 'a/..' }, "unable to provision SubPath `a/..`: must not contain '..'"],
])('%j cannot be mounted', (mount, problem) => {
  const volumeMounts = [{ name: 'data', mountPath: '/m', ...mount }];
  expect(mountsOf({ volumeMounts })).toEqual({ problem });
});
