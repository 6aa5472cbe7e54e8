import { expect, test } from 'vitest';
import {
  assertNever,
  errnoOf,
  hasCode,
  invariant,
  messageOf,
  TinyletError,
} from '../../../src/base/index.ts';

test('an error keeps its code, facts and cause', () => {
  const cause = new Error('disk');
  const error = new TinyletError('STATE_IO', 'cannot write', { cause, facts: { file: '/a' } });
  expect(error).toMatchObject({ name: 'TinyletError', code: 'STATE_IO', message: 'cannot write', cause });
  expect(error.facts).toEqual({ file: '/a' });
  expect(new TinyletError('USAGE', 'x')).not.toHaveProperty('cause');
});

test('a code is asked for without knowing what was thrown', () => {
  expect(hasCode(new TinyletError('CRI_NOT_FOUND', 'x'), 'CRI_NOT_FOUND')).toBe(true);
  expect(hasCode(new TinyletError('CRI_FAILED', 'x'), 'CRI_NOT_FOUND')).toBe(false);
  expect(hasCode({ code: 'CRI_NOT_FOUND' }, 'CRI_NOT_FOUND')).toBe(false);
});

test('anything thrown has a message', () => {
  expect([new Error('a'), 'b', 3, undefined].map(messageOf)).toEqual(['a', 'b', '3', 'undefined']);
});

test("a system error's code is read from anything", () => {
  const system = Object.assign(new Error('x'), { code: 'ENOENT' });
  expect([system, { code: 5 }, null, 'ENOENT'].map(errnoOf)).toEqual([
    'ENOENT',
    undefined,
    undefined,
    undefined,
  ]);
});

test('an invariant that is broken is named', () => {
  expect(() => invariant(true, 'fine')).not.toThrow();
  expect(() => invariant(0, 'zero is nothing')).toThrow('invariant broken: zero is nothing');
  expect(() => assertNever('x' as never)).toThrow('unreachable variant: "x"');
});
