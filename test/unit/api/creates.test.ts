import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/index.ts';
import { defaultedSpec } from '../../../src/store/index.ts';
import { ObjectWorld, podSpec, shownPod } from './object-world.ts';

const PODS = '/api/v1/namespaces/default/pods';
const base = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'app', image: 'busybox' }] },
};

const saved = (it: ObjectWorld): readonly JsonObject[] =>
  it.calls.flatMap(([what, , object]) => (what === 'save' ? [object as JsonObject] : []));

describe('a new object', () => {
  test('has an identity, an owner of its fields, and no status', async () => {
    const it = new ObjectWorld();
    const body = {
      ...base,
      metadata: { ...base.metadata, uid: 'mine', creationTimestamp: null, generation: 7, selfLink: '/x' },
      status: { phase: 'Running' },
    };
    const headers = { 'user-agent': 'kubectl/v1.36.4 (linux/amd64)' };
    const { status, body: shown } = await it.ask('POST', PODS, body, headers);
    const metadata = {
      name: 'web',
      namespace: 'default',
      labels: { app: 'web' },
      uid: '00000000-0000-4000-8000-000000000001',
      creationTimestamp: '2026-01-01T12:00:00Z',
      generation: 1,
      managedFields: [
        expect.objectContaining({ manager: 'kubectl', operation: 'Update', time: '2026-01-01T12:00:00Z' }),
      ],
    };
    expect([status, saved(it)]).toEqual([201, [{ ...base, metadata }]]);
    expect(shown).toEqual({
      ...base,
      metadata: { ...metadata, resourceVersion: expect.any(String) },
      spec: podSpec('busybox'),
    });
  });

  test('made from what is shown of a pod of a file is no mirror of it, which nobody would drain', async () => {
    const it = new ObjectWorld();
    const mirror = {
      'kubernetes.io/config.hash': 'uid-of-web',
      'kubernetes.io/config.mirror': 'uid-of-web',
      'kubernetes.io/config.seen': '2026-01-01T12:00:00.000Z',
      'kubernetes.io/config.source': 'file',
    };
    const copy = (name: string, annotations: JsonObject) =>
      it.ask('POST', PODS, { ...base, metadata: { name, annotations } });
    await copy('copy', mirror);
    await copy('noted', { ...mirror, note: 'mine' });
    expect(saved(it).map(({ metadata }) => (metadata as JsonObject).annotations)).toEqual([
      undefined,
      { note: 'mine' },
    ]);
    expect(JSON.stringify(saved(it))).not.toContain('kubernetes.io/config');
  });

  test.each<[string, string, JsonObject, object]>([
    [
      'its kind is that of the path',
      PODS,
      { metadata: base.metadata, spec: base.spec },
      { kind: 'Pod', apiVersion: 'v1' },
    ],
    [
      'its manager is named',
      `${PODS}?fieldManager=me`,
      base,
      { metadata: expect.objectContaining({ managedFields: [expect.objectContaining({ manager: 'me' })] }) },
    ],
    [
      'its namespace is that of the path',
      PODS,
      { ...base, metadata: { name: 'web', namespace: 'default' } },
      {},
    ],
    [
      'what has no namespace',
      '/api/v1/namespaces',
      { metadata: { name: 'new' } },
      { kind: 'Namespace', metadata: expect.not.objectContaining({ namespace: '', generation: 1 }) },
    ],
    [
      'the texts of a secret',
      '/api/v1/namespaces/default/secrets',
      { metadata: { name: 's' }, data: { a: 'YQ==', b: 'Yg==' }, stringData: { b: 'x', c: 'é' } },
      { data: { a: 'YQ==', b: 'eA==', c: 'w6k=' }, metadata: expect.any(Object) },
    ],
    [
      'a name that is made',
      PODS,
      { ...base, metadata: { generateName: 'web-' } },
      { metadata: expect.objectContaining({ name: 'web-bbbbc', generateName: 'web-' }) },
    ],
  ])('%s', async (_what, path, body, expected) => {
    const it = new ObjectWorld();
    const answer = await it.ask('POST', path, body);
    expect([answer.status, answer.body]).toEqual([201, expect.objectContaining(expected)]);
    expect('stringData' in answer.body).toBe(false);
  });

  test('a name that is made is none that is taken', async () => {
    const it = new ObjectWorld();
    it.put('pods', shownPod('web-bbbbc'));
    const { body } = await it.ask('POST', PODS, { ...base, metadata: { generateName: 'web-' } });
    expect((body.metadata as JsonObject).name).toBe('web-bbbbd');
  });

  test('a dry run does all but the write', async () => {
    const it = new ObjectWorld();
    const { status, body } = await it.ask('POST', `${PODS}?dryRun=All`, base);
    expect([status, (body.metadata as JsonObject).name, body.spec, it.calls]).toEqual([
      201,
      'web',
      defaultedSpec(base.spec),
      [['check', 'pods', 'web']],
    ]);
    expect((await it.ask('GET', `${PODS}/web`)).status).toBe(404);
  });

  test('two at once: one of them is too late', async () => {
    const it = new ObjectWorld();
    const answers = await Promise.all([it.ask('POST', PODS, base), it.ask('POST', PODS, base)]);
    expect([answers.map(({ status }) => status).sort(), saved(it).length]).toEqual([[201, 409], 1]);
  });
});

describe('a new object that cannot be', () => {
  const named = (metadata: JsonObject): JsonObject => ({
    ...base,
    metadata: { ...base.metadata, ...metadata },
  });
  const rule = 'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters';

  test.each<[string, string, unknown, number, string, string]>([
    ['is there already', PODS, named({ name: 'here' }), 409, 'AlreadyExists', 'pods "here" already exists'],
    [
      'is there still',
      PODS,
      named({ name: 'going' }),
      409,
      'AlreadyExists',
      'object is being deleted: pods "going" already exists',
    ],
    [
      'in a namespace that is not there',
      '/api/v1/namespaces/none/pods',
      base,
      404,
      'NotFound',
      'namespaces "none" not found',
    ],
    [
      'of another namespace',
      PODS,
      named({ namespace: 'other' }),
      400,
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'with a version',
      PODS,
      named({ resourceVersion: '1' }),
      400,
      'BadRequest',
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'without a name',
      PODS,
      { ...base, metadata: {} },
      422,
      'Invalid',
      'Pod "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      'without metadata',
      PODS,
      { spec: base.spec },
      422,
      'Invalid',
      'Pod "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      'with a name that leads elsewhere',
      PODS,
      named({ name: '../web' }),
      422,
      'Invalid',
      `Pod "../web" is invalid: metadata.name: Invalid value: "../web": ${rule}`,
    ],
    [
      'with a made name that is none',
      PODS,
      { ...base, metadata: { generateName: 'A_' } },
      422,
      'Invalid',
      `Pod "A_bbbbc" is invalid: metadata.name: Invalid value: "A_bbbbc": ${rule}`,
    ],
    [
      'a namespace whose name has a dot',
      '/api/v1/namespaces',
      { metadata: { name: 'a.b' } },
      422,
      'Invalid',
      'Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": a lowercase RFC 1123 label',
    ],
    [
      'of another kind',
      PODS,
      { ...base, kind: 'Service' },
      400,
      'BadRequest',
      'Service in version "v1" cannot be handled as a Pod',
    ],
    [
      'of another version',
      PODS,
      { ...base, apiVersion: 'v2' },
      400,
      'BadRequest',
      'the API version in the data (v2) does not match the expected API version (v1)',
    ],
    [
      'with a value of a wrong type',
      PODS,
      { ...base, spec: { containers: 'app' } },
      400,
      'BadRequest',
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field',
    ],
    ['that is no JSON', PODS, '{', 400, 'BadRequest', "couldn't get version/kind; json parse error"],
    [
      'whose dry run is none',
      `${PODS}?dryRun=Some`,
      base,
      422,
      'Invalid',
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "Some": supported values: "All"',
    ],
    [
      'whose validation is none',
      `${PODS}?fieldValidation=Some`,
      base,
      422,
      'Invalid',
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Some": supported values: "Ignore", "Strict", "Warn"',
    ],
    [
      'whose manager has a long name',
      `${PODS}?fieldManager=${'m'.repeat(129)}`,
      base,
      422,
      'Invalid',
      'may not be more than 128 bytes',
    ],
  ])('%s', async (_what, path, body, status, reason, message) => {
    const it = new ObjectWorld();
    it.put('pods', shownPod('here'));
    it.put('pods', shownPod('going', {}, { deletionTimestamp: '2026-01-01T12:00:30Z' }));
    const answer = await it.ask('POST', path, body);
    expect([answer.status, answer.body.reason, answer.body.message]).toEqual([
      status,
      reason,
      expect.stringContaining(message),
    ]);
    expect(it.calls).toEqual([]);
  });

  test('a form that is not to be had is said before anything is written', async () => {
    const it = new ObjectWorld();
    const { status } = await it.ask('POST', PODS, base, { accept: 'text/html' });
    expect([status, it.calls]).toEqual([406, []]);
  });
});

describe('fields that nobody knows', () => {
  const odd =
    '{"metadata":{"name":"web","name":"web"},"spec":{"contaners":[],"containers":[{"name":"app","imag\\"e":1}]}}';
  const errors = [
    'duplicate field "metadata.name"',
    'unknown field "spec.contaners"',
    'unknown field "spec.containers[0].imag"e"',
  ];

  test('Strict refuses them', async () => {
    const { status, body } = await new ObjectWorld().ask('POST', `${PODS}?fieldValidation=Strict`, odd);
    expect([status, body.reason]).toEqual([400, 'BadRequest']);
    expect(body.message).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: duplicate field "metadata.name", unknown field "spec.contaners", unknown field "spec.containers[0].imag"e"',
    );
  });

  test.each<[string, readonly string[] | undefined]>([
    ['', errors],
    ['?fieldValidation=Warn', errors],
    ['?fieldValidation=Ignore', undefined],
  ])('by %s they are left out, and told as warnings or not', async (query, told) => {
    const it = new ObjectWorld();
    const { status, headers } = await it.ask('POST', PODS + query, odd);
    expect([status, saved(it).map(({ spec }) => spec)]).toEqual([201, [{ containers: [{ name: 'app' }] }]]);
    expect(headers.warning).toEqual(told?.map((error) => `299 - "${error.replaceAll('"', '\\"')}"`));
  });
});
