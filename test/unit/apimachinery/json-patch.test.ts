import { expect, test } from 'vitest';
import { ApiFailure, jsonPatch } from '../../../src/apimachinery/index.ts';
import type { JsonObject, JsonValue } from '../../../src/base/index.ts';

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error instanceof ApiFailure ? [error.code, error.reason, error.message, error.details] : error;
  }
}

test('what cannot be carried out is Invalid, and tells why in a cause', () => {
  expect(failureOf(() => jsonPatch({ a: 1 }, [{ op: 'test', path: '/a', value: 2 }]))).toEqual([
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {
      causes: [{ reason: 'FieldValueInvalid', message: 'testing value /a failed: test failed', field: '/a' }],
    },
  ]);
});

test('what is no patch is a bad request', () => {
  expect(failureOf(() => jsonPatch({}, { op: 'add' }))).toEqual([
    400,
    'BadRequest',
    'json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    {},
  ]);
});

const setInWide = { op: 'replace', path: '/a/k1', value: 'x' };
const putFirst = { op: 'add', path: '/a/0', value: 1 };
const remove = { op: 'remove', path: '/a' };

test.each<[string, JsonObject, JsonValue, string]>([
  ['too many operations', {}, Array(10_001).fill(remove), 'RequestEntityTooLarge'],
  ['a result that is no object', {}, [{ op: 'replace', path: '', value: [] }], 'Invalid'],
  ['a move into itself', { a: {} }, [{ op: 'move', from: '/a', path: '/a/b' }], 'Invalid'],
  ['the fields of a text', { a: 'b' }, [{ op: 'test', path: '/a/length', value: 1 }], 'Invalid'],
  ['the fields of every object', { a: {} }, [{ op: 'copy', from: '/a/constructor', path: '/b' }], 'Invalid'],
  ['the fields of every list', { a: [1] }, [{ op: 'copy', from: '/a/length', path: '/b' }], 'Invalid'],
  ['copies of copies', { a: ['x'.repeat(1000)] }, doubling(20), 'Invalid'],
  ['many changes of a large object', wide(10_000), Array(51).fill(setInWide), 'RequestEntityTooLarge'],
  [
    'many changes of a large list',
    { a: Array(10_000).fill(0) },
    Array(51).fill(putFirst),
    'RequestEntityTooLarge',
  ],
  ['what is nested too deeply', { a: {} }, nesting(600), 'BadRequest'],
])('refuses %s', (_what, target, patch, reason) => {
  expect(() => jsonPatch(target, patch)).toThrow(expect.objectContaining({ reason }));
});

function wide(members: number): { readonly a: JsonObject } {
  return { a: Object.fromEntries(Array.from({ length: members }, (_, index) => [`k${index}`, index])) };
}

test('a large object may be tested often, and changed some times', () => {
  const [tests, sets] = [
    Array(5_000).fill({ op: 'test', path: '/a/k9', value: 9 }),
    Array(49).fill(setInWide),
  ];
  const { a } = jsonPatch(wide(10_000), [...tests, ...sets]);
  expect(JSON.stringify(a)).toBe(JSON.stringify({ ...wide(10_000).a, k1: 'x' }));
});

function doubling(times: number): JsonValue {
  return Array(times).fill({ op: 'copy', from: '/a', path: '/a/-' });
}

function nesting(times: number): JsonValue {
  const step = (from: string, path: string): JsonValue => [
    { op: 'add', path, value: {} },
    { op: 'move', from, path: `${path}/x` },
  ];
  return Array.from({ length: times }, (_, index) =>
    index % 2 === 0 ? step('/a', '/b') : step('/b', '/a'),
  ).flat();
}

test('a field named __proto__ is a field like any other', () => {
  const result = jsonPatch({ a: 1 }, JSON.parse('[{"op":"add","path":"/__proto__","value":{"b":2}}]'));
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  expect(JSON.stringify(result)).toBe('{"a":1,"__proto__":{"b":2}}');
  expect(JSON.stringify(jsonPatch(result, [{ op: 'remove', path: '/__proto__/b' }]))).toBe(
    '{"a":1,"__proto__":{}}',
  );
});
