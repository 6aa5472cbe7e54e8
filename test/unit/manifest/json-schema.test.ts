import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadFieldGuide } from '../../../src/manifest/index.ts';
import type { JsonSchema } from '../../../src/manifest/schema-words.ts';
import { PLACEHOLDERS, readFixtures } from '../../fixtures/fixture.ts';
import { resolveRef, schemaErrors } from '../../support/check-schema.ts';
import { parse } from './parse.ts';

const guide = await loadFieldGuide();
const schema = guide.manifestSchema();
const manifests = join(import.meta.dirname, '../../../manifests');

/** The documents of a text as Kubernetes' YAML reads them. */
const documentsOf = (text: string): unknown[] =>
  parseAllDocuments(text, { version: '1.1' })
    .map((document): unknown => document.toJS())
    .filter((document) => document !== null);

function allParts(part: JsonSchema): readonly JsonSchema[] {
  const below = [
    ...Object.values(part.properties ?? {}),
    ...Object.values(part.definitions ?? {}),
    ...(part.allOf ?? []),
    ...(part.anyOf ?? []),
    ...[part.items, part.if, part.then, part.else].filter((child) => child !== undefined),
    ...(typeof part.additionalProperties === 'object' ? [part.additionalProperties] : []),
  ];
  return [part, ...below.flatMap(allParts)];
}

describe('the schema', () => {
  test('is whole: every $ref leads somewhere, and nothing is defined in vain', () => {
    const refs = new Set(allParts(schema).flatMap(({ $ref }) => $ref ?? []));
    for (const ref of refs) expect(resolveRef(schema, ref)).toBeDefined();
    const names = Object.keys(schema.definitions ?? {}).map((name) => `#/definitions/${name}`);
    expect([...refs].sort()).toEqual(names.sort());
  });

  test('is JSON', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  test('has every honoured and every not applicable field that a Pod can reach', () => {
    const missing = guide
      .podSupport()
      .filter(({ fate }) => fate !== 'refused')
      .filter(({ type, field }) => schema.definitions?.[type]?.properties?.[field] === undefined)
      .map(({ type, field }) => `${type}.${field}`);
    // What servers fill in is not looked into.
    expect(missing.filter((name) => !/^V1(ManagedFieldsEntry|OwnerReference)\./.test(name))).toEqual([]);
  });

  test('has no definition of what is refused', () => {
    expect(Object.keys(schema.definitions ?? {})).not.toContain('V1GitRepoVolumeSource');
  });
});

const pod = (spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});
const container = (fields: object): object => pod({ containers: [{ name: 'c', image: 'i', ...fields }] });
const volume = (fields: object): object => pod({ volumes: [{ name: 'v', ...fields }] });
const object = (kind: string, fields: object): object => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a' },
  ...fields,
});

describe('accepts', () => {
  const files = readdirSync(manifests, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(ya?ml|json)$/.test(file),
  );

  test.each(files)('manifests/%s', (file) => {
    const documents = documentsOf(readFileSync(join(manifests, file), 'utf8'));
    expect(documents.length).toBeGreaterThan(0);
    expect(documents.flatMap((document) => schemaErrors(schema, document))).toEqual([]);
  });

  const corpus = readFixtures().filter(({ expected }) => expected.state === 'accepted');
  test.each(corpus.map(({ name, text }) => [name, text]))('test/fixtures/pods/%s', (_, text) => {
    const filled = PLACEHOLDERS.reduce(
      (all, name) => all.replaceAll(`\${${name}}`, name.endsWith('PORT') ? '1' : 'x'),
      text,
    );
    expect(documentsOf(filled).flatMap((document) => schemaErrors(schema, document))).toEqual([]);
  });

  test.each<[what: string, document: object]>([
    ['the flat form', { name: 'web', labels: { a: 'b' }, containers: [{ name: 'c', image: 'i' }] }],
    ['a ConfigMap', object('ConfigMap', { data: { a: 'b' }, binaryData: null, immutable: true })],
    ['a Secret', object('Secret', { type: 'Opaque', stringData: { a: 'b' } })],
    [
      'a PersistentVolumeClaim',
      object('PersistentVolumeClaim', {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        status: { phase: 'Bound' },
      }),
    ],
    [
      'a RuntimeClass',
      {
        apiVersion: 'node.k8s.io/v1',
        kind: 'RuntimeClass',
        metadata: { name: 'r' },
        handler: 'runc',
        overhead: { podFixed: { cpu: 1, memory: '64Mi' } },
        scheduling: { nodeSelector: { a: 'b' } },
      },
    ],
    ['a List', { apiVersion: 'v1', kind: 'List', items: [pod({}), object('Secret', {})] }],
    [
      'a PodList, whose items need not say what they are',
      {
        apiVersion: 'v1',
        kind: 'PodList',
        metadata: { resourceVersion: '' },
        items: [{ metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'i' }] } }],
      },
    ],
    ['a list of one kind', { apiVersion: 'v1', kind: 'SecretList', items: [{ metadata: { name: 'a' } }] }],
    [
      'quantities as numbers',
      container({ resources: { limits: { cpu: 0.5, memory: '1Gi' }, requests: null } }),
    ],
    [
      'probes, hooks and rules for restarts',
      container({
        livenessProbe: { httpGet: { port: 'http', httpHeaders: [{ name: 'A' }] }, periodSeconds: 0 },
        readinessProbe: { tcpSocket: { port: 80 }, exec: null },
        startupProbe: { grpc: { port: 1, service: '' } },
        lifecycle: { preStop: { sleep: {} }, stopSignal: 'SIGRTMIN+3' },
        restartPolicy: 'Never',
        restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }],
        resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
      }),
    ],
    ['what has no effect', pod({ tolerations: [{ operator: 'Exists' }], nodeSelector: {}, affinity: null })],
    ['refused fields without a value', pod({ ephemeralContainers: [], schedulingGates: null })],
    ['what a server fills in', { ...pod({}), status: { anything: ['goes'] } }],
  ])('%s', (_, document) => {
    expect(schemaErrors(schema, document)).toEqual([]);
  });
});

describe('refuses', () => {
  test.each<[what: string, document: unknown, errors: string[]]>([
    ['an unknown field', pod({ hostNetwrok: true }), ['spec.hostNetwrok: unknown']],
    [
      'one deep inside',
      container({ ports: [{ port: 80 }] }),
      ['spec.containers[0].ports[0]: without containerPort', 'spec.containers[0].ports[0].port: unknown'],
    ],
    [
      'one in what has no effect',
      pod({ tolerations: [{ key: 'a', val: 'b' }] }),
      ['spec.tolerations[0].val: unknown'],
    ],
    ['one in a flat Pod', { name: 'a', containers: [], spec_: {} }, ['spec_: unknown']],
    ['a wrong word', pod({ restartPolicy: 'always' }), ['spec.restartPolicy: not a word for it']],
    ['a number for text', container({ args: [8080] }), ['spec.containers[0].args[0]: no string,null']],
    [
      'text for a number',
      pod({ terminationGracePeriodSeconds: '30' }),
      ['spec.terminationGracePeriodSeconds: no integer,null'],
    ],
    [
      'a port out of range',
      container({ ports: [{ containerPort: 65536 }] }),
      ['spec.containers[0].ports[0].containerPort: out of range'],
    ],
    [
      'a quantity',
      volume({ emptyDir: { sizeLimit: '1GB' } }),
      ['spec.volumes[0].emptyDir.sizeLimit: not of the form'],
    ],
    [
      'a refused field, with its reason',
      pod({ schedulingGates: [{ name: 'a' }] }),
      ['spec.schedulingGates: Forbidden: nothing here would ever lift a scheduling gate'],
    ],
    [
      'a refused volume',
      volume({ nfs: { server: 'a', path: '/' } }),
      [
        'spec.volumes[0].nfs: Forbidden: no storage is attached over a network here: mount it on the host and use hostPath',
      ],
    ],
    [
      'a probe',
      container({ livenessProbe: { exec: {}, httpGet: { port: '80' }, grpc: { port: 0 }, sleep: {} } }),
      [
        'spec.containers[0].livenessProbe.exec: without command',
        'spec.containers[0].livenessProbe.httpGet.port: not of the form',
        'spec.containers[0].livenessProbe.grpc.port: out of range',
        'spec.containers[0].livenessProbe.sleep: unknown',
      ],
    ],
    [
      'a signal',
      container({ lifecycle: { stopSignal: 'TERM' } }),
      ['spec.containers[0].lifecycle.stopSignal: not a word for it'],
    ],
    ['no containers', { name: 'a' }, [': without containers']],
    ['an object without its name', { ...object('Secret', {}), metadata: {} }, ['metadata: without name']],
    ['another kind', object('Service', {}), ['kind: not a word for it']],
    ['another version', { ...pod({}), apiVersion: 'v2' }, ['apiVersion: not v1']],
    [
      'a List in a List',
      { apiVersion: 'v1', kind: 'List', items: [object('List', {})] },
      ['items[0].kind: not a word for it'],
    ],
    ['text', 'text', [': no object', ': no object']],
  ])('%s', (_, document, errors) => {
    expect(schemaErrors(schema, document)).toEqual(errors);
  });
});

test('the comment that names the schema is only a comment to tinylet', () => {
  const text = '# yaml-language-server: $schema=tinylet.json\nname: a\ncontainers: [{name: c, image: i}]\n';
  expect(parse(text)).toMatchObject({ state: 'accepted', notes: [] });
});
