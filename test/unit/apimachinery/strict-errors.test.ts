import { expect, test } from 'vitest';
import {
  loadTypes,
  type ObjectType,
  strictErrors,
  typeMismatch,
  withoutUnknownFields,
} from '../../../src/apimachinery/index.ts';
import type { JsonObject } from '../../../src/base/index.ts';

const types = await loadTypes();

function typeOf(kind: string): ObjectType {
  const type = types.typeOf('v1', kind);
  if (type === undefined) throw new Error(kind);
  return type;
}

const good = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { anything: 'goes' }, creationTimestamp: null },
  spec: {
    containers: [{ name: 'web', image: 'i', resources: { limits: { cpu: 1, memory: '1Gi' } } }],
    volumes: [{ name: 'v', emptyDir: {} }],
  },
  status: {},
};

test('a good object has nothing to tell', () => {
  expect(strictErrors(good, typeOf('Pod'), types)).toEqual([]);
  expect(typeMismatch(good, typeOf('Pod'), types)).toBe(undefined);
});

test.each<[JsonObject, readonly string[]]>([
  [{ spec: { contaners: [] } }, ['spec.contaners']],
  [{ spc: {}, Kind: 'Pod' }, ['spc', 'Kind']],
  [
    { spec: { containers: [{}, { comand: [], Name: 'x' }] } },
    ['spec.containers[1].comand', 'spec.containers[1].Name'],
  ],
  [{ spec: { volumes: [{ name: 'v', volumeSource: {} }] } }, ['spec.volumes[0].volumeSource']],
  [
    { spec: { containers: [{ livenessProbe: { httpget: {} } }] } },
    ['spec.containers[0].livenessProbe.httpget'],
  ],
  [{ metadata: { __proto: 1 } }, ['metadata.__proto']],
  [JSON.parse('{"__proto__": {}, "constructor": 1}'), ['__proto__', 'constructor']],
])('%j has fields that are unknown', (object, paths) => {
  expect(strictErrors(object, typeOf('Pod'), types)).toEqual(paths.map((path) => `unknown field "${path}"`));
});

test('no more than a hundred are told', () => {
  const spec = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x${index}`, 1]));
  expect(strictErrors({ spec }, typeOf('Pod'), types)).toHaveLength(100);
});

test.each<[string, JsonObject, string]>([
  [
    'Pod',
    { spec: { containers: 'x' } },
    'string into Go struct field PodSpec.spec.containers of type []v1.Container',
  ],
  ['Pod', { spec: [] }, 'array into Go struct field Pod.spec of type v1.PodSpec'],
  [
    'Pod',
    { spec: { containers: ['x'] } },
    'string into Go struct field PodSpec.spec.containers[0] of type v1.Container',
  ],
  [
    'Pod',
    { metadata: { labels: { a: 1 } } },
    'number into Go struct field ObjectMeta.metadata.labels.a of type string',
  ],
  [
    'Pod',
    { metadata: { annotations: ['x'] } },
    'array into Go struct field ObjectMeta.metadata.annotations of type map[string]string',
  ],
  [
    'Pod',
    { spec: { containers: [{ ports: [{ containerPort: '80' }] }] } },
    'string into Go struct field ContainerPort.spec.containers[0].ports[0].containerPort of type int64',
  ],
  [
    'Pod',
    { spec: { activeDeadlineSeconds: 1.5 } },
    'number 1.5 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64',
  ],
  [
    'Pod',
    { spec: { hostNetwork: 'yes' } },
    'string into Go struct field PodSpec.spec.hostNetwork of type bool',
  ],
  ['Pod', { metadata: { name: true } }, 'bool into Go struct field ObjectMeta.metadata.name of type string'],
  ['ConfigMap', { data: { a: {} } }, 'object into Go struct field ConfigMap.data.a of type string'],
])('%s %j', (kind, object, message) => {
  expect(typeMismatch(object, typeOf(kind), types)).toBe(`json: cannot unmarshal ${message}`);
});

test('what is left has neither unknown fields nor null, nor empty lists and maps, but values of maps are left alone', () => {
  const object = {
    kind: 'Pod',
    unknown: 1,
    metadata: {
      name: 'web',
      creationTimestamp: null,
      labels: { a: null, b: 'c' },
      annotations: {},
      finalizers: [],
      managedFields: [],
      more: {},
    },
    spec: {
      containers: [{ name: 'a', comand: [], env: [], resources: { limits: {} } }],
      volumes: [{ name: 'v', emptyDir: {}, empty: {} }],
      x: null,
    },
    status: null,
  };
  expect(withoutUnknownFields(object, typeOf('Pod'), types)).toEqual({
    kind: 'Pod',
    metadata: { name: 'web', labels: { a: null, b: 'c' }, managedFields: [] },
    spec: { containers: [{ name: 'a', resources: {} }], volumes: [{ name: 'v', emptyDir: {} }] },
  });
});
