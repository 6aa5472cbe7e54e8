import { expect, test } from 'vitest';
import { type Failure, failedOnceMore, standingFailure } from '../../../src/plan/failures.ts';

/** Calls of the runtime that fail. The kubelet tries a pod again after 10 to 15 s (pod_workers.go: workerBackOffPeriod); ours go from 1 s to 60 s. */

test('each failure doubles the delay, from 1 s to 60 s', () => {
  const delays: number[] = [];
  let failure: Failure | undefined;
  for (let nowMs = 1_000; nowMs <= 9_000; nowMs += 1_000) {
    failure = failedOnceMore(failure, { nowMs, reason: 'R', message: 'm' });
    delays.push((failure.untilMs - nowMs) / 1000);
  }
  expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(failure).toEqual({ count: 9, untilMs: 69_000, reason: 'R', message: 'm' });
});

test('a failure stands until its time, and holds its own key alone', () => {
  const failure = failedOnceMore(undefined, { nowMs: 0, reason: 'R', message: 'm' });
  const failures = new Map([['sandbox', failure]]);
  expect(standingFailure(failures, 'sandbox', 999)).toBe(failure);
  expect(standingFailure(failures, 'sandbox', 1_000)).toBeUndefined();
  expect(standingFailure(failures, 'container app', 0)).toBeUndefined();
});

test('a clock that was set back ends the waiting', () => {
  const failure = failedOnceMore(undefined, { nowMs: 3_600_000, reason: 'R', message: 'm' });
  expect(standingFailure(new Map([['sandbox', failure]]), 'sandbox', 0)).toBeUndefined();
});
