import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { KUBERNETES_VERSION, loadTypes, openApiV3 } from '../../../src/apimachinery/index.ts';
import { isJsonObject, type JsonObject, type JsonValue, objectAt } from '../../../src/base/index.ts';

const types = await loadTypes();

const pods = { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get', 'list', 'create', 'patch'] };
const nodes = { name: 'nodes', kind: 'Node', namespaced: false, verbs: ['get', 'list'] };
const subject = { group: '', version: 'v1', gitVersion: 'v1.2.3', resources: [pods, nodes] };

const document = openApiV3(subject, types);
const schemas = objectAt(document.components, 'schemas');

test('the version is that of the types', async () => {
  const file = new URL('../../../src/apimachinery/types/kubernetes-types.generated.ts', import.meta.url);
  const [, version] = /golang-k8s-api-dev 0\.([\d.]+)/.exec(await readFile(file, 'utf8')) ?? [];
  expect(KUBERNETES_VERSION).toBe(`1.${version}`);
});

test('each place has the operations that are served', () => {
  const operations = Object.entries(objectAt(document, 'paths')).flatMap(([path, item]) =>
    isJsonObject(item)
      ? Object.keys(item)
          .filter((method) => method !== 'parameters')
          .map((method) => `${method} ${path} ${objectAt(item, method)['x-kubernetes-action']}`)
      : [],
  );
  expect(operations).toEqual([
    'get /api/v1/pods list',
    'get /api/v1/namespaces/{namespace}/pods list',
    'post /api/v1/namespaces/{namespace}/pods post',
    'get /api/v1/namespaces/{namespace}/pods/{name} get',
    'patch /api/v1/namespaces/{namespace}/pods/{name} patch',
    'get /api/v1/nodes list',
    'get /api/v1/nodes/{name} get',
  ]);
});

test('a patch says its kind, what the query may hold and how it may be written', () => {
  const item = objectAt(objectAt(document, 'paths'), '/api/v1/namespaces/{namespace}/pods/{name}');
  const query = (name: string, type: string): JsonObject => ({
    ...{ name, in: 'query', schema: { type, uniqueItems: true } },
  });
  expect(item.patch).toEqual({
    parameters: [
      query('dryRun', 'string'),
      query('fieldManager', 'string'),
      query('fieldValidation', 'string'),
      query('force', 'boolean'),
    ],
    requestBody: {
      content: {
        'application/apply-patch+yaml': {},
        'application/json-patch+json': {},
        'application/merge-patch+json': {},
        'application/strategic-merge-patch+json': {},
      },
    },
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group: '', kind: 'Pod', version: 'v1' },
  });
});

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/io.k8s.${name}` });

test.each<[string, string, JsonObject]>([
  ['api.core.v1.Pod', 'spec', ref('api.core.v1.PodSpec')],
  ['api.core.v1.Pod', 'metadata', ref('apimachinery.pkg.apis.meta.v1.ObjectMeta')],
  ['api.core.v1.SecurityContext', 'runAsUser', { type: 'integer' }],
  ['api.core.v1.Volume', 'hostPath', ref('api.core.v1.HostPathVolumeSource')],
  ['api.core.v1.ContainerPort', 'protocol', { type: 'string', default: 'TCP' }],
  ['api.core.v1.HTTPGetAction', 'port', ref('apimachinery.pkg.util.intstr.IntOrString')],
  [
    'api.core.v1.ResourceRequirements',
    'limits',
    { type: 'object', additionalProperties: ref('apimachinery.pkg.api.resource.Quantity') },
  ],
  [
    'api.core.v1.PodSpec',
    'nodeSelector',
    { type: 'object', additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': 'atomic' },
  ],
  [
    'api.core.v1.Container',
    'command',
    { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
  ],
  [
    'api.core.v1.PodSpec',
    'volumes',
    {
      type: 'array',
      items: ref('api.core.v1.Volume'),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-strategy': 'merge,retainKeys',
      'x-kubernetes-patch-merge-key': 'name',
    },
  ],
])('%s %s', (schema, property, expected) => {
  expect(objectAt(objectAt(schemas, `io.k8s.${schema}`), 'properties')[property]).toEqual(expected);
});

test('kinds say which they are, and what they need', () => {
  expect(schemas['io.k8s.api.core.v1.Pod']).toMatchObject({
    type: 'object',
    'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }],
  });
  expect(schemas['io.k8s.api.core.v1.PodSpec']).toMatchObject({ required: ['containers'] });
});

test('every reference leads somewhere, and nothing is there that no kind needs', () => {
  const named = new Set(refsOf(document));
  const kinds = Object.entries(schemas).flatMap(([name, schema]) =>
    objectAt(schemas, name) === schema && 'x-kubernetes-group-version-kind' in objectAt(schemas, name)
      ? [name]
      : [],
  );
  expect([...new Set([...named, ...kinds])].sort()).toEqual(Object.keys(schemas).sort());
  expect(Object.keys(schemas)).not.toContain('io.k8s.api.core.v1.ConfigMap');
});

function refsOf(value: JsonValue | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(refsOf);
  if (!isJsonObject(value)) return [];
  const own = typeof value.$ref === 'string' ? [value.$ref.replace('#/components/schemas/', '')] : [];
  return [...own, ...Object.values(value).flatMap(refsOf)];
}
