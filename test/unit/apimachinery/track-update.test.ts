import { expect, test } from 'vitest';
import { jsonPatch } from '../../../src/apimachinery/index.ts';
import { type JsonObject, objectAt } from '../../../src/base/index.ts';
import { applied, configMap, contentOf, ownersOf, pod, updated } from './apply-cases.ts';

test('who creates an object owns what is in it', () => {
  const made = pod(
    {
      containers: [{ name: 'web', image: 'nginx', resources: {}, ports: [{ containerPort: 80 }] }],
      imagePullSecrets: [{ name: 'x' }],
      securityContext: {},
      volumes: [{ name: 'v', configMap: { name: 'c' } }],
    },
    { labels: { app: 'web' } },
  );
  const result = updated(undefined, { ...made, status: {} }, { by: 'kubectl-create' });
  expect(contentOf(result)).toEqual({ ...contentOf(made), status: {} });
  expect(ownersOf(result)).toEqual({
    'kubectl-create Update 0': {
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': {
        'f:containers': {
          'k:{"name":"web"}': {
            '.': {},
            'f:image': {},
            'f:name': {},
            'f:ports': {
              '.': {},
              'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
            },
            'f:resources': {},
          },
        },
        'f:imagePullSecrets': { '.': {}, 'k:{"name":"x"}': {} },
        'f:securityContext': {},
        'f:volumes': {
          '.': {},
          'k:{"name":"v"}': { '.': {}, 'f:configMap': { '.': {}, 'f:name': {} }, 'f:name': {} },
        },
      },
    },
  });
});

const made = updated(undefined, configMap({ a: '1', b: '1', c: '1' }), { by: 'me' });
const owning = (...names: string[]): JsonObject => ({
  'f:data': Object.fromEntries(names.map((name) => [name === '.' ? '.' : `f:${name}`, {}])),
});

test.each<[string, JsonObject, string, JsonObject]>([
  [
    'what changes or is new belongs to who did it',
    { a: '2', b: '1', c: '1', d: '1' },
    'you',
    { 'me Update 0': owning('.', 'b', 'c'), 'you Update 1': owning('a', 'd') },
  ],
  ['what is removed belongs to nobody', { b: '1' }, 'you', { 'me Update 0': owning('.', 'b') }],
  ['the same manager keeps the rest', { a: '2', b: '1' }, 'me', { 'me Update 1': owning('.', 'a', 'b') }],
  ['no change, no time', { c: '1', b: '1', a: '1' }, 'me', { 'me Update 0': owning('.', 'a', 'b', 'c') }],
  ['no change, no owner', { a: '1', b: '1', c: '1' }, 'you', { 'me Update 0': owning('.', 'a', 'b', 'c') }],
  [
    'a manager without a name',
    { a: '1', b: '1', c: '2' },
    '',
    { 'me Update 0': owning('.', 'a', 'b'), 'unknown Update 1': owning('c') },
  ],
])('%s', (_what, data, by, owners) => {
  expect(ownersOf(updated(made, { ...made, data }, { by, at: 1 }))).toEqual(owners);
});

test('who applied loses what others change, and gets it back by applying', () => {
  const live = applied(undefined, configMap({ a: '1', b: '1' }), { by: 'me' });
  const edited = updated(live, { ...live, data: { a: '2', b: '1' } }, { by: 'kubectl-edit', at: 1 });
  expect(ownersOf(edited)).toEqual({ 'me Apply 0': owning('b'), 'kubectl-edit Update 1': owning('a') });
  const back = applied(edited, configMap({ a: '1', b: '1' }), { by: 'me', at: 2, force: true });
  expect(ownersOf(back)).toEqual({ 'me Apply 2': owning('a', 'b') });
});

test('a subresource is an owner of its own, of what can be changed through it', () => {
  const live = updated(undefined, pod({ containers: [{ name: 'a' }] }), { by: 'me' });
  const spec = { containers: [{ name: 'a' }, { name: 'b' }], ephemeralContainers: [{ name: 'e' }] };
  const after = { ...live, spec, status: { phase: 'Running' } };
  const fieldsOf = (subresource: string): unknown =>
    ownersOf(updated(live, after, { by: 'you', at: 1, subresource }))[`you Update ${subresource} 1`];
  expect([fieldsOf('status'), fieldsOf('ephemeralcontainers')]).toEqual([
    { 'f:status': { 'f:phase': {} } },
    { 'f:spec': { 'f:ephemeralContainers': { '.': {}, 'k:{"name":"e"}': { '.': {}, 'f:name': {} } } } },
  ]);
});

test('items of which there are several with one key are owned together', () => {
  const twice = [{ name: 'A', value: '1' }, { name: 'A', value: '2' }, { name: 'B' }];
  const live = updated(undefined, pod({ containers: [{ name: 'a', env: twice }] }), { by: 'me' });
  const env = { '.': {}, 'k:{"name":"A"}': {}, 'k:{"name":"B"}': { '.': {}, 'f:name': {} } };
  expect(ownersOf(live)).toEqual({
    'me Update 0': {
      'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:env': env, 'f:name': {} } } },
    },
  });
  const once = updated(
    live,
    { ...live, spec: { containers: [{ name: 'a', env: twice.slice(1) }] } },
    { by: 'you', at: 1 },
  );
  expect(ownersOf(once)).toMatchObject({
    'you Update 1': {
      'f:spec': {
        'f:containers': {
          'k:{"name":"a"}': { 'f:env': { 'k:{"name":"A"}': { 'f:name': {}, 'f:value': {} } } },
        },
      },
    },
  });
});

test.each<[string, JsonObject | undefined]>([
  ['none', undefined],
  ['some that cannot be read', { managedFields: [{ manager: 'x', operation: 'Frob' }] }],
])('who sends %s takes nothing from the owners', (_what, sent) => {
  const after = configMap({ a: '2', b: '1', c: '1' }, sent);
  expect(ownersOf(updated(made, after, { by: 'you', at: 1 }))).toEqual({
    'me Update 0': owning('.', 'b', 'c'),
    'you Update 1': owning('a'),
  });
});

test.each<[string, JsonObject['managedFields']]>([
  ['an empty list', []],
  ['an empty entry', [{}]],
])('%s makes the owners forgotten, until the object is applied again', (_what, managedFields) => {
  const cleared = updated(made, configMap({ a: '2' }, { managedFields }), { by: 'you', at: 1 });
  expect(ownersOf(cleared)).toEqual({});
  expect(ownersOf(updated(cleared, configMap({ a: '3' }), { by: 'you', at: 2 }))).toEqual({});
  expect(Object.keys(ownersOf(applied(cleared, configMap({ a: '2' }), { by: 'me', at: 3 })))).toEqual([
    'me Apply 3',
    'before-first-apply Update 3',
  ]);
});

test('kubectl moves what its client-side apply owned to its server-side apply by a JSON patch', () => {
  const created = updated(undefined, configMap({ a: '1' }), { by: 'kubectl-client-side-apply' });
  const live = applied(created, configMap({ a: '1' }), { by: 'kubectl', at: 1 });
  const [byApply] = Object.entries(objectAt(live, 'metadata')).flatMap(([name, value]) =>
    name === 'managedFields' && Array.isArray(value) ? value : [],
  );
  const fieldsV1 = { 'f:data': { '.': {}, 'f:a': {} } };
  const patched = jsonPatch(live, [
    { op: 'replace', path: '/metadata/managedFields', value: [{ ...byApply, fieldsV1 }] },
  ]);
  expect(ownersOf(updated(live, patched, { by: 'kubectl', at: 2 }))).toEqual({ 'kubectl Apply 1': fieldsV1 });
});

test('of more than ten updaters the oldest become one', () => {
  const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
  const data = (count: number): JsonObject =>
    Object.fromEntries(names.slice(0, count).map((name) => [name, '1']));
  let result = updated(undefined, configMap({}), { by: 'm0' });
  for (const [at, by] of names.entries())
    result = updated(result, { ...result, data: data(at + 1) }, { by, at });
  expect(Object.keys(ownersOf(result))).toEqual([
    'ancient-changes Update 2',
    ...names.slice(3).map((name, index) => `${name} Update ${index + 3}`),
  ]);
  expect(ownersOf(result)['ancient-changes Update 2']).toEqual(owning('.', 'm0', 'm1', 'm2'));
});

test('refuses what is nested too deeply', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  expect(() => updated(undefined, { ...configMap({}), deep }, { by: 'me' })).toThrow(
    expect.objectContaining({ reason: 'BadRequest' }),
  );
});
