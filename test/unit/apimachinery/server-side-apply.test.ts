import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/index.ts';
import { applied, configMap, contentOf, failureOf, ownersOf, pod, updated } from './apply-cases.ts';

const web = pod(
  {
    containers: [
      { name: 'web', image: 'nginx:1', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] },
    ],
    volumes: [{ name: 'data', emptyDir: {} }],
    tolerations: [{ key: 'a' }],
  },
  { labels: { app: 'web' }, finalizers: ['example.com/a'] },
);

const fieldsOfWeb = {
  'f:metadata': { 'f:finalizers': { 'v:"example.com/a"': {} }, 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:containers': {
      'k:{"name":"web"}': {
        '.': {},
        'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
        'f:image': {},
        'f:name': {},
        'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
      },
    },
    'f:tolerations': {},
    'f:volumes': { 'k:{"name":"data"}': { '.': {}, 'f:emptyDir': {}, 'f:name': {} } },
  },
};

test('what is applied is there, and owned', () => {
  const result = applied(undefined, web, { by: 'me' });
  expect(contentOf(result)).toEqual(contentOf(web));
  expect(result.metadata).toHaveProperty('managedFields', [
    {
      manager: 'me',
      operation: 'Apply',
      apiVersion: 'v1',
      time: '2026-01-02T12:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: fieldsOfWeb,
    },
  ]);
});

test('the same again changes nothing, not even the time', () => {
  const first = applied(undefined, web, { by: 'me' });
  expect(applied(first, web, { by: 'me', at: 5 })).toEqual(first);
});

test('what the API server says is nobody’s, and status is not applied', () => {
  const said = {
    ...pod({ containers: [] }, { uid: 'u', resourceVersion: '7', creationTimestamp: null }),
    status: { phase: 'Failed' },
  };
  const result = applied({ ...web, status: { phase: 'Running' } }, said, { by: 'me', at: 1 });
  expect(result.status).toEqual({ phase: 'Running' });
  expect(Object.keys(ownersOf(result))).toEqual(['before-first-apply Update 1']);
});

const a1 = configMap({ a: '1' });
const a2 = configMap({ a: '2' });
const ab = configMap({ a: '1', b: '1' });
const owning = (...names: string[]): JsonObject => ({
  'f:data': Object.fromEntries(names.map((name) => [`f:${name}`, {}])),
});

test('who applies the same owns it too, and a field stays as long as one owns it', () => {
  const shared = applied(applied(undefined, ab, { by: 'me' }), a1, { by: 'you', at: 1 });
  expect(ownersOf(shared)).toEqual({ 'me Apply 0': owning('a', 'b'), 'you Apply 1': owning('a') });
  const left = applied(shared, configMap({ b: '1' }), { by: 'me', at: 2 });
  expect([left.data, ownersOf(left)]).toEqual([
    { a: '1', b: '1' },
    { 'you Apply 1': owning('a'), 'me Apply 0': owning('b') },
  ]);
  const gone = applied(left, configMap({}), { by: 'you', at: 3 });
  expect([gone.data, ownersOf(gone)]).toEqual([
    { b: '1' },
    { 'me Apply 0': owning('b'), 'you Apply 3': { 'f:data': {} } },
  ]);
});

test('what others own and would change is a conflict, unless it is forced', () => {
  const live = applied(undefined, ab, { by: 'me' });
  expect(failureOf(() => applied(live, a2, { by: 'you', at: 1 }))).toEqual({
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "me": .data.a',
    causes: ['.data.a'],
  });
  const forced = applied(live, a2, { by: 'you', at: 1, force: true });
  expect([forced.data, ownersOf(forced)]).toEqual([
    { a: '2', b: '1' },
    { 'me Apply 0': owning('b'), 'you Apply 1': owning('a') },
  ]);
});

test('several conflicts are listed by owner', () => {
  const made = updated(undefined, web, { by: 'kubectl-client-side-apply' });
  const live = updated(
    made,
    { ...made, status: { phase: 'Running' } },
    { by: 'node', subresource: 'status' },
  );
  const said = pod(
    {
      containers: [
        {
          name: 'web',
          image: 'nginx:2',
          ports: [{ containerPort: 80, name: 'http' }],
          env: [{ name: 'A', value: '2' }],
        },
      ],
      tolerations: [],
    },
    { labels: { app: 'other' } },
  );
  const fields = [
    '.metadata.labels.app',
    '.spec.tolerations',
    '.spec.containers[name="web"].image',
    '.spec.containers[name="web"].env[name="A"].value',
  ];
  expect(failureOf(() => applied(live, said, { by: 'me', at: 1 }))).toEqual({
    reason: 'Conflict',
    message: `Apply failed with 4 conflicts: conflicts with "kubectl-client-side-apply" using v1:\n- ${fields.join('\n- ')}`,
    causes: fields,
  });
});

test.each<[string, JsonObject, JsonObject, JsonObject]>([
  [
    'a container that is no longer said',
    {
      containers: [
        { name: 'a', image: 'a' },
        { name: 'b', image: 'b' },
      ],
    },
    { containers: [{ name: 'b', image: 'b' }] },
    { containers: [{ name: 'b', image: 'b' }] },
  ],
  [
    'all of a list',
    { containers: [{ name: 'a', env: [{ name: 'A' }], ports: [{ containerPort: 80 }] }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 81 }] }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 81 }] }] },
  ],
  [
    'ports that differ in their protocol alone',
    { containers: [{ name: 'a', ports: [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }] }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 53, protocol: 'TCP' }] }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 53, protocol: 'TCP' }] }] },
  ],
  [
    'one source of a volume for another',
    { containers: [], volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] },
    { containers: [], volumes: [{ name: 'v', configMap: { name: 'c' } }] },
    { containers: [], volumes: [{ name: 'v', configMap: { name: 'c' } }] },
  ],
  [
    'an atomic list as a whole',
    { containers: [{ name: 'a', args: ['x', 'y'] }], tolerations: [{ key: 'a' }] },
    { containers: [{ name: 'a', args: ['y'] }], tolerations: [{ key: 'b' }] },
    { containers: [{ name: 'a', args: ['y'] }], tolerations: [{ key: 'b' }] },
  ],
])('takes away %s', (_what, before, after, result) => {
  const live = applied(undefined, pod(before), { by: 'me' });
  expect(applied(live, pod(after), { by: 'me', at: 1 }).spec).toEqual(result);
});

test('what others added stays, and has its place', () => {
  const mine = applied(undefined, pod({ containers: [{ name: 'a' }, { name: 'c' }] }), { by: 'me' });
  const injected = pod({
    containers: [{ name: 'x' }, { name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'z' }],
  });
  const live = updated(mine, { ...injected, metadata: mine.metadata }, { by: 'mesh', at: 1 });
  const result = applied(live, pod({ containers: [{ name: 'c' }, { name: 'new' }, { name: 'a' }] }), {
    by: 'me',
    at: 2,
  });
  expect(result.spec).toEqual({
    containers: [{ name: 'x' }, { name: 'b' }, { name: 'c' }, { name: 'z' }, { name: 'new' }, { name: 'a' }],
  });
});

test('what had no owner yet belongs to before-first-apply', () => {
  const result = applied(configMap({ a: '1', b: '1' }), a1, { by: 'me', at: 1 });
  expect(ownersOf(result)).toEqual({
    'me Apply 1': owning('a'),
    'before-first-apply Update 1': { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } },
  });
});

const note = 'kubectl.kubernetes.io/last-applied-configuration';

test('kubectl takes over what it applied as a client, and keeps its note up to date', () => {
  const noted = configMap({ a: '1', b: '1' }, { annotations: { [note]: JSON.stringify(ab) } });
  const live = updated(undefined, noted, { by: 'kubectl-client-side-apply' });
  const result = applied(live, a2, { by: 'kubectl', at: 1 });
  expect([result.data, result.metadata]).toMatchObject([
    { a: '2', b: '1' },
    {
      annotations: {
        [note]: '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"web"}}\n',
      },
    },
  ]);
  expect(failureOf(() => applied(live, a2, { by: 'me', at: 1 }))).toMatchObject({ reason: 'Conflict' });
});

test('kubectl does not take over what was changed since', () => {
  const noted = configMap({ a: '1', b: '1' }, { annotations: { [note]: JSON.stringify(ab) } });
  const made = updated(undefined, noted, { by: 'kubectl-client-side-apply' });
  const live = updated(made, { ...made, data: { a: '1', b: '9' } }, { by: 'kubectl-edit', at: 1 });
  expect(failureOf(() => applied(live, configMap({ a: '2', b: '2' }), { by: 'kubectl', at: 2 }))).toEqual({
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.b',
    causes: ['.data.b'],
  });
});

test.each<[string, JsonObject, string]>([
  ['managed fields', configMap({}, { managedFields: [] }), 'metadata.managedFields must be nil'],
  ['another kind', { ...pod({}), kind: 'Frob' }, 'invalid object type: /v1, Kind=Frob'],
  ['another group', { ...pod({}), apiVersion: 'apps/v1' }, 'invalid object type: apps/v1, Kind=Pod'],
  [
    'an item without its key',
    pod({ containers: [{ name: 'a', env: [{ value: 'x' }] }] }),
    'failed to create typed patch object (default/web; /v1, Kind=Pod): .spec.containers[name="a"].env: element 0: associative ' +
      'list with keys has an element that omits key field "name" (and doesn\'t have default value)',
  ],
  [
    'the same key twice',
    pod({
      containers: [
        { name: 'a', ports: [{ containerPort: 1 }, { containerPort: 1, protocol: 'TCP' }] },
        { name: 'a' },
      ],
    }),
    'failed to create typed patch object (default/web; /v1, Kind=Pod): errors:\n' +
      '  .spec.containers[name="a"].ports: duplicate entries for key [containerPort=1,protocol="TCP"]\n' +
      '  .spec.containers: duplicate entries for key [name="a"]',
  ],
])('refuses %s', (_what, said, message) => {
  expect(failureOf(() => applied(undefined, said, { by: 'me' }))).toEqual({ reason: 'BadRequest', message });
});

test('a field named __proto__ is a field like any other', () => {
  const said = JSON.parse(
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web"},"data":{"__proto__":"1"}}',
  );
  const live = applied(undefined, said, { by: 'me' });
  expect(JSON.stringify(live.data)).toBe('{"__proto__":"1"}');
  expect(ownersOf(live)).toEqual({ 'me Apply 0': owning('__proto__') });
  expect(JSON.stringify(applied(live, configMap({ a: '1' }), { by: 'me' }).data)).toBe('{"a":"1"}');
});

test('nothing that comes in is changed', () => {
  const live = applied(undefined, web, { by: 'me' });
  const said = pod({ containers: [{ name: 'new', image: 'x' }] });
  const before = JSON.stringify([live, said]);
  applied(live, said, { by: 'me', at: 1 });
  updated(live, { ...live, ...said, metadata: live.metadata }, { by: 'you', at: 1 });
  expect(JSON.stringify([live, said])).toBe(before);
});
