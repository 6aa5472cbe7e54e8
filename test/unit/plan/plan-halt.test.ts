import { describe, expect, test } from 'vitest';
import type { PlanInput } from '../../../src/plan/index.ts';
import { nothingObserved, type ObservedContainer, podKey } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import type { Target } from '../../../src/targets/index.ts';
import {
  act,
  file,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planFor,
  planOf,
  pod,
  stopsBegunAgo,
  stopsCut,
  uid,
} from './base.ts';

/**
 * The machine's shutdown: pods are stopped within what is left of its time (kubelet: nodeshutdown_manager.go, killPod with a grace period
 * override), those last that others were started after, which is a rule of this project.
 */

type HaltTarget = Extract<Target, { kind: 'halt' }>;

/** With a minute's time. */
function haltTarget(changes: Partial<HaltTarget> = {}): HaltTarget {
  return { kind: 'halt', uid, key: podKey(pod.metadata), file, deadlineMs: nowMs + 60_000, ...changes };
}

function planHalted(changes: Partial<PlanInput> = {}) {
  return planOf({ target: haltTarget(), ...changes });
}

/** Stops of `<name>-0` begun now for the shutdown, as they are recorded. */
function stopsFor(graceSeconds: number, ...names: string[]): PodRecord['stops'] {
  const signal = { signalled: true, signalledAtMs: nowMs } as const;
  const stop = { startedAtMs: nowMs, graceSeconds, cause: 'shutdown', ...signal } as const;
  return Object.fromEntries(names.map((name) => [`${name}-0`, stop]));
}

const exited = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }));
const nothing = { actions: [], waits: [] };

test('the containers are stopped, and why is recorded first', () => {
  expect(planHalted()).toEqual({
    actions: [act.save({ stops: stopsFor(30, 'app', 'log') }), ...act.stops({ app: 30, log: 30 })],
    waits: act.stopWaits({ app: 30, log: 30 }),
  });
});

test.each<[leftMs: number, graceSeconds: number]>([
  [30_000, 30],
  [10_900, 10],
  [2_500, 2],
])('with %d ms left each has no longer than that', (leftMs, seconds) => {
  expect(planHalted({ target: haltTarget({ deadlineMs: nowMs + leftMs }) })).toEqual({
    actions: [
      act.save({ stops: stopsFor(seconds, 'app', 'log') }),
      ...act.stops({ app: seconds, log: seconds }),
    ],
    waits: act.stopWaits({ app: seconds, log: seconds }),
  });
});

test.each([500, -5_000])('with %d ms left they get the floor, and no hook is run', (leftMs) => {
  const { actions } = planHalted({ target: haltTarget({ deadlineMs: nowMs + leftMs }) });
  const [app, log] = Object.values(stopsFor(2, 'app', 'log'));
  const stops = { 'app-0': { ...app, preStop: 'done' }, 'log-0': { ...log, preStop: 'done' } };
  expect(actions).toMatchObject([
    { type: 'save-record', record: { stops } },
    ...act.stops({ app: 2, log: 2 }),
  ]);
});

test('a shorter grace period of the pod counts', () => {
  const quick = makePod({ spec: { terminationGracePeriodSeconds: 7 } });
  const record = makeRecord({ pod: quick });
  expect(planHalted({ record }).actions.slice(1)).toEqual(act.stops({ app: 7, log: 7 }));
});

test('a stop that was begun for another reason keeps it, and has no longer than is left', () => {
  const stops = stopsBegunAgo({ agoMs: 10_000, graceSeconds: 100 }, 'app');
  const { actions } = planHalted({
    record: makeRecord({ stops }),
    observed: observe({ containers: [makeInstance('app')] }),
  });
  const cut = stopsCut({ agoMs: 10_000, graceSeconds: 70 }, 'app');
  expect(actions).toEqual([act.save({ stops: cut }), ...act.stops({ app: 60 })]);
});

test('one that is short enough is left as it is', () => {
  const stops = stopsBegunAgo({ agoMs: 10_000, graceSeconds: 30 }, 'app');
  const { actions } = planHalted({
    record: makeRecord({ stops }),
    observed: observe({ containers: [makeInstance('app')] }),
  });
  expect(actions).toEqual(act.stops({ app: 20 }));
});

describe('a pod that never restarts', () => {
  const sidecar = { ...makeContainer('proxy'), restartPolicy: 'Always' as const };
  const never = makePod({ spec: { restartPolicy: 'Never', initContainers: [sidecar] } });
  const endedBy = (containers: ObservedContainer[], changes: Partial<PodRecord> = {}) => {
    const record = makeRecord({ pod: never, ...changes });
    const [save] = planHalted({ record, observed: observe({ containers }) }).actions;
    return save?.type === 'save-record' ? save.record.ended : undefined;
  };
  const app = makeInstance('app', {}, never);

  test('has failed, since it was at work', () => {
    const message = 'Pod was terminated in response to imminent node shutdown.';
    expect(endedBy([app])).toEqual({ reason: 'Terminated', message, atMs: nowMs });
  });

  test.each<[string, ObservedContainer[], Partial<PodRecord>]>([
    ['all but its sidecar had ended', [makeInstance('proxy', {}, never)], {}],
    ['it was being stopped already', [app], { stops: stopsBegunAgo({ agoMs: 0, graceSeconds: 99 }, 'app') }],
    ['it restarts', [makeInstance('app')], { pod }],
  ])('but not where %s', (_case, containers, changes) => {
    expect(endedBy(containers, changes)).toBeUndefined();
  });
});

test('when all have ended the sandbox is given back, and nothing else is touched', () => {
  expect(planHalted({ observed: observe({ containers: exited }) })).toEqual({
    actions: [act.stopSandbox(0)],
    waits: [],
  });
  const sandboxes = [makeSandbox({ state: 'not-ready' })];
  expect(planHalted({ observed: observe({ containers: exited, sandboxes }) })).toEqual(nothing);
  expect(planHalted({ observed: nothingObserved })).toEqual(nothing);
});

test('a pod whose manifest is lost is stopped with the grace its containers were made with, and not recorded', () => {
  expect(planHalted({ record: undefined })).toEqual({
    actions: act.stops({ app: 30, log: 30 }),
    waits: act.stopWaits({ app: 30, log: 30 }),
  });
});

test('a hook of such a pod, once begun, has all of its time, though each look leaves a new stop less', () => {
  const preStop = { kind: 'exec', command: ['true'] } as const;
  const of = makePod({ app: { lifecycle: { preStop } } });
  const halted = (leftMs: number, state: 'none' | 'running' | 'done') =>
    planFor(of, observe({ containers: [makeInstance('app', {}, of)] }), {
      target: haltTarget({ deadlineMs: nowMs + leftMs }),
      record: undefined,
      hook: () => ({ state }),
    }).actions;
  expect(halted(2_000, 'none')).toMatchObject([{ type: 'begin-hook', hook: { limitMs: 2_000 } }]);
  expect(halted(600, 'running')).toEqual([]);
  expect(halted(600, 'done')).toEqual(act.stops({ app: 2 }));
});

describe('a pod that others were started after', () => {
  const blocked = { reason: 'StopAfter', message: 'stops after pod "default/other"', untilMs: nowMs + 5_000 };

  test('is left alone until they have stopped', () => {
    expect(planHalted({ target: haltTarget({ blocked }) })).toEqual({ actions: [], waits: [blocked] });
  });

  test('is stopped when its share of the time begins', () => {
    const { actions } = planHalted({ target: haltTarget({ blocked }), nowMs: blocked.untilMs });
    expect(actions.map(({ type }) => type)).toEqual(['save-record', 'begin-stop', 'begin-stop']);
  });

  test('goes on with stops that were begun', () => {
    const record = makeRecord({ stops: stopsFor(30, 'app', 'log') });
    const { actions } = planHalted({ target: haltTarget({ blocked }), record });
    expect(actions).toEqual(act.stops({ app: 30, log: 30 }));
  });
});

describe('what the next start makes of it', () => {
  const sandboxes = [makeSandbox({ state: 'not-ready' })];

  test.each(['Always', 'OnFailure'] as const)('restartPolicy %s: made anew at once', (restartPolicy) => {
    const of = makePod({ spec: { restartPolicy } });
    const containers = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited', step: 3 }, of));
    const record = makeRecord({ pod: of, stops: stopsFor(30, 'app', 'log') });
    const { actions, waits } = planFor(of, observe({ containers, sandboxes }), { record });
    expect(waits).toEqual([]);
    expect(actions).toContainEqual(act.run(1, of));
  });

  test('restartPolicy Never: it stays ended', () => {
    const of = makePod({ spec: { restartPolicy: 'Never' } });
    const containers = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }, of));
    const record = makeRecord({ pod: of, stops: stopsFor(30, 'app', 'log') });
    expect(planFor(of, observe({ containers, sandboxes }), { record })).toEqual(nothing);
  });
});

test('of removals, one that others were started after waits and is not even announced', () => {
  const blocked = { reason: 'StopAfter', message: 'stops after pod "default/other"' };
  const target = { kind: 'remove', uid, key: podKey(pod.metadata), file, blocked } as const;
  expect(planOf({ target })).toEqual({ actions: [], waits: [blocked] });
});
