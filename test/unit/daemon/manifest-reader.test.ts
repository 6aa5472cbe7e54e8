import { expect, test } from 'vitest';
import { manifestReader } from '../../../src/daemon/manifest-reader.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const reader = manifestReader(new VirtualClock());

test('objects of all forms, as their authors wrote them, with their namespaces', async () => {
  const text = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: app, image: i }] }
---
name: flat
namespace: prod
containers: [{ name: app, image: i }]
---
{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "words"}, "data": {"a": "b"}},
  {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "word"}, "stringData": {"a": "b"}},
  {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "prod"}}
]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;
  const spec = { containers: [{ name: 'app', image: 'i' }] };
  const v1 = (kind: string, metadata: object, further: object = {}) => ({
    ...{ apiVersion: 'v1', kind, metadata, ...further },
  });
  const [claim, ...others] = [...(await reader.objectsOf(text))].reverse();
  expect(others.reverse()).toEqual([
    {
      resource: 'pods',
      object: v1('Pod', { name: 'web', namespace: 'default', labels: { app: 'web' } }, { spec }),
    },
    { resource: 'pods', object: v1('Pod', { name: 'flat', namespace: 'prod' }, { spec }) },
    {
      resource: 'configmaps',
      object: v1('ConfigMap', { name: 'words', namespace: 'default' }, { data: { a: 'b' } }),
    },
    {
      resource: 'secrets',
      object: v1('Secret', { name: 'word', namespace: 'default' }, { data: { a: 'Yg==' }, type: 'Opaque' }),
    },
    { resource: 'namespaces', object: v1('Namespace', { name: 'prod' }) },
  ]);
  expect(claim).toEqual({
    resource: 'persistentvolumeclaims',
    object: v1(
      'PersistentVolumeClaim',
      { name: 'data', namespace: 'default' },
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ),
  });
});

test('every error is told with its place', async () => {
  const text = 'name: a\ncontainers: [{ name: A, image: i }]\n---\nname: b\ncontainers: []\n';
  await expect(reader.objectsOf(text)).rejects.toMatchObject({
    reason: 'BadRequest',
    message: expect.stringMatching(
      /^body:2:22: containers\[0\]\.name: .*\nbody:5:13: containers: Required value$/,
    ),
    details: {
      causes: [{ field: 'containers[0].name' }, { field: 'containers', message: 'Required value' }],
    },
  });
});
