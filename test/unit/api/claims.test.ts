import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/index.ts';
import { ObjectWorld } from './object-world.ts';

const CLAIM = '/api/v1/namespaces/default/persistentvolumeclaims/disk';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const WHY =
  'PersistentVolumeClaim "disk" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

const written = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'fast',
  resources: { requests: { storage: '1Gi' } },
};

function world(): ObjectWorld {
  const it = new ObjectWorld();
  it.put('persistentvolumeclaims', {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    metadata: { name: 'disk', namespace: 'default', uid: 'u' },
    spec: { volumeMode: 'Filesystem', volumeName: 'pvc-u', ...written },
    status: { phase: 'Bound' },
  });
  return it;
}

test.each<[string, JsonObject]>([
  ['who may use it', { accessModes: ['ReadWriteMany'] }],
  ['its class', { storageClassName: 'slow' }],
  ['a class that is taken away', { storageClassName: null }],
  ['its volume', { volumeName: 'another' }],
  ['what it is', { volumeMode: 'Block' }],
])('of a claim cannot be changed: %s', async (_what, spec) => {
  const it = world();
  const { status, body } = await it.ask('PATCH', CLAIM, { spec }, MERGE);
  const cause = { reason: 'FieldValueForbidden', field: 'spec', message: expect.any(String) };
  expect([status, body.message, body.details, it.calls]).toEqual([
    422,
    WHY,
    expect.objectContaining({ causes: [cause] }),
    [],
  ]);
});

test.each<[string, JsonObject]>([
  ['how much it asks for', { spec: { resources: { requests: { storage: '2Gi' } } } }],
  ['its class of attributes', { spec: { volumeAttributesClassName: 'gold' } }],
  ['its labels', { metadata: { labels: { a: 'b' } } }],
])('of a claim can be changed: %s', async (_what, body) => {
  const it = world();
  const { status } = await it.ask('PATCH', CLAIM, body, MERGE);
  expect([status, it.calls.map(([what]) => what)]).toEqual([200, ['save']]);
});

test('a claim as its author wrote it is the same claim, and another cannot take its place', async () => {
  const it = world();
  const put = (spec: JsonObject) => it.ask('PUT', CLAIM, { metadata: { name: 'disk' }, spec });
  expect([(await put(written)).status, it.calls]).toEqual([200, []]);
  expect((await put({ ...written, storageClassName: 'slow' })).body.message).toBe(WHY);
});
