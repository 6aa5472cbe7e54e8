import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { expect, test } from 'vitest';
import { ApiFailure, loadTypes, type ObjectType, readBody } from '../../../src/apimachinery/index.ts';
import type { JsonObject, JsonValue } from '../../../src/base/index.ts';
import { wrap, writeProtobuf } from './write-protobuf.ts';

const types = await loadTypes();
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const pod = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'web', namespace: 'default', labels: { app: 'web', empty: '' } },
  spec: { containers: [{ name: 'web', image: 'nginx' }] },
};

function withContainer(more: JsonObject): JsonObject {
  return { ...pod, spec: { containers: [{ name: 'web', image: 'nginx', ...more }] } };
}

test.each<[string, JsonObject]>([
  ['a pod', pod],
  ['pointers to zero values', withContainer({ securityContext: { runAsUser: 0, privileged: false } })],
  [
    'quantities',
    withContainer({ resources: { limits: { cpu: '500m', memory: '1Gi', 'example.com/none': '0' } } }),
  ],
  ['a port as a number', withContainer({ livenessProbe: { httpGet: { port: 8080 }, periodSeconds: 5 } })],
  ['a port as a text', withContainer({ livenessProbe: { tcpSocket: { port: 'web' } } })],
  ['a negative number', withContainer({ ports: [{ containerPort: -1 }] })],
  [
    'inlined structs',
    withContainer({
      envFrom: [{ configMapRef: { name: 'c', optional: false } }],
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
    }),
  ],
  [
    'volumes',
    {
      ...pod,
      spec: {
        volumes: [
          { name: 'a', emptyDir: {} },
          { name: 'b', configMap: { name: 'c', items: [{ key: 'k', path: 'p' }] } },
        ],
        nodeSelector: { a: 'b' },
      },
    },
  ],
  ['numbers in a list', { ...pod, spec: { securityContext: { supplementalGroups: [0, 7] } } }],
  [
    'an ephemeral container',
    { ...pod, spec: { ephemeralContainers: [{ name: 'd', image: 'i', targetContainerName: 'web' }] } },
  ],
  [
    'a secret',
    {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: 's' },
      data: { key: 'AP8=', none: '' },
      immutable: false,
      type: 'Opaque',
    },
  ],
  [
    'times',
    {
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { name: 'e', creationTimestamp: '2024-05-06T07:08:09Z' },
      involvedObject: { kind: 'Pod' },
      eventTime: '2024-05-06T07:08:09.000120Z',
    },
  ],
  [
    'managed fields',
    {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'c', managedFields: [{ manager: 'm', fieldsV1: { 'f:data': { 'f:a': {} } } }] },
    },
  ],
  [
    'options, whatever their group',
    { kind: 'DeleteOptions', apiVersion: 'policy/v1', gracePeriodSeconds: 0, preconditions: { uid: 'u' } },
  ],
  [
    'a review',
    {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    },
  ],
])('%s is read as its JSON', (_, object) => {
  expect(readBody(writeProtobuf(object, types), PROTOBUF, types)).toEqual({ object, duplicates: [] });
});

test('numbers are read packed, too', () => {
  const groups = protobuf.Writer.create().uint32(34).fork().int64(0).int64(7).ldelim().finish();
  const spec = protobuf.Writer.create().uint32(114).bytes(groups).finish();
  const raw = protobuf.Writer.create().uint32(18).bytes(spec).finish();
  expect(readBody(wrap('v1', 'Pod', raw), PROTOBUF, types).object).toEqual({
    kind: 'Pod',
    apiVersion: 'v1',
    spec: { securityContext: { supplementalGroups: [0, 7] } },
  });
});

test('fields that are not in the table are passed over', () => {
  const raw = protobuf.Writer.create().uint32(800).int64(1).uint32(802).string('x').uint32(805).fixed32(1);
  expect(readBody(wrap('v1', 'Pod', raw.finish()), PROTOBUF, types).object).toEqual({
    kind: 'Pod',
    apiVersion: 'v1',
  });
});

test('__proto__ is a key like any other', () => {
  const labels = JSON.parse('{"__proto__": "x"}');
  const object = { kind: 'Pod', apiVersion: 'v1', metadata: { labels } };
  const read = readBody(writeProtobuf(object, types), PROTOBUF, types).object;
  expect(JSON.stringify(read)).toBe(
    '{"kind":"Pod","apiVersion":"v1","metadata":{"labels":{"__proto__":"x"}}}',
  );
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test.each<[string, Uint8Array, string]>([
  ['nothing', bytes(), 'provided data does not appear to be a protobuf message'],
  ['JSON', Buffer.from('{}'), 'provided data does not appear to be a protobuf message'],
  [
    'a kind of its own',
    wrap('apps/v1', 'Deployment', bytes()),
    'no kind "Deployment" is registered for version "apps/v1"',
  ],
  [
    'a struct without kind',
    wrap('v1', 'Container', bytes()),
    'no kind "Container" is registered for version "v1"',
  ],
  [
    'a cut length',
    wrap('v1', 'Pod', bytes(10, 255, 255, 255, 255, 7)),
    'proto: index out of range: 6 + 2147483647 > 6',
  ],
  ['a number for a message', wrap('v1', 'Pod', bytes(8, 1)), 'proto: wrong wireType = 0'],
  ['tag 0', wrap('v1', 'Pod', bytes(2, 0)), 'proto: illegal tag 0'],
  [
    'groups without end',
    wrap('v1', 'Pod', new Uint8Array(5000).fill(99)),
    'proto: maximum nesting depth exceeded',
  ],
])('%s is refused', (_, body, message) => {
  expect(() => readBody(body, PROTOBUF, types)).toThrow(new ApiFailure('BadRequest', message));
});

test('a time out of range is refused', () => {
  const time = protobuf.Writer.create().uint32(8).int64(Number.MAX_SAFE_INTEGER).finish();
  const metadata = protobuf.Writer.create().uint32(66).bytes(time).finish();
  const raw = protobuf.Writer.create().uint32(10).bytes(metadata).finish();
  expect(() => readBody(wrap('v1', 'Pod', raw), PROTOBUF, types)).toThrow(/year outside of range/);
});

test('whatever bytes come, nothing but an ApiFailure is thrown', () => {
  const kind = fc.constantFrom('Pod', 'Node', 'Event', 'Secret', 'Status');
  fc.assert(
    fc.property(kind, fc.uint8Array({ maxLength: 60 }), (name, raw) => {
      expectOnlyApiFailure(() => readBody(wrap('v1', name, raw), PROTOBUF, types));
    }),
    { numRuns: 2000 },
  );
});

test('a good body that is damaged is read or refused', () => {
  const good = writeProtobuf(withContainer({ livenessProbe: { httpGet: { port: 1 } } }), types);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), (index, byte) => {
      const damaged = Uint8Array.from(good);
      damaged[index] = byte;
      expectOnlyApiFailure(() => readBody(damaged, PROTOBUF, types));
      expectOnlyApiFailure(() => readBody(good.subarray(0, index), PROTOBUF, types));
    }),
    { numRuns: 1000 },
  );
});

test.each(['Pod', 'Node', 'Event', 'Secret', 'ConfigMap', 'PersistentVolumeClaim', 'Service'])(
  'every %s is read as its JSON',
  (kind) => {
    const type = types.typeOf('v1', kind);
    if (type === undefined) throw new Error(kind);
    fc.assert(
      fc.property(objectOf(type, 0), (object) => {
        const whole = { ...object, kind, apiVersion: 'v1' };
        expect(readBody(writeProtobuf(whole, types), PROTOBUF, types).object).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  },
);

function expectOnlyApiFailure(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ApiFailure);
  }
}

const SCALARS: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
  string: fc.string({ minLength: 1, unit: 'grapheme' }),
  boolean: fc.constant(true),
  integer: fc.maxSafeInteger().filter((value) => value !== 0),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => value !== 0),
  bytes: fc.uint8Array({ minLength: 1 }).map((value) => Buffer.from(value).toString('base64')),
  quantity: fc.constantFrom('1', '500m', '2Gi'),
  intOrString: fc.oneof(fc.constantFrom('http', ''), fc.integer({ min: 1, max: 65535 })),
  time: fc.constant('2026-01-02T03:04:05Z'),
  microTime: fc.nat(999_999).map((micros) => `2026-01-02T03:04:05.${String(micros).padStart(6, '0')}Z`),
  fieldsV1: fc.constant({ 'f:spec': {} }),
  any: fc.constant({ a: [1, null] }),
};

/** An object as its JSON is written: without empty parts that are no pointers. */
function objectOf(type: ObjectType, depth: number): fc.Arbitrary<JsonObject> {
  const fields = [...type.fields.values()].filter(
    ({ name, type: inner }) => !(name === 'kind' || name === 'apiVersion') || inner !== 'string' || depth > 0,
  );
  // Few fields of many, or nearly nothing would be left of a run but the first levels.
  return fc
    .subarray(fields, { maxLength: Math.min(3, fields.length) })
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.map((field) => [field.name, valueFor(field, depth)]))),
    )
    .map((object) =>
      Object.fromEntries(
        Object.entries(object).filter(
          ([name, value]) => !isEmpty(value) || type.fields.get(name)?.pointer === true,
        ),
      ),
    );
}

function valueFor(field: { type: string; shape: string }, depth: number): fc.Arbitrary<JsonValue> {
  const inner = types.type(field.type);
  const one: fc.Arbitrary<JsonValue> =
    inner === undefined
      ? (SCALARS[field.type] ?? fc.constant(null))
      : depth > 5
        ? fc.constant({})
        : objectOf(inner, depth + 1);
  if (field.shape === 'list') return fc.array(one, { minLength: 1, maxLength: 2 });
  return field.shape === 'map'
    ? fc.dictionary(fc.string({ minLength: 1 }), one, { minKeys: 1, maxKeys: 2 })
    : one;
}

function isEmpty(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
