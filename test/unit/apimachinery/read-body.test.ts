import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiFailure, loadTypes, readBody, readValue } from '../../../src/apimachinery/index.ts';
import type { JsonValue } from '../../../src/base/index.ts';

const types = await loadTypes();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  [undefined, '{"a":1}'],
  ['', '{"a":1}'],
  ['application/json', '\ufeff{"a":1}'],
  ['application/json; charset=utf-8', ' {"a":1}\n'],
  ['application/strategic-merge-patch+json', '{"a":1}'],
  ['application/merge-patch+json', '{"a":1}'],
  ['application/yaml', 'a: 1'],
  ['application/yaml', '{"a":1}'],
  ['application/yaml', '{a: 1}'],
  ['application/apply-patch+yaml', '{"a":1}'],
  ['application/apply-patch+yaml', '# as it was\na: 1\n'],
] as const)('%s: %s', (contentType, text) => {
  expect(readBody(bytes(text), contentType, types)).toEqual({ object: { a: 1 }, duplicates: [] });
});

test('a patch may be a list', () => {
  expect(readValue(bytes('[{"op":"test"}]'), 'application/json-patch+json').object).toEqual([{ op: 'test' }]);
});

test.each<[string, JsonValue]>([
  ['a: yes', { a: true }],
  ['a: 0644', { a: 420 }],
  ['a: 1_000', { a: 1000 }],
  ['a: 12:30', { a: '12:30' }],
  ['a: 2001-01-01', { a: '2001-01-01' }],
  ['a: 1e3', { a: 1000 }],
  ['a: ~', { a: null }],
  ['a: &x {p: 1}\nb:\n  <<: *x\n  q: 2', { a: { p: 1 }, b: { p: 1, q: 2 } }],
  ['a: |\n  x\n  z\n', { a: 'x\nz\n' }],
  ['1: a', { '1': 'a' }],
])('YAML is read as Kubernetes does: %j', (text, object) => {
  expect(readBody(bytes(text), 'application/yaml', types).object).toEqual(object);
});

test.each([
  ['{"a":1,"a":2}', ['a']],
  ['{"spec":{"x":1,"y":{"x":1},"x":{}}}', ['spec.x']],
  [
    '{"spec":{"containers":[{"name":"a"},{"name":"b","name":"c","ports":[{},{"p":1,"p":1}]}]}}',
    ['spec.containers[1].name', 'spec.containers[1].ports[1].p'],
  ],
  ['{"metadata":{"labels":{"a.b/c":"1","a.b/c":"2"}}}', ['metadata.labels.a.b/c']],
  ['{"a":"b\\"a","b":["a","a"],"c":"{\\"x\\":1,\\"x\\":2}"}', []],
  ['{"\\u0061":1,"a":2}', ['a']],
  ['{"a":[[{"b":1}],[{"b":1},{"b":1,"b":2}]]}', ['a[1][1].b']],
  ['{"a":1,"a":1,"a":1}', ['a']],
] as const)('duplicates of %s', (text, paths) => {
  const duplicates = paths.map((path) => `duplicate field "${path}"`);
  expect(readBody(bytes(text), 'application/json', types).duplicates).toEqual(duplicates);
  expect(readBody(bytes(`# YAML\n${text}`), 'application/yaml', types).duplicates).toEqual(duplicates);
});

test('the last of duplicates counts', () => {
  expect(readBody(bytes('{"a":1,"a":2}'), undefined, types).object).toEqual({ a: 2 });
  expect(readBody(bytes('a: 1\na: 2'), 'application/yaml', types).object).toEqual({ a: 2 });
});

test.each([
  ['application/json', '', /json parse error/],
  ['application/json', '{"a":', /json parse error/],
  ['application/json', 'a: 1', /json parse error/],
  ['application/json', '[]', /expected an object, got a list/],
  ['application/yaml', '', /expected an object, got null/],
  ['application/yaml', 'a: [', /error converting YAML to JSON/],
  ['application/yaml', '*x', /error converting YAML to JSON/],
  ['application/yaml', 'a: 1\n---\na: 2', /error converting YAML to JSON/],
  ['application/yaml', 'a: .inf', /unsupported value: Infinity/],
  ['application/json', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, /exceeded max depth/],
  ['application/yaml', '['.repeat(50_000), /error converting YAML to JSON/],
  [
    'application/yaml',
    `a: &a [x]\n${[...'bcdefghijk'].map((n, i) => `${n}: &${n} [${Array(10).fill(`*${'abcdefghijk'[i]}`)}]`).join('\n')}`,
    /error converting YAML to JSON/,
  ],
])('%s: %s is refused', (contentType, text, message) => {
  const refused = failureOf(() => readBody(bytes(text), contentType, types));
  expect([refused.reason, refused.message]).toEqual(['BadRequest', expect.stringMatching(message)]);
});

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/cbor',
  'json',
  'application/jsonx',
])('%s is no media type for bodies', (contentType) => {
  const refused = failureOf(() => readBody(bytes('{}'), contentType, types));
  expect([refused.reason, refused.message]).toEqual([
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json, application/yaml, application/vnd.kubernetes.protobuf',
  ]);
});

test('long YAML is refused, long JSON is not', () => {
  const long = JSON.stringify({ a: 'x'.repeat(1024 * 1024) });
  expect(failureOf(() => readBody(bytes(`# YAML\n${long}`), 'application/yaml', types)).reason).toBe(
    'RequestEntityTooLarge',
  );
  expect(readBody(bytes(long), 'application/yaml', types).duplicates).toEqual([]);
});

test('a body that is not UTF-8 is refused', () => {
  expect(failureOf(() => readBody(Uint8Array.of(0x22, 0xff, 0x22), undefined, types)).message).toMatch(
    /UTF-8/,
  );
});

test('JSON is read as JSON.parse does, duplicates or not', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(readValue(bytes(text), 'application/json')).toEqual({
        object: JSON.parse(text),
        duplicates: [],
      });
    }),
  );
});

test('whatever text comes, nothing but an ApiFailure is thrown', () => {
  const text = fc.string({ unit: fc.constantFrom(...' \n\t-:{}[],&*!|>\'"%@#?a1<~.') });
  fc.assert(
    fc.property(text, fc.constantFrom('application/yaml', 'application/json'), (body, contentType) => {
      try {
        readValue(bytes(body), contentType);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiFailure);
      }
    }),
    { numRuns: 3000 },
  );
});

function failureOf(read: () => unknown): ApiFailure {
  try {
    read();
  } catch (error) {
    if (error instanceof ApiFailure) return error;
    throw error;
  }
  throw new Error('was not refused');
}
