import { expect, test } from 'vitest';
import type { ProbeKind } from '../../../src/pod/index.ts';
import { countResult, initialState, type ProbeResult } from '../../../src/probes/threshold.ts';
import { probe } from './base.ts';

/** One letter for each result: what holds after each of them, a capital letter where nothing is asked any more. */
function held(kind: ProbeKind, results: string, thresholds: { success?: number; failure?: number }): string {
  const asked = probe({
    successThreshold: thresholds.success ?? 1,
    failureThreshold: thresholds.failure ?? 3,
  });
  let state = initialState(kind);
  return [...results]
    .map((letter) => {
      const result: ProbeResult = letter === 's' ? 'success' : 'failure';
      state = countResult(state, result, { kind, probe: asked });
      const shown = state.result.slice(0, 1);
      return state.held ? shown.toUpperCase() : shown;
    })
    .join('');
}

test.each([
  ['readiness', 'failure'],
  ['liveness', 'success'],
  ['startup', 'unknown'],
] as const)('before its first result %s is %s', (kind, result) => {
  expect(initialState(kind)).toEqual({ result, run: 0, held: false });
});

test.each([
  ['readiness', 's', {}, 's'],
  ['readiness', 'sffs', {}, 'ssss'],
  ['readiness', 'sfff', {}, 'sssf'],
  ['readiness', 'sffsffs', {}, 'sssssss'],
  ['readiness', 'sfffffs', {}, 'sssfffs'],
  ['readiness', 'ssfsss', { success: 3, failure: 1 }, 'fffffs'],
  ['liveness', 'ff', {}, 'ss'],
  ['liveness', 'fff', {}, 'ssF'],
  ['liveness', 'fsff', { failure: 2 }, 'sssF'],
  ['liveness', 'f', { failure: 1 }, 'F'],
  ['startup', 'ff', {}, 'uu'],
  ['startup', 'ffs', {}, 'uus'],
  ['startup', 'fff', {}, 'uuF'],
] as const)('%s: of %s with %o holds %s', (kind, results, thresholds, expected) => {
  expect(held(kind, results, thresholds)).toBe(expected);
});

test('after an edit holds what held before, and nothing is counted yet', () => {
  const before = initialState('readiness', 'success');
  const asked = { kind: 'readiness', probe: probe({ failureThreshold: 2 }) } as const;
  const once = countResult(before, 'failure', asked);
  expect([before.result, once.result, countResult(once, 'failure', asked).result]).toEqual([
    'success',
    'success',
    'failure',
  ]);
});
