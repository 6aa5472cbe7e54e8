import { describe, expect, test } from 'vitest';
import {
  type ConfigMap,
  type DownwardRef,
  noObjects,
  type PersistentVolumeClaim,
  type Pod,
  type ResourceRequirements,
  type RuntimeClass,
  type Secret,
  type UsedObjects,
  type VolumeSource,
} from '../../../src/pod/index.ts';
import { planVolumes, type VolumeSetup } from '../../../src/volumes/index.ts';
import { app, facts, podWith } from './base.ts';

const metadata = { name: 'c', namespace: 'prod', labels: {}, annotations: {} };
const configMap: ConfigMap = {
  kind: 'ConfigMap',
  metadata,
  data: new Map([
    ['b.conf', 'text ü\n'],
    ['__proto__', ''],
  ]),
  binaryData: new Map([['a.bin', 'AAEC']]),
  immutable: false,
  digest: 'd',
};
const secret: Secret = {
  kind: 'Secret',
  metadata,
  type: 'Opaque',
  data: new Map([['key', 'c2VjcmV0']]),
  immutable: false,
  digest: 's',
};
const claim: PersistentVolumeClaim = {
  kind: 'PersistentVolumeClaim',
  metadata,
  accessModes: ['ReadWriteOnce'],
};
const runtimeClass: RuntimeClass = {
  kind: 'RuntimeClass',
  metadata: { ...metadata, name: 'vm', namespace: '' },
  handler: 'vm',
  overhead: { memory: '250k' },
};
const uses: UsedObjects = {
  ...noObjects,
  configMaps: new Map([['c', configMap]]),
  secrets: new Map([['s', secret]]),
  claims: new Map([['p', claim]]),
};

const name: DownwardRef = { kind: 'fieldRef', fieldPath: 'metadata.name' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function plan(source: VolumeSource, spec: Partial<Pod['spec']> = {}) {
  return planVolumes(podWith([{ name: 'v', source }], spec), facts, uses);
}

const emptyDir = { kind: 'empty-dir', volume: 'v', medium: 'disk' } as const;
const claimSetup = { kind: 'claim', volume: 'v', namespace: 'prod', claim: 'p' } as const;
const onDisk = { kind: 'files', volume: 'v', plugin: 'configmap', medium: 'disk' } as const;
const inMemory = { kind: 'files', volume: 'v', medium: 'memory' } as const;

describe('what a volume is to be', () => {
  test.each<[what: string, source: VolumeSource, setup: VolumeSetup | undefined]>([
    ['an emptyDir', { kind: 'emptyDir', medium: '' }, emptyDir],
    ['its limit on disk, watched elsewhere', { kind: 'emptyDir', medium: '', sizeLimit: '1Gi' }, emptyDir],
    ['a claim of the pod itself', { kind: 'ephemeral' }, emptyDir],
    ['a hostPath without a type', { kind: 'hostPath', path: '/x', type: '' }, undefined],
    [
      'a hostPath with a type',
      { kind: 'hostPath', path: '/x', type: 'Socket' },
      { kind: 'host-path', volume: 'v', path: '/x', type: 'Socket' },
    ],
    ['an image', { kind: 'image', reference: 'i:1', pullPolicy: 'Never' }, undefined],
    [
      'a claim',
      { kind: 'persistentVolumeClaim', claimName: 'p' },
      { ...claimSetup, fsGroupChangePolicy: 'Always' },
    ],
    [
      'all keys of a ConfigMap, in order of their names',
      { kind: 'configMap', name: 'c', defaultMode: 0o644 },
      {
        ...onDisk,
        files: [
          { path: '__proto__', mode: 0o644, base64: '' },
          { path: 'a.bin', mode: 0o644, base64: 'AAEC' },
          { path: 'b.conf', mode: 0o644, base64: base64('text ü\n') },
        ],
      },
    ],
    [
      'some keys of a ConfigMap',
      {
        kind: 'configMap',
        name: 'c',
        defaultMode: 0o400,
        items: [
          { key: 'a.bin', path: 'sub//deep/./a', mode: 0o755 },
          { key: 'a.bin', path: 'again' },
        ],
      },
      {
        ...onDisk,
        files: [
          { path: 'again', mode: 0o400, base64: 'AAEC' },
          { path: 'sub/deep/a', mode: 0o755, base64: 'AAEC' },
        ],
      },
    ],
    [
      'no keys of a ConfigMap',
      { kind: 'configMap', name: 'c', defaultMode: 0o644, items: [] },
      { ...onDisk, files: [] },
    ],
    [
      'a Secret',
      { kind: 'secret', name: 's', defaultMode: 0 },
      { ...inMemory, plugin: 'secret', files: [{ path: 'key', mode: 0, base64: 'c2VjcmV0' }] },
    ],
    [
      'what is optional and missing',
      { kind: 'secret', name: 'absent', defaultMode: 0o644, optional: true },
      { ...inMemory, plugin: 'secret', files: [] },
    ],
    [
      'an optional key that is missing',
      {
        kind: 'configMap',
        name: 'c',
        defaultMode: 0o644,
        optional: true,
        items: [
          { key: 'absent', path: 'x' },
          { key: 'a.bin', path: 'y' },
        ],
      },
      { ...onDisk, files: [{ path: 'y', mode: 0o644, base64: 'AAEC' }] },
    ],
    [
      'fields of the pod',
      { kind: 'downwardAPI', defaultMode: 0o644, items: [{ path: 'name', mode: 0o600, ...name }] },
      { ...inMemory, plugin: 'downward-api', files: [{ path: 'name', mode: 0o600, base64: base64('web') }] },
    ],
    [
      'several sources in one, where the later wins',
      {
        kind: 'projected',
        defaultMode: 0o440,
        sources: [
          { kind: 'configMap', name: 'c', items: [{ key: 'a.bin', path: 'same' }] },
          { kind: 'secret', name: 's', items: [{ key: 'key', path: 'same', mode: 0o400 }] },
          { kind: 'downwardAPI', items: [{ path: 'name', ...name }] },
        ],
      },
      {
        ...inMemory,
        plugin: 'projected',
        files: [
          { path: 'name', mode: 0o440, base64: base64('web') },
          { path: 'same', mode: 0o400, base64: 'c2VjcmV0' },
        ],
      },
    ],
  ])('%s', (_what, source, setup) => {
    expect(plan(source)).toEqual({ request: { setups: setup === undefined ? [] : [setup] }, missing: [] });
  });
});

describe('what is missing', () => {
  const failed = (why: string): string => `MountVolume.SetUp failed for volume "v" : ${why}`;

  test.each<[what: string, source: VolumeSource, missing: readonly string[]]>([
    [
      'a ConfigMap',
      { kind: 'configMap', name: 'absent', defaultMode: 0o644 },
      [failed('configmap "absent" not found')],
    ],
    [
      'a Secret',
      { kind: 'secret', name: 'absent', defaultMode: 0o644 },
      [failed('secret "absent" not found')],
    ],
    [
      'keys of a ConfigMap',
      {
        kind: 'configMap',
        name: 'c',
        defaultMode: 0o644,
        items: [
          { key: 'x', path: 'x' },
          { key: 'y', path: 'y' },
        ],
      },
      [
        failed('configmap references non-existent config key: x'),
        failed('configmap references non-existent config key: y'),
      ],
    ],
    [
      'a key of a Secret',
      { kind: 'secret', name: 's', defaultMode: 0o644, items: [{ key: 'x', path: 'x' }] },
      [failed('references non-existent secret key: x')],
    ],
    [
      'one source of several',
      {
        kind: 'projected',
        defaultMode: 0o644,
        sources: [
          { kind: 'configMap', name: 'c' },
          { kind: 'secret', name: 'absent' },
          { kind: 'configMap', name: 'gone', optional: true },
        ],
      },
      [failed('secret "absent" not found')],
    ],
    [
      'a claim',
      { kind: 'persistentVolumeClaim', claimName: 'absent' },
      ['persistentvolumeclaim "absent" not found'],
    ],
    [
      'huge pages nobody asks for',
      { kind: 'emptyDir', medium: 'HugePages' },
      [
        failed(
          'medium HugePages: hugePages storage requested, but there is no resource request for huge pages',
        ),
      ],
    ],
  ])('%s', (_what, source, missing) => {
    expect(plan(source)).toEqual({ request: { setups: [] }, missing });
  });
});

describe('fsGroup', () => {
  const securityContext = { fsGroup: 77, fsGroupChangePolicy: 'OnRootMismatch' } as const;

  test.each<[source: VolumeSource, setup: Partial<VolumeSetup>]>([
    [{ kind: 'emptyDir', medium: '' }, { fsGroup: 77 }],
    [{ kind: 'ephemeral' }, { fsGroup: 77 }],
    [{ kind: 'configMap', name: 'c', defaultMode: 0 }, { fsGroup: 77 }],
    [
      { kind: 'persistentVolumeClaim', claimName: 'p' },
      { fsGroup: 77, fsGroupChangePolicy: 'OnRootMismatch' },
    ],
  ])('%j gets it', (source, setup) => {
    expect(plan(source, { securityContext }).request.setups).toEqual([expect.objectContaining(setup)]);
  });

  test.each<VolumeSource>([
    { kind: 'hostPath', path: '/x', type: 'Directory' },
    { kind: 'persistentVolumeClaim', claimName: 'p', readOnly: true },
  ])('%j does not', (source) => {
    const [setup] = plan(source, { securityContext }).request.setups;
    expect(setup).toBeDefined();
    expect(setup).not.toHaveProperty('fsGroup');
  });
});

describe('the size of a memory medium', () => {
  const limited = (memory: string) => ({ ...app, name: `m-${memory}`, resources: { limits: { memory } } });

  test.each<[what: string, sizeLimit: string | undefined, spec: Partial<Pod['spec']>, sizeBytes: number]>([
    ['the machine', undefined, {}, 8_000_000_000],
    ['its own limit', '64Mi', {}, 67_108_864],
    ['a limit of zero, which is none', '0', {}, 8_000_000_000],
    ['a limit above the machine', '1Ti', {}, 8_000_000_000],
    ['the limits of all containers', undefined, { containers: [limited('1M'), limited('2M')] }, 3_000_000],
    ['one container without a limit', undefined, { containers: [limited('1M'), app] }, 8_000_000_000],
    [
      'the limits and the overhead',
      '1Gi',
      { containers: [limited('1M')], overhead: { memory: '500k' } },
      1_500_000,
    ],
    ['the overhead alone, which limits nothing', undefined, { overhead: { memory: '500k' } }, 8_000_000_000],
    [
      'the overhead of its runtime class',
      undefined,
      { containers: [limited('1M')], runtimeClassName: 'vm' },
      1_250_000,
    ],
    [
      'an init container without a limit',
      undefined,
      { containers: [limited('1M')], initContainers: [app] },
      8_000_000_000,
    ],
    [
      'an init container that needs most',
      undefined,
      { containers: [limited('1M')], initContainers: [limited('3M')] },
      3_000_000,
    ],
    [
      "the pod's own limit",
      undefined,
      { containers: [limited('1M')], resources: { limits: { memory: '5M' } } },
      5_000_000,
    ],
  ])('%s', (_what, sizeLimit, spec, sizeBytes) => {
    const source: VolumeSource = {
      kind: 'emptyDir',
      medium: 'Memory',
      ...(sizeLimit !== undefined && { sizeLimit }),
    };
    const classed = spec.runtimeClassName === undefined ? uses : { ...uses, runtimeClass };
    const { request } = planVolumes(podWith([{ name: 'v', source }], spec), facts, classed);
    expect(request.setups).toEqual([{ ...emptyDir, medium: 'memory', sizeBytes }]);
  });
});

describe('huge pages', () => {
  const asking = (...sizes: string[]): ResourceRequirements => ({
    requests: Object.fromEntries(sizes.map((size) => [`hugepages-${size}`, '2Mi'])),
  });

  test.each<[medium: string, resources: ResourceRequirements, pageSize: string]>([
    ['HugePages', asking('2Mi'), '2M'],
    ['HugePages-2Mi', asking('1Gi', '2Mi'), '2M'],
    ['HugePages-1024Mi', asking('1Gi'), '1G'],
  ])('%s of %j', (medium, resources, pageSize) => {
    const spec = {
      containers: [
        { ...app, resources },
        { ...app, name: 'b', resources },
      ],
    };
    const setup = { ...emptyDir, medium: 'hugepages', pageSize };
    expect(plan({ kind: 'emptyDir', medium }, spec)).toEqual({ request: { setups: [setup] }, missing: [] });
  });

  test.each<[medium: string, resources: ResourceRequirements, why: string]>([
    [
      'HugePages',
      asking('1Gi', '2Mi'),
      "medium: HugePages can't be used if container requests multiple huge page sizes",
    ],
    [
      'HugePages-1Gi',
      asking('2Mi'),
      'medium HugePages-1Gi: hugePages storage requested, but there is no resource request for huge pages',
    ],
  ])('%s of %j fails', (medium, resources, why) => {
    expect(plan({ kind: 'emptyDir', medium }, { containers: [{ ...app, resources }] }).missing).toEqual([
      `MountVolume.SetUp failed for volume "v" : ${why}`,
    ]);
  });
});
