import { expect, test } from 'vitest';
import { loadTypes } from '../../../src/apimachinery/index.ts';
import { kubernetesTypes } from '../../../src/apimachinery/types/kubernetes-types.generated.ts';

const types = await loadTypes();
const names = kubernetesTypes.match(/^[\w/]+\.\w+/gm) ?? [];

const SCALARS = [
  ...['string', 'boolean', 'integer', 'number', 'bytes', 'quantity', 'intOrString', 'time', 'microTime'],
  ...['fieldsV1', 'any'],
];

test('every field has a type that is there', () => {
  const loose = names.flatMap((name) => {
    const type = types.type(name);
    return [...(type?.fields.values() ?? []), ...(type?.wire.values() ?? [])]
      .filter((field) => !SCALARS.includes(field.type) && types.type(field.type) === undefined)
      .map((field) => `${name}.${field.name}: ${field.type}`);
  });
  expect(names.length).toBeGreaterThan(150);
  expect(loose).toEqual([]);
});

const plain = {
  shape: 'one',
  pointer: false,
  inline: false,
  required: false,
  patchMerge: false,
  patchRetainKeys: false,
  listMapKeys: [],
  atomic: false,
};

test.each([
  ['meta/v1.ObjectMeta', 'name', { type: 'string', number: 1 }],
  ['core/v1.Pod', 'kind', { type: 'string', number: 0 }],
  ['core/v1.Pod', 'spec', { type: 'core/v1.PodSpec', number: 2 }],
  ['core/v1.SecurityContext', 'runAsUser', { type: 'integer', number: 4, pointer: true }],
  ['core/v1.Secret', 'data', { type: 'bytes', shape: 'map', number: 2 }],
  ['core/v1.ResourceRequirements', 'limits', { type: 'quantity', shape: 'map', number: 1 }],
  ['core/v1.HTTPGetAction', 'port', { type: 'intOrString', number: 2, required: true }],
  ['core/v1.Event', 'eventTime', { type: 'microTime', number: 10 }],
  ['core/v1.PodSpec', 'nodeSelector', { type: 'string', shape: 'map', number: 7, atomic: true }],
  ['core/v1.ContainerPort', 'protocol', { type: 'string', number: 4, default: 'TCP' }],
  ['core/v1.Volume', 'hostPath', { type: 'core/v1.HostPathVolumeSource', number: 0, pointer: true }],
  ['meta/v1.ManagedFieldsEntry', 'fieldsV1', { type: 'fieldsV1', number: 7, pointer: true }],
  [
    'core/v1.PodSpec',
    'volumes',
    {
      ...{ type: 'core/v1.Volume', shape: 'list', number: 1, listType: 'map', listMapKeys: ['name'] },
      ...{ patchMerge: true, patchMergeKey: 'name', patchRetainKeys: true },
    },
  ],
  [
    'core/v1.Container',
    'ports',
    {
      ...{ type: 'core/v1.ContainerPort', shape: 'list', number: 6, listType: 'map' },
      ...{ listMapKeys: ['containerPort', 'protocol'], patchMerge: true, patchMergeKey: 'containerPort' },
    },
  ],
  [
    'meta/v1.ObjectMeta',
    'finalizers',
    { type: 'string', shape: 'list', number: 14, listType: 'set', patchMerge: true },
  ],
] as const)('%s %s', (typeName, fieldName, expected) => {
  expect(types.type(typeName)?.fields.get(fieldName)).toEqual({ ...plain, name: fieldName, ...expected });
});

test('protobuf has inlined structs as messages of their own', () => {
  const volume = types.type('core/v1.Volume');
  expect([...(volume?.wire.values() ?? [])].map(({ name, type, inline }) => [name, type, inline])).toEqual([
    ['name', 'string', false],
    ['', 'core/v1.VolumeSource', true],
  ]);
  expect(volume?.fields.has('')).toBe(false);
});

test.each([
  ['core/v1.LocalObjectReference', true],
  ['core/v1.Container', false],
] as const)('%s is owned as a whole: %s', (name, atomic) => {
  expect(types.type(name)?.atomic).toBe(atomic);
});

test.each([
  ['v1', 'Pod', 'core/v1.Pod'],
  ['node.k8s.io/v1', 'RuntimeClass', 'node/v1.RuntimeClass'],
  ['policy/v1', 'Eviction', 'policy/v1.Eviction'],
  ['metrics.k8s.io/v1beta1', 'PodMetrics', 'metrics/v1beta1.PodMetrics'],
  ['policy/v1', 'DeleteOptions', 'meta/v1.DeleteOptions'],
  ['v1', 'Container', undefined],
  ['v1', 'ConfigMapKeySelector', undefined],
  ['core/v1', 'Pod', undefined],
  ['constructor', 'Pod', undefined],
] as const)('%s %s is %s', (apiVersion, kind, name) => {
  expect(types.typeOf(apiVersion, kind)?.name).toBe(name);
});
