import { expect, test } from 'vitest';
import { decodeBase64 } from '../../../src/manifest/decode-base64.ts';

test.each<[string, string]>([
  ['', ''],
  ['aGk=', 'hi'],
  ['aA==', 'h'],
  ['aGlo', 'hih'],
  ['aGk=\n', 'hi'],
  ['aG\r\nk\n=\n', 'hi'],
  ['aA=\n=\n', 'h'],
  // Bits that are left over need not be zero.
  ['aB==', 'h'],
  ['+/+/', '\ufffd\ufffd\ufffd'],
])('%j is %j', (text, expected) => {
  const decoded = decodeBase64(text);
  expect(decoded).toBeInstanceOf(Buffer);
  expect(String(decoded)).toBe(expected);
});

/** The byte is the one that Go's decoder names: the end of what it could not use, counted as it counts. */
test.each<[string, number]>([
  ['hunter2', 4],
  ['a', 0],
  ['aG', 0],
  ['aGk', 0],
  ['aGlo\na', 5],
  ['a=', 1],
  ['=', 0],
  ['====', 0],
  ['aA=', 3],
  ['aA=x', 2],
  ['aA==x', 4],
  ['aA===', 4],
  ['aGk=x', 4],
  ['aGk=\n=', 5],
  ['aGk= ', 4],
  ['a b=', 1],
  ['aG-_', 2],
  ['é', 0],
  ['aGlé', 3],
  ['\u0000', 0],
])('%j is broken at byte %i', (text, illegalByte) => {
  expect(decodeBase64(text)).toEqual({ illegalByte });
});
