import { expect, test } from 'vitest';
import { parseManifest, writtenObject } from '../../../src/manifest/index.ts';

const POD = { containers: [{ name: 'app', image: 'busybox' }] };

test.each([
  [
    'a flat Pod',
    { name: 'web', labels: { app: 'web' }, ...POD },
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { app: 'web' } }, spec: POD },
    },
  ],
  [
    'a Pod, without its status',
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: POD, status: {} },
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: POD },
    },
  ],
  [
    'a Secret, its texts as data',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { k: 'v' },
      data: { a: 'Yg==' },
      immutable: true,
    },
    {
      ...{
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's' },
        type: 'Opaque',
        data: { a: 'Yg==', k: 'dg==' },
        immutable: true,
      },
    },
  ],
  ...[
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', annotations: { a: 'b' } },
      data: { k: 'v' },
      binaryData: { b: 'Yg==' },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'shop' } },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'p' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'r' },
      handler: 'runsc',
      overhead: { podFixed: { cpu: '250m' } },
      scheduling: { nodeSelector: { a: 'b' } },
    },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  ].map((object): [string, object, object] => [`a ${object.kind} as it is`, object, object]),
])('%s', (_, written, object) => {
  const file = parseManifest({ file: 'f.yaml', text: JSON.stringify(written) });
  if (file.state === 'refused') throw new Error(JSON.stringify(file.errors));
  expect(file.objects.map(writtenObject)).toEqual([object]);
});
