import { expect, test } from 'vitest';
import { gracePeriodSeconds, recordedGraceSeconds, remainingSeconds } from '../../../src/plan/grace.ts';
import { makeInstance } from './base.ts';

test.each([
  [undefined, 30],
  [-5, 2],
  [0, 2],
  [2, 2],
  [3, 3],
  [86_400, 86_400],
])('a grace period of %s is %i s', (wanted, seconds) => {
  expect(gracePeriodSeconds(wanted)).toBe(seconds);
});

test.each([
  [-1, 10],
  [0, 10],
  [1, 10],
  [1_000, 9],
  [9_999, 1],
  [10_000, 0],
  [10_001, 0],
])('%i ms after its beginning, %i of 10 s are left', (agoMs, seconds) => {
  expect(remainingSeconds({ startedAtMs: 50_000, graceSeconds: 10 }, 50_000 + agoMs)).toBe(seconds);
});

test('a container tells the grace period it was made with, if it can be read', () => {
  const key = 'io.kubernetes.pod.terminationGracePeriod';
  expect(recordedGraceSeconds(makeInstance('app'))).toBe(30);
  expect(recordedGraceSeconds(makeInstance('app', { annotations: { [key]: 'soon' } }))).toBeUndefined();
  expect(recordedGraceSeconds(makeInstance('app', { annotations: {} }))).toBeUndefined();
});
