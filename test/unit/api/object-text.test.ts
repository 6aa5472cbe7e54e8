import { expect, test } from 'vitest';
import { listText, objectText } from '../../../src/api/object-text.ts';
import type { JsonObject } from '../../../src/base/index.ts';

const list = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' } };

test.each<[string, readonly JsonObject[]]>([
  ['no items', []],
  ['some', [{ a: 1 }, { b: [{ c: '"\n' }], d: undefined }]],
  ['a large one', [{ a: 'x'.repeat(100_000) }, { b: null }]],
])('a list of %s is the JSON it would be, also the second time', (_what, items) => {
  const whole = JSON.stringify({ ...list, items });
  expect(listText({ ...list, items: [] }, items)).toBe(whole);
  expect(listText({ ...list, items: [] }, items)).toBe(whole);
});

test('an object is made a text of once, but for a large one', () => {
  const asked: string[] = [];
  const counting = (name: string, length: number): JsonObject => ({
    get text() {
      asked.push(name);
      return 'x'.repeat(length);
    },
  });
  const [small, large] = [counting('small', 10), counting('large', 100_000)];
  for (const object of [small, large, small, large]) objectText(object);
  expect(asked).toEqual(['small', 'large', 'large']);
});
