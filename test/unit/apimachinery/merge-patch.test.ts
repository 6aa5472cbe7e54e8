import { expect, test } from 'vitest';
import { mergePatch } from '../../../src/apimachinery/index.ts';
import type { JsonObject } from '../../../src/base/index.ts';

/** The test cases of RFC 7386, appendix A, whose target and patch are objects. */
test.each<[JsonObject, JsonObject, JsonObject]>([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j with %j is %j', (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result);
});

test('a field named __proto__ is a field like any other', () => {
  const result = mergePatch(
    JSON.parse('{"__proto__":{"a":1}}'),
    JSON.parse('{"__proto__":{"b":2},"c":{"__proto__":null}}'),
  );
  expect(JSON.stringify(result)).toBe('{"__proto__":{"a":1,"b":2},"c":{}}');
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
});

test('refuses what is nested too deeply', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  expect(() => mergePatch({}, deep)).toThrow(expect.objectContaining({ reason: 'BadRequest' }));
});
