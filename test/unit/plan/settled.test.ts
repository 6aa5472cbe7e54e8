import { expect, test } from 'vitest';
import type { PlanInput } from '../../../src/plan/plan-input.ts';
import { isAsBefore, isAtRest } from '../../../src/plan/settled.ts';
import { makePod, makeRecord, observe, runTarget, surroundings } from './base.ts';
import { inputOf } from './version-of.ts';

/** When a look at a pod can be saved. The kubelet looks at each one every minute (syncFrequency) and at every event. */

const pod = makePod();
const before: PlanInput = inputOf(pod, { target: runTarget(pod) });
const failure = { count: 1, untilMs: 0, reason: 'FailedSync', message: 'no' };
const { node, runtime } = surroundings;

test.each([
  ['nothing is to be done', {}, true],
  ['something is waited for', { waits: [{ reason: 'Pulling', message: '' }] }, false],
  ['there is a time to look again', { wakeAtMs: 0 }, false],
  ['something is to be done', { actions: [{ type: 'stop-sandbox', id: 's' }] as never }, false],
])('at rest: %s', (_case, changes, atRest) => {
  expect(isAtRest({ actions: [], waits: [], ...changes })).toBe(atRest);
});

test('a decision holds as long as nothing of it changes, whatever the time is', () => {
  const others = { nowMs: before.nowMs + 1, isStopping: () => false, image: before.image };
  const addresses = { ...node, hostIPs: [...node.hostIPs] };
  expect(isAsBefore({ ...before, ...others, surroundings: { node: addresses, runtime } }, before)).toBe(true);
});

test.each<[string, Partial<PlanInput>]>([
  ['what is seen', { observed: observe() }],
  ['the record', { record: makeRecord() }],
  ['what was prepared', { prepared: {} }],
  ['the health', { health: new Map() }],
  ['a failure', { failures: new Map([['sandbox', failure]]) }],
  ['the runtime', { surroundings: { node, runtime: { ...runtime } } }],
  ["the machine's cgroups", { surroundings: { node: { ...node, cgroups: { ...node.cgroups } }, runtime } }],
  ["the machine's addresses", { surroundings: { node: { ...node, hostIPs: ['203.0.113.9'] }, runtime } }],
  ['the target', { target: runTarget(makePod({ app: { image: 'app:2' } })) }],
])('but not where %s is another', (_case, changes) => {
  expect(isAsBefore({ ...before, ...changes }, before)).toBe(false);
});
