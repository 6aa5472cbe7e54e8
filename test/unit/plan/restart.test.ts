import { expect, test } from 'vitest';
import { backoffDelayMs, decideRestart, isBackingOff } from '../../../src/plan/restart.ts';
import type { ContainerDetails, ObservedContainer } from '../../../src/pod/index.ts';
import { detailsOf, exitedJustNow, makeContainer, makeInstance, pod } from './base.ts';

function exitOf(exited: ObservedContainer, details: ContainerDetails) {
  return { pod, container: makeContainer('app'), exited, details, longestMs: 300_000 };
}

test('the delays are 0, 10, 20, 40, 80, 160 and then 300 s for ever (kubelet: crash loop back-off)', () => {
  const seconds = [0, 1, 2, 3, 4, 5, 6, 7, 100, 5_000].map((step) => backoffDelayMs(step) / 1000);
  expect(seconds).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300, 300]);
});

test('the delay counts from the end of the last instance', () => {
  const exited = makeInstance('app', { state: 'exited', step: 2 });
  expect(decideRestart(exitOf(exited, detailsOf({ startedAtMs: 1_000, finishedAtMs: 5_000 })))).toEqual({
    kind: 'restart',
    atMs: 25_000,
    step: 3,
  });
});

test.each(['-1', '1.5', 'NaN', 'x'])('step "%s" is no step', (step) => {
  const exited = makeInstance('app', { annotations: { 'tinylet.dev/backoff-step': step } });
  expect(decideRestart(exitOf(exited, exitedJustNow))).toEqual({
    kind: 'restart',
    atMs: exitedJustNow.finishedAtMs,
    step: 1,
  });
});

test('a restart waits for its time, and not for a clock that was set back', () => {
  expect(isBackingOff(300_000, 0)).toBe(true);
  expect(isBackingOff(300_000, 299_999)).toBe(true);
  expect(isBackingOff(300_000, 300_000)).toBe(false);
  expect(isBackingOff(300_001, 0)).toBe(false);
});
