import { expect, test } from 'vitest';
import { ApiFailure, fieldSelector } from '../../../src/apimachinery/index.ts';

test.each([
  ['', []],
  [',', []],
  ['metadata.name=web', [['metadata.name', '=', 'web']]],
  [
    'a==b,c!=d',
    [
      ['a', '=', 'b'],
      ['c', '!=', 'd'],
    ],
  ],
  [
    'b=1,a=2,',
    [
      ['b', '=', '1'],
      ['a', '=', '2'],
    ],
  ],
  [
    'status.phase!=Succeeded,status.phase!=Failed',
    [
      ['status.phase', '!=', 'Succeeded'],
      ['status.phase', '!=', 'Failed'],
    ],
  ],
  ['a=', [['a', '=', '']]],
  ['=a', [['', '=', 'a']]],
  [String.raw`a=b\,c\=d\\`, [['a', '=', 'b,c=d\\']]],
  [
    String.raw`k=\\,k2=v2`,
    [
      ['k', '=', '\\'],
      ['k2', '=', 'v2'],
    ],
  ],
  [
    '함=수,목=록',
    [
      ['함', '=', '수'],
      ['목', '=', '록'],
    ],
  ],
])('%j', (text, terms) => {
  expect(fieldSelector(text).map(({ field, operator, value }) => [field, operator, value])).toEqual(terms);
});

/** The words are those of k8s.io/apimachinery/pkg/fields. */
test.each([
  ['a', "invalid selector: 'a'; can't understand 'a'"],
  ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
  ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  [String.raw`a=\b`, String.raw`invalid field selector: invalid escape sequence: \b`],
  ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
])('refuses %j', (text, message) => {
  expect(() => fieldSelector(text)).toThrow(new ApiFailure('BadRequest', message));
});
