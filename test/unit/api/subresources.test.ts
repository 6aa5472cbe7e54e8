import { describe, expect, test } from 'vitest';
import { type JsonObject, listAt, objectAt } from '../../../src/base/index.ts';
import { ObjectWorld, podSpec, shownPod } from './object-world.ts';

const WEB = '/api/v1/namespaces/default/pods/web';
const NAME = { namespace: 'default', name: 'web' };
const MERGE = { 'content-type': 'application/merge-patch+json' };
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };

function world(spec: JsonObject = {}): ObjectWorld {
  const it = new ObjectWorld();
  it.put('pods', shownPod('web', { spec: podSpec('busybox', spec) }));
  return it;
}

const saves = (it: ObjectWorld): readonly JsonObject[] =>
  it.calls.flatMap(([what, , object]) => (what === 'save' ? [object as JsonObject] : []));

describe('eviction', () => {
  test.each<[string, JsonObject, object]>([
    ['as kubectl drain has it', { kind: 'Eviction', apiVersion: 'policy/v1', metadata: NAME }, {}],
    ['of the version before', { kind: 'Eviction', apiVersion: 'policy/v1beta1', metadata: NAME }, {}],
    [
      'with a grace period',
      { metadata: NAME, deleteOptions: { gracePeriodSeconds: 3, preconditions: { uid: 'uid-of-web' } } },
      { gracePeriodSeconds: 3, uid: 'uid-of-web' },
    ],
  ])('%s', async (_what, eviction, deletion) => {
    const it = world();
    const { status, body } = await it.ask('POST', `${WEB}/eviction`, eviction);
    expect([status, body]).toEqual([
      201,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    ]);
    expect(it.calls).toEqual([['delete', 'pods', NAME, deletion]]);
  });

  test.each<[string, string, JsonObject, number, string]>([
    [
      'of another',
      WEB,
      { metadata: { name: 'db' } },
      400,
      'name in URL does not match name in Eviction object',
    ],
    ['of none', WEB.replace('web', 'none'), {}, 404, 'pods "none" not found'],
  ])('%s', async (_what, path, eviction, status, message) => {
    const it = world();
    const answer = await it.ask('POST', `${path}/eviction`, eviction);
    expect([answer.status, answer.body.message, it.calls]).toEqual([
      status,
      expect.stringContaining(message),
      [],
    ]);
  });
});

describe('conditions of readiness gates', () => {
  const gate = (status: string): JsonObject => ({ type: 'a.io/up', status });

  test.each<[string, string, JsonObject, JsonObject]>([
    ['a strategic patch', 'PATCH', STRATEGIC, { status: { conditions: [gate('True')] } }],
    [
      'a merge patch, which says the others too',
      'PATCH',
      MERGE,
      { status: { conditions: [{ type: 'Ready', status: 'False' }, gate('True')] } },
    ],
    ['a whole object', 'PUT', {}, { status: { phase: 'Failed', conditions: [gate('True')] }, spec: {} }],
  ])('%s: only they are heeded', async (_what, method, headers, body) => {
    const it = world();
    const { status, body: shown } = await it.ask(
      method,
      `${WEB}/status`,
      body,
      headers as Record<string, string>,
    );
    expect([status, shown.kind, it.calls]).toEqual([200, 'Pod', [['setConditions', NAME, [gate('True')]]]]);
  });

  describe('a server-side apply', () => {
    const APPLY = { 'content-type': 'application/apply-patch+yaml' };
    const apply = (it: ObjectWorld, text: string, query = '?fieldManager=me&force=true', path = WEB) =>
      it.ask('PATCH', `${path}/status${query}`, text, APPLY);
    const applied = (condition: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nstatus:\n  conditions:\n  - ${condition}\n`;

    test('sets its condition, and leaves those of others', async () => {
      const it = world();
      const held = shownPod('web');
      const conditions = [...listAt(held.status, 'conditions'), { type: 'b.io/up', status: 'False' }];
      it.put('pods', { ...held, status: { ...objectAt(held, 'status'), conditions } });
      const { status, body } = await apply(it, applied('{type: a.io/up, status: "True", reason: ~}'));
      expect([status, body.kind]).toEqual([200, 'Pod']);
      expect(it.calls).toEqual([
        ['setConditions', NAME, [gate('True'), { type: 'b.io/up', status: 'False' }]],
      ]);
    });

    test.each<[string, string, string, string, number, string]>([
      ['by nobody', '', WEB, applied('{type: a.io/up, status: "True"}'), 422, 'fieldManager: Required value'],
      [
        'to another kind',
        '?fieldManager=me',
        WEB,
        'apiVersion: v1\nkind: Secret\n',
        400,
        'Secret in version',
      ],
      ['to none', '?fieldManager=me', `${WEB}-2`, 'kind: Pod\n', 404, 'pods "web-2" not found'],
      [
        'with a field nobody knows',
        '?fieldManager=me&fieldValidation=Strict',
        WEB,
        applied('{type: a.io/up, state: "True"}'),
        400,
        'strict decoding error: unknown field "status.conditions[0].state"',
      ],
      [
        'of an old version',
        '?fieldManager=me',
        WEB,
        'metadata: {resourceVersion: "5"}\n',
        409,
        'the object has been modified',
      ],
    ])('%s is refused', async (_what, query, path, text, status, message) => {
      const it = world();
      const answer = await apply(it, text, query, path);
      expect([answer.status, answer.body.message, it.calls]).toEqual([
        status,
        expect.stringContaining(message),
        [],
      ]);
    });
  });

  test('on trial it is shown, and not kept', async () => {
    const it = world();
    const { body } = await it.ask(
      'PATCH',
      `${WEB}/status?dryRun=All`,
      { status: { conditions: [gate('True')] } },
      STRATEGIC,
    );
    const types = (body.status as { conditions: { type: string }[] }).conditions.map(({ type }) => type);
    expect([types.sort(), it.calls]).toEqual([['Initialized', 'Ready', 'a.io/up'], []]);
  });

  test('of an old version', async () => {
    const it = world();
    const { status } = await it.ask('PATCH', `${WEB}/status`, { metadata: { resourceVersion: '5' } }, MERGE);
    expect([status, it.calls]).toEqual([409, []]);
  });
});

describe('ephemeral containers', () => {
  const first = { name: 'dbg', image: 'busybox' };
  const second = { name: 'dbg2', image: 'busybox' };
  const path = `${WEB}/ephemeralcontainers`;

  test('one is added, and nothing else of what is written is heeded', async () => {
    const it = world({ ephemeralContainers: [first] });
    const body = {
      metadata: { labels: { a: 'b' } },
      spec: { restartPolicy: 'Never', ephemeralContainers: [second] },
    };
    const { status, body: shown } = await it.ask('PATCH', path, body, STRATEGIC);
    const [saved] = saves(it);
    expect([status, saved?.spec, objectAt(saved, 'metadata').labels]).toEqual([
      200,
      {
        ...podSpec('busybox'),
        ephemeralContainers: expect.arrayContaining(
          [first, second].map((each) => expect.objectContaining(each)),
        ),
      },
      undefined,
    ]);
    expect(shown.kind).toBe('Pod');
  });

  test('by a whole object, too', async () => {
    const it = world();
    const { status } = await it.ask('PUT', path, {
      ...shownPod('web'),
      spec: { ephemeralContainers: [first] },
    });
    expect([status, saves(it).map(({ spec }) => (spec as JsonObject).ephemeralContainers)]).toEqual([
      200,
      [[expect.objectContaining(first)]],
    ]);
  });

  test.each<[string, JsonObject, number, string]>([
    [
      'one is taken away',
      { spec: { ephemeralContainers: [second] } },
      422,
      'Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "dbg" may not be removed\n',
    ],
    [
      'one is changed',
      { spec: { ephemeralContainers: [{ ...first, image: 'x' }] } },
      422,
      'Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "dbg" may not be changed\n',
    ],
    [
      'of an old version',
      { metadata: { resourceVersion: '5' }, spec: { ephemeralContainers: [first, second] } },
      409,
      'the object has been modified',
    ],
  ])('%s', async (_what, body, status, message) => {
    const it = world({ ephemeralContainers: [first] });
    const answer = await it.ask('PATCH', path, body, MERGE);
    expect([answer.status, answer.body.message, it.calls]).toEqual([
      status,
      expect.stringContaining(message),
      [],
    ]);
  });

  test('nothing new is nothing to write', async () => {
    const it = world({ ephemeralContainers: [first] });
    const { status } = await it.ask('PATCH', path, { spec: { ephemeralContainers: [first] } }, STRATEGIC);
    expect([status, it.calls]).toEqual([200, []]);
  });

  describe('of a pod that a file defines', () => {
    const ofFile = (): ObjectWorld => {
      const it = world({ ephemeralContainers: [first] });
      it.files.set('pods/default/web', '/etc/pods/web.yaml');
      return it;
    };

    test('what is new is added as it was written, and shown', async () => {
      const it = ofFile();
      const body = { spec: { restartPolicy: 'Never', ephemeralContainers: [second] } };
      const { status, body: shown } = await it.ask('PATCH', path, body, STRATEGIC);
      expect([status, it.calls]).toEqual([
        200,
        [['addEphemeralContainers', NAME, [second], { dryRun: false }]],
      ]);
      expect(objectAt(shown, 'spec').ephemeralContainers).toMatchObject([first, second]);
    });

    test('by a whole object, too', async () => {
      const it = ofFile();
      const whole = it.shown('pods', NAME);
      const ephemeralContainers = [...listAt(whole.spec, 'ephemeralContainers'), second];
      await it.ask('PUT', path, { ...whole, spec: { ...objectAt(whole, 'spec'), ephemeralContainers } });
      expect(it.calls).toEqual([['addEphemeralContainers', NAME, [second], { dryRun: false }]]);
    });

    test('a dry run shows what would be', async () => {
      const it = ofFile();
      const body = { spec: { ephemeralContainers: [second] } };
      const { body: shown } = await it.ask('PATCH', `${path}?dryRun=All`, body, STRATEGIC);
      expect(it.calls).toEqual([['addEphemeralContainers', NAME, [second], { dryRun: true }]]);
      expect(listAt(shown.spec, 'ephemeralContainers')).toHaveLength(2);
    });

    test('one that is there stays as it is', async () => {
      const it = ofFile();
      const body = { spec: { ephemeralContainers: [{ ...first, image: 'x' }] } };
      const { status } = await it.ask('PATCH', path, body, MERGE);
      expect([status, it.calls]).toEqual([422, []]);
    });

    test('nothing new is nothing to write', async () => {
      const it = ofFile();
      const { status } = await it.ask('PATCH', path, { spec: { ephemeralContainers: [first] } }, STRATEGIC);
      expect([status, it.calls]).toEqual([200, []]);
    });
  });
});
