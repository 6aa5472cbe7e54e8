import { describe, expect, test } from 'vitest';
import { type JsonObject, textAt } from '../../../src/base/index.ts';
import { ObjectWorld, podSpec, shownPod } from './object-world.ts';

const WEB = '/api/v1/namespaces/default/pods/web';
const CONFIG = '/api/v1/namespaces/default/configmaps/c';
const MODIFIED =
  'Operation cannot be fulfilled on pods "web": the object has been modified; please apply your changes to the latest version and try again';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const APPLY = 'application/apply-patch+yaml';

function world(): ObjectWorld {
  const it = new ObjectWorld();
  it.put('pods', shownPod('web', {}, { labels: { app: 'web' } }));
  it.put('configmaps', {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'c', namespace: 'default', uid: 'uid-of-c' },
    data: { a: '1' },
  });
  return it;
}

const web = (it: ObjectWorld): JsonObject => it.shown('pods', { namespace: 'default', name: 'web' });
const versionOf = ({ metadata }: JsonObject): string => textAt(metadata, 'resourceVersion');
const metadataOf = ({ metadata }: JsonObject): JsonObject => metadata as JsonObject;
const saves = (it: ObjectWorld): readonly JsonObject[] =>
  it.calls.flatMap(([what, , object]) => (what === 'save' ? [object as JsonObject] : []));
const patch = (it: ObjectWorld, type: string, body: unknown, path = WEB) =>
  it.ask('PATCH', path, body, { 'content-type': type });
describe('an object in the place of another', () => {
  test('keeps what only the node says, counts the versions of what is wanted', async () => {
    const it = world();
    const before = web(it);
    const body = {
      metadata: {
        name: 'web',
        labels: { app: 'new' },
        creationTimestamp: null,
        generation: 40,
        resourceVersion: versionOf(before),
      },
      spec: podSpec('nginx'),
      status: { phase: 'Failed' },
    };
    const { status, body: shown } = await it.ask('PUT', WEB, body);
    expect([status, shown.status, shown.spec]).toEqual([200, before.status, podSpec('nginx')]);
    expect(metadataOf(shown)).toMatchObject({
      uid: 'uid-of-web',
      creationTimestamp: '2026-01-01T11:00:00Z',
      generation: 2,
      labels: { app: 'new' },
    });
    const [saved] = saves(it);
    expect(Object.keys(saved ?? {}).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(Object.keys(metadataOf(saved ?? {}))).not.toContain('resourceVersion');
  });

  test('labels alone are no other version of what is wanted', async () => {
    const { body } = await patch(world(), MERGE, { metadata: { labels: { app: 'new' } } });
    expect(metadataOf(body)).toMatchObject({ generation: 1, labels: { app: 'new' } });
  });

  test.each<[string, string, unknown]>([
    ['a merge patch', MERGE, { metadata: { labels: { app: null } } }],
    ['a JSON patch', JSON_PATCH, [{ op: 'remove', path: '/metadata/labels/app' }]],
    [
      'an apply that says so',
      APPLY,
      { apiVersion: 'v1', kind: 'Pod', metadata: { labels: {}, annotations: {} } },
    ],
  ])('%s that leaves no label leaves no labels, and nobody owns them', async (_, type, body) => {
    const it = world();
    if (type === APPLY) await patch(it, MERGE, { metadata: { labels: { app: null } } });
    const path = type === APPLY ? `${WEB}?fieldManager=test` : WEB;
    const { status, body: shown } = await patch(it, type, body, path);
    const { labels, annotations, managedFields } = metadataOf(shown);
    expect([status, labels, annotations, JSON.stringify(managedFields ?? [])]).toEqual([
      200,
      undefined,
      undefined,
      expect.not.stringContaining('f:labels'),
    ]);
  });

  test('what is the same is not written', async () => {
    const it = world();
    const before = web(it);
    const { status, body } = await it.ask('PUT', WEB, before);
    expect([status, body, it.calls]).toEqual([200, before, []]);
  });

  test('a dry run shows what would be', async () => {
    const it = world();
    const { body } = await it.ask('PUT', `${WEB}?dryRun=All`, { ...web(it), spec: podSpec('nginx') });
    expect([body.spec, body.status, it.calls]).toEqual([
      podSpec('nginx'),
      web(it).status,
      [['check', 'pods', 'web']],
    ]);
  });

  test('a manifest that leaves defaults out, and where the pod is, wants nothing else', async () => {
    const it = world();
    const body = {
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', image: 'busybox' }] },
    };
    const { status, body: shown } = await it.ask('PUT', WEB, body);
    expect([status, shown, it.calls]).toEqual([200, web(it), []]);
  });

  const other = (changed: JsonObject): JsonObject => ({
    metadata: { name: 'web', ...changed },
    spec: podSpec('nginx'),
  });
  test.each<[string, JsonObject, number, string]>([
    ['that was changed meanwhile', other({ resourceVersion: '5' }), 409, MODIFIED],
    [
      'that was made anew meanwhile',
      other({ uid: 'old' }),
      409,
      'Operation cannot be fulfilled on pods "web": Precondition failed: UID in precondition: old, UID in object meta: uid-of-web',
    ],
    [
      'of another name',
      other({ name: 'db' }),
      400,
      'the name of the object (db) does not match the name on the URL (web)',
    ],
    [
      'of another namespace',
      other({ namespace: 'x' }),
      400,
      'the namespace of the object (x) does not match the namespace on the request (default)',
    ],
  ])('an object %s', async (_what, body, status, message) => {
    const it = world();
    const answer = await it.ask('PUT', WEB, body);
    expect([answer.status, answer.body.message, it.calls]).toEqual([status, message, []]);
  });

  test('an object that is not there is not made', async () => {
    const answer = await world().ask('PUT', WEB.replace('web', 'db'), { metadata: { name: 'db' } });
    expect([answer.status, answer.body.message]).toEqual([404, 'pods "db" not found']);
  });

  test('two who change it at once, from one version: one of them is too late', async () => {
    const it = world();
    const from = web(it);
    const put = (image: string) => it.ask('PUT', WEB, { ...from, spec: podSpec(image) });
    const answers = await Promise.all([put('one'), put('two')]);
    expect([answers.map(({ status }) => status), saves(it).length]).toEqual([[200, 409], 1]);
  });

  test('patches that name no version are carried out one after the other, and none is lost', async () => {
    const it = world();
    const labels = Array.from({ length: 8 }, (_, index) => ({
      metadata: { labels: { [`l${index}`]: 'x' } },
    }));
    const answers = await Promise.all(labels.map((each) => patch(it, MERGE, each)));
    expect(answers.map(({ status }) => status)).toEqual(labels.map(() => 200));
    expect(Object.keys(metadataOf(web(it)).labels as object).length).toBe(9);
  });
});

describe('a patch', () => {
  test.each<[string, unknown]>([
    [MERGE, { spec: { containers: [{ name: 'app', image: 'nginx' }] } }],
    [STRATEGIC, { spec: { containers: [{ name: 'app', image: 'nginx' }] } }],
    [JSON_PATCH, [{ op: 'replace', path: '/spec/containers/0/image', value: 'nginx' }]],
    [`${MERGE}; charset=utf-8`, '{"spec":{"containers":[{"name":"app","image":"nginx"}]}}'],
    [`${APPLY}`, 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {name: app, image: nginx}\n'],
  ])('%s', async (type, body) => {
    const it = world();
    const query = type === APPLY ? '?fieldManager=me&force=true' : '';
    const answer = await patch(it, type, body, WEB + query);
    expect([answer.status, answer.body.spec]).toEqual([200, podSpec('nginx')]);
    expect(metadataOf(answer.body).generation).toBe(2);
  });

  test.each<[string, string, string, unknown, number, string]>([
    [
      'of a kind that is none',
      'application/json',
      '',
      {},
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json',
    ],
    ['that is no object', MERGE, '', [1], 400, 'error decoding patch: an object is expected'],
    ['of an old version', MERGE, '', { metadata: { resourceVersion: '5' } }, 409, MODIFIED],
    [
      'that renames',
      MERGE,
      '',
      { metadata: { name: 'db' } },
      422,
      'Pod "web" is invalid: metadata.name: Invalid value: "db": field is immutable',
    ],
    [
      'that takes the name away',
      MERGE,
      '',
      { metadata: null },
      422,
      'metadata.name: Invalid value: "": field is immutable',
    ],
    ['to a wrong type', MERGE, '', { spec: 'x' }, 422, 'json: cannot unmarshal string into Go struct field'],
    [
      'to a field nobody knows',
      STRATEGIC,
      '?fieldValidation=Strict',
      { spec: { x: 1 } },
      422,
      'strict decoding error: unknown field "spec.x"',
    ],
    [
      'by force',
      MERGE,
      '?force=true',
      {},
      422,
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    ],
    [
      'applied by nobody',
      APPLY,
      '',
      { apiVersion: 'v1', kind: 'Pod' },
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
    [
      'applied to another kind',
      APPLY,
      '?fieldManager=me',
      { apiVersion: 'v1', kind: 'Secret' },
      400,
      'Secret in version "v1" cannot be handled as a Pod',
    ],
    [
      'applied to another name',
      APPLY,
      '?fieldManager=me',
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db' } },
      400,
      'the name of the object (db) does not match the name on the URL (web)',
    ],
    [
      'applied with a field nobody knows',
      APPLY,
      '?fieldManager=me&fieldValidation=Strict',
      { apiVersion: 'v1', kind: 'Pod', spec: { x: 1 } },
      400,
      'strict decoding error: unknown field "spec.x"',
    ],
  ])('%s', async (_what, type, query, body, status, message) => {
    const it = world();
    const answer = await patch(it, type, body, WEB + query);
    expect([answer.status, answer.body.message, it.calls]).toEqual([
      status,
      expect.stringContaining(message),
      [],
    ]);
  });

  test('a field nobody knows is left out, with a warning', async () => {
    const { status, headers, body } = await patch(world(), MERGE, {
      metadata: { labels: { b: 'c' } },
      spec: { x: 1 },
    });
    expect([status, headers.warning, body.spec]).toEqual([
      200,
      ['299 - "unknown field \\"spec.x\\""'],
      podSpec('busybox'),
    ]);
  });

  test('of what is not there', async () => {
    const { status, body } = await patch(world(), MERGE, {}, WEB.replace('web', 'db'));
    expect([status, body.message]).toEqual([404, 'pods "db" not found']);
  });
});

describe('server-side apply', () => {
  const NEW = WEB.replace('web', 'new');
  const applied = (image: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'new' },
    spec: { containers: [{ name: 'app', image }] },
  });
  const apply = (it: ObjectWorld, image: string, query: string) =>
    patch(it, APPLY, applied(image), NEW + query);

  test('makes what is not there, and belongs to who applied it', async () => {
    const it = world();
    const { status, body } = await apply(it, 'one', '?fieldManager=me');
    const { managedFields, ...metadata } = metadataOf(body);
    expect([status, metadata, managedFields]).toEqual([
      201,
      expect.objectContaining({ name: 'new', namespace: 'default', uid: expect.any(String), generation: 1 }),
      [expect.objectContaining({ manager: 'me', operation: 'Apply' })],
    ]);
  });

  test('the same again is not written; another of it is', async () => {
    const it = world();
    await apply(it, 'one', '?fieldManager=me');
    await it.clock.advance(5000);
    const again = await apply(it, 'one', '?fieldManager=me');
    expect([again.status, saves(it).length]).toEqual([200, 1]);
    const { status, body } = await apply(it, 'two', '?fieldManager=me');
    expect([status, metadataOf(body).generation, saves(it).length]).toEqual([200, 2, 2]);
  });

  test("what is another's is a conflict, unless it is forced", async () => {
    const it = world();
    await apply(it, 'one', '?fieldManager=me');
    const { status, body } = await apply(it, 'two', '?fieldManager=you&force=false');
    expect([status, body.reason]).toEqual([409, 'Conflict']);
    expect(JSON.stringify(body.details)).toContain('FieldManagerConflict');
    expect((await apply(it, 'two', '?fieldManager=you&force=true')).status).toBe(200);
  });

  test('an update between takes over what it changes', async () => {
    const it = world();
    await apply(it, 'one', '?fieldManager=me');
    await patch(
      it,
      STRATEGIC,
      { spec: { containers: [{ name: 'app', image: 'two' }] } },
      `${NEW}?fieldManager=you`,
    );
    expect((await apply(it, 'one', '?fieldManager=me')).status).toBe(409);
  });
});

describe('what cannot be changed', () => {
  const WHY = 'field is immutable when `immutable` is set';
  test.each<[string, string, JsonObject, string | undefined]>([
    [CONFIG, 'its data', { data: { a: '2' } }, `ConfigMap "c" is invalid: data: Forbidden: ${WHY}`],
    [
      CONFIG,
      'that it is immutable',
      { immutable: null },
      `ConfigMap "c" is invalid: immutable: Forbidden: ${WHY}`,
    ],
    [
      CONFIG,
      'both',
      { immutable: null, binaryData: { b: '' } },
      `ConfigMap "c" is invalid: [immutable: Forbidden: ${WHY}, binaryData: Forbidden: ${WHY}]`,
    ],
    [CONFIG, 'its labels can', { metadata: { labels: { a: 'b' } } }, undefined],
    [
      CONFIG.replace('configmaps', 'secrets'),
      'the type of a secret',
      { type: 'x' },
      'Secret "c" is invalid: type: Invalid value: "x": field is immutable',
    ],
    [
      CONFIG.replace('configmaps', 'secrets'),
      'texts that change its data',
      { stringData: { a: 'x' } },
      `Secret "c" is invalid: data: Forbidden: ${WHY}`,
    ],
    [
      '/apis/node.k8s.io/v1/runtimeclasses/c',
      'the handler',
      { handler: 'x' },
      'RuntimeClass.node.k8s.io "c" is invalid: handler: Invalid value: "x": field is immutable',
    ],
  ])('of %s: %s', async (path, _what, body, message) => {
    const it = world();
    const object = {
      metadata: { name: 'c', namespace: 'default', uid: 'u' },
      immutable: true,
      data: { a: 'MQ==' },
    };
    it.put('configmaps', { ...object, kind: 'ConfigMap', apiVersion: 'v1' });
    it.put('secrets', { ...object, kind: 'Secret', apiVersion: 'v1' });
    it.put('runtimeclasses', {
      kind: 'RuntimeClass',
      apiVersion: 'node.k8s.io/v1',
      metadata: { name: 'c', uid: 'u' },
      handler: 'runc',
    });
    const answer = await patch(it, MERGE, body, path);
    expect([answer.status, answer.body.message]).toEqual([message === undefined ? 200 : 422, message]);
  });

  test.each<[string, string, unknown, string]>([
    ['another kind', MERGE, { kind: 'Secret' }, 'Secret in version "v1" cannot be handled as a ConfigMap'],
    ['another kind', STRATEGIC, { kind: 'Pod' }, 'Pod in version "v1" cannot be handled as a ConfigMap'],
    [
      'another kind',
      JSON_PATCH,
      [{ op: 'replace', path: '/kind', value: 'Secret' }],
      'Secret in version "v1" cannot be handled as a ConfigMap',
    ],
    [
      'another version',
      MERGE,
      { apiVersion: 'v2' },
      'the API version in the data (v2) does not match the expected API version (v1)',
    ],
    [
      'no text for a kind',
      MERGE,
      { kind: 5 },
      'json: cannot unmarshal number into Go struct field ConfigMap.kind of type string',
    ],
  ])('%s, by %s', async (_, type, body, why) => {
    const it = world();
    const { status, body: told } = await patch(it, type, body, CONFIG);
    const text = JSON.stringify(JSON.stringify(body));
    expect([status, told.message, it.calls]).toEqual([
      422,
      ` "" is invalid: patch: Invalid value: ${text}: ${why}`,
      [],
    ]);
  });

  test.each([[{ kind: null }], [{ apiVersion: null }]])('but not %o: it is filled in', async (body) => {
    const it = world();
    const labels = { a: 'b' };
    const answer = await patch(it, MERGE, { ...body, metadata: { labels } }, CONFIG);
    expect(answer).toMatchObject({ status: 200, body: { kind: 'ConfigMap', apiVersion: 'v1' } });
    expect(saves(it)).toMatchObject([{ kind: 'ConfigMap', apiVersion: 'v1', metadata: { labels } }]);
  });

  test('what a file defines', async () => {
    const it = world();
    it.files.set('pods/default/web', '/etc/web.yaml');
    const { status, body } = await patch(it, MERGE, { metadata: { labels: { a: 'b' } } });
    expect([status, body.message]).toEqual([403, 'it is defined by /etc/web.yaml']);
  });
});
