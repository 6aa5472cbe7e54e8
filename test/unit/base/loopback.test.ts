import { expect, test } from 'vitest';
import { isUnspecified } from '../../../src/base/index.ts';

test.each(['0.0.0.0', '::', '[::]'])('%s is every address of the machine', (host) => {
  expect(isUnspecified(host)).toBe(true);
});

test.each(['127.0.0.1', '::1', '0.0.0.0.example.org', ''])('%j is not', (host) => {
  expect(isUnspecified(host)).toBe(false);
});
