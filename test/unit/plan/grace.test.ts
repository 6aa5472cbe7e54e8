import { expect, test } from 'vitest';
import { gracePeriodSeconds, recordedGraceSeconds, remainingSeconds } from '../../../src/plan/grace.ts';
import { makeInstance } from './base.ts';

/** (kubelet: killContainer, minimumGracePeriodInSeconds; core/v1 defaults: 30) */
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

/** The shortest time counts from the stop signal (kubelet: killContainer, minimumGracePeriodInSeconds). */
test.each([
  ['sent at once', 0, 8_000, 2],
  ['sent at once, and all is over', 0, 10_000, 0],
  ['sent at the end', 10_000, 10_000, 2],
  ['sent at the end, half a second ago', 10_000, 10_500, 2],
  ['sent at the end, a second ago', 10_000, 11_000, 1],
  ['sent at the end, two seconds ago', 10_000, 12_000, 0],
  ['sent at a time that the clock has not reached', 10_000, -5_000, 10],
])(
  'of 10 s with a signal that was %s (after %i ms, now %i ms), %i s are left',
  (_case, sentMs, agoMs, seconds) => {
    const stop = { startedAtMs: 50_000, graceSeconds: 10, signalledAtMs: 50_000 + sentMs };
    expect(remainingSeconds(stop, 50_000 + agoMs)).toBe(seconds);
  },
);

test('a container tells the grace period it was made with, if it can be read', () => {
  const key = 'io.kubernetes.pod.terminationGracePeriod';
  expect(recordedGraceSeconds(makeInstance('app'))).toBe(30);
  expect(recordedGraceSeconds(makeInstance('app', { annotations: { [key]: 'soon' } }))).toBeUndefined();
  expect(recordedGraceSeconds(makeInstance('app', { annotations: {} }))).toBeUndefined();
});
