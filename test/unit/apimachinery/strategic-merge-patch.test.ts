import { expect, test } from 'vitest';
import { loadTypes, strategicMergePatch } from '../../../src/apimachinery/index.ts';
import { invariant, type JsonObject } from '../../../src/base/index.ts';

const types = await loadTypes();

function patched(target: JsonObject, patch: JsonObject, kind = 'Pod'): JsonObject {
  const type = types.typeOf('v1', kind);
  invariant(type !== undefined, kind);
  return strategicMergePatch(target, patch, type, types);
}

test('what the table does not know is replaced', () => {
  const target = { spec: { unknown: { a: 1, b: [1] }, other: [{ name: 'a' }] }, data: { a: 'b' } };
  const patch = {
    spec: { unknown: { a: 2, c: null }, other: [{ name: 'b' }] },
    data: { $patch: 'replace', c: 'd' },
  };
  expect(patched(target, patch)).toEqual({
    spec: { unknown: { a: 2 }, other: [{ name: 'b' }] },
    data: { c: 'd' },
  });
});

test.each<[string, string, JsonObject, JsonObject, JsonObject]>([
  [
    'conditions of a node by their type',
    'Node',
    { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
    {
      status: {
        conditions: [
          { type: 'DiskPressure', status: 'False' },
          { type: 'Ready', reason: 'x' },
        ],
      },
    },
    {
      status: {
        conditions: [
          { type: 'DiskPressure', status: 'False' },
          { type: 'Ready', status: 'True', reason: 'x' },
        ],
      },
    },
  ],
  [
    'keys of a ConfigMap',
    'ConfigMap',
    { data: { a: '1', b: '2' } },
    { data: { a: null, c: '3' } },
    { data: { b: '2', c: '3' } },
  ],
])('merges %s', (_what, kind, target, patch, result) => {
  expect(patched(target, patch, kind)).toEqual(result);
});

test('an order without a change of a list that is there but empty changes nothing', () => {
  const target = { metadata: { finalizers: [] } };
  expect(patched(target, { metadata: { '$setElementOrder/finalizers': [] } })).toEqual(target);
});

test('directives do not get into the object', () => {
  const added = {
    '$setElementOrder/env': [{ name: 'A' }],
    env: [{ name: 'A', value: '1' }],
    $retainKeys: ['env'],
  };
  const patch = {
    spec: { containers: [{ name: 'web', ...added }], initContainers: [{ name: 'init', ...added }] },
  };
  expect(patched({ spec: { containers: [] } }, patch)).toEqual({
    spec: {
      containers: [{ name: 'web', env: [{ name: 'A', value: '1' }] }],
      initContainers: [{ name: 'init', env: [{ name: 'A', value: '1' }] }],
    },
  });
});

test('a field named __proto__ is a field like any other', () => {
  const patch = JSON.parse('{"metadata":{"labels":{"__proto__":"a"}},"spec":{"__proto__":{"a":1}}}');
  const result = patched({ metadata: { labels: { b: 'c' } }, spec: {} }, patch);
  expect(JSON.stringify(result)).toBe(
    '{"metadata":{"labels":{"b":"c","__proto__":"a"}},"spec":{"__proto__":{"a":1}}}',
  );
});

test('refuses what is nested too deeply', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  expect(() => patched({}, deep)).toThrow(expect.objectContaining({ reason: 'BadRequest' }));
});

/** As many as fit into a request. Looking for each item in turn would take minutes. */
const MANY = 60_000;

test('long lists are merged at once', () => {
  const items = (from: number): JsonObject[] =>
    Array.from({ length: MANY }, (_, index) => ({ name: `n${from + index}`, value: `${from}` }));
  const env = (list: readonly JsonObject[]): JsonObject => ({
    spec: { containers: [{ name: 'c', env: list }] },
  });
  const half = MANY / 2;
  const result = patched(env(items(0)), env(items(half)));
  expect(JSON.stringify(result)).toBe(JSON.stringify(env([...items(0).slice(0, half), ...items(half)])));
});

test('many items are taken from a long list at once', () => {
  const names = (from: number): string[] => Array.from({ length: MANY }, (_, index) => `n${from + index}`);
  const finalizers = names(0);
  const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': names(1) } };
  expect(patched({ metadata: { finalizers } }, patch)).toEqual({ metadata: { finalizers: ['n0'] } });
});
