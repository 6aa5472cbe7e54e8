import { describe, expect, test } from 'vitest';
import type { Action, PlanInput } from '../../../src/plan/index.ts';
import { asContainerId, asSandboxId, nothingObserved } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import {
  act,
  file,
  makeInstance,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planOf,
  removeTarget,
  stopsBegun,
  stopsBegunAgo,
  stopsCut,
} from './base.ts';

const deletionStartedAtMs = nowMs;

function planRemoved(changes: Partial<PlanInput> = {}) {
  return planOf({ target: removeTarget, ...changes });
}

const exited = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }));
const removeLoose: Action = {
  ...{ type: 'remove-container', id: asContainerId('app-0') },
  ...{ container: 'app', attempt: 0, why: 'the pod is gone' },
};
const theEnd = [act.removeSandbox(0), act.tearDown, act.deleteLogs, act.deleteRecord];

test('the deletion and its stops are recorded before the containers are stopped', () => {
  expect(planRemoved()).toEqual({
    actions: [
      act.save({ deletionStartedAtMs, stops: stopsBegun(30, 'app', 'log') }),
      ...act.stops({ app: 30, log: 30 }),
    ],
    waits: act.stopWaits({ app: 30, log: 30 }),
  });
});

test('a removal taken up after a restart gives what is left of the grace and keeps its beginning', () => {
  const stops = stopsBegunAgo({ agoMs: 20_000, graceSeconds: 30 }, 'app', 'log');
  const record = makeRecord({ deletionStartedAtMs: nowMs - 20_000, stops });
  expect(planRemoved({ record })).toEqual({
    actions: act.stops({ app: 10, log: 10 }),
    waits: act.stopWaits({ app: 10, log: 10 }),
  });
});

describe('a deletion with a grace period of its own', () => {
  const deleted = (deletionGraceSeconds: number, changes: Partial<PodRecord> = {}) =>
    makeRecord({ deletionStartedAtMs: nowMs - 2_000, deletionGraceSeconds, ...changes });

  test.each([
    [7, 7],
    [300, 300],
    [1, 2],
  ])('of %i s gives %i s, from the beginning of the stop', (graceSeconds, seconds) => {
    const record = deleted(graceSeconds);
    const stops = stopsBegun(seconds, 'app', 'log');
    expect(planRemoved({ record })).toEqual({
      actions: [
        { type: 'save-record', record: { ...record, stops } },
        ...act.stops({ app: seconds, log: seconds }),
      ],
      waits: act.stopWaits({ app: seconds, log: seconds }),
    });
  });

  test('of 0 s gives the shortest there is, and no hook', () => {
    const [save, ...stops] = planRemoved({ record: deleted(0) }).actions;
    const begun = { startedAtMs: nowMs, graceSeconds: 2, preStop: 'done', signalled: true };
    expect(save).toMatchObject({ record: { stops: { 'app-0': begun, 'log-0': begun } } });
    expect(stops).toEqual(act.stops({ app: 2, log: 2 }));
  });

  test.each<[string, number, number, [graceSeconds: number, left: number]]>([
    ['that was begun before it ends with it', 10_000, 5, [13, 3]],
    ['that was begun with it ends with it', 2_000, 5, [5, 3]],
    ['that was begun after it has all of it', 1_000, 5, [5, 4]],
    ['of no time at all has the shortest', 2_000, 0, [2, 0]],
  ])('cuts short what is under way: a stop %s', (_, agoMs, deletionGraceSeconds, [graceSeconds, left]) => {
    const stops = stopsBegunAgo({ agoMs, graceSeconds: 30 }, 'app');
    const record = deleted(deletionGraceSeconds, { stops });
    const cut = stopsCut({ agoMs, graceSeconds }, 'app');
    const observed = observe({ containers: [makeInstance('app')] });
    expect(planRemoved({ record, observed, isStopping: () => true }).actions).toEqual([
      { type: 'save-record', record: { ...record, stops: cut } },
      ...act.stops({ app: left }),
    ]);
    // Once that is on record it is waited for.
    const next = planRemoved({ record: { ...record, stops: cut }, observed, isStopping: () => true });
    expect([next.actions, next.waits.length]).toEqual([[], 1]);
  });

  test('takes nothing from a stop that has no more anyway', () => {
    const stops = stopsBegunAgo({ agoMs: 1_000, graceSeconds: 4 }, 'app');
    const observed = observe({ containers: [makeInstance('app')] });
    expect(planRemoved({ record: deleted(4, { stops }), observed, isStopping: () => true }).actions).toEqual(
      [],
    );
  });

  test('is not gone against by a pass that was under way', () => {
    expect(planOf({ record: deleted(30), observed: nothingObserved })).toEqual({ actions: [], waits: [] });
  });
});

test('only what is alive is stopped', () => {
  const containers = [
    makeInstance('app', { state: 'unknown' }),
    makeInstance('log', { state: 'exited' }),
    makeInstance('new', { state: 'created' }),
  ];
  expect(planRemoved({ observed: observe({ containers }) })).toEqual({
    actions: [act.save({ deletionStartedAtMs, stops: stopsBegun(30, 'app') }), ...act.stops({ app: 30 })],
    waits: act.stopWaits({ app: 30 }),
  });
});

test('when all has stopped: sandbox with all in it, logs, and last the record', () => {
  const record = makeRecord({ deletionStartedAtMs: nowMs - 5_000 });
  expect(planRemoved({ record, observed: observe({ containers: exited }) })).toEqual({
    actions: theEnd,
    waits: [],
  });
});

test('a removal that finds nothing alive is recorded before its first step, too', () => {
  expect(planRemoved({ observed: observe({ containers: exited }) })).toEqual({
    actions: [act.save({ deletionStartedAtMs }), ...theEnd],
    waits: [],
  });
});

test('every sandbox goes, dead or ready, newest first', () => {
  const record = makeRecord({ deletionStartedAtMs });
  const sandboxes = [makeSandbox({ state: 'not-ready' }), makeSandbox({ attempt: 1 })];
  expect(planRemoved({ record, observed: observe({ sandboxes, containers: exited }) })).toEqual({
    actions: [act.removeSandbox(1), ...theEnd],
    waits: [],
  });
});

test('a container whose sandbox is gone is removed by itself', () => {
  const record = makeRecord({ deletionStartedAtMs });
  const loose = makeInstance('app', { state: 'exited', sandboxId: asSandboxId('sb-7') });
  expect(planRemoved({ record, observed: observe({ containers: [loose] }) })).toEqual({
    actions: [removeLoose, ...theEnd],
    waits: [],
  });
});

test('a removal interrupted after the sandbox went ends with logs and record', () => {
  const record = makeRecord({ deletionStartedAtMs });
  expect(planRemoved({ record, observed: nothingObserved })).toEqual({
    actions: [act.tearDown, act.deleteLogs, act.deleteRecord],
    waits: [],
  });
});

describe('a removal without a record', () => {
  const lost: PodRecord = makeRecord({
    file,
    createdAtMs: nowMs,
    deletionStartedAtMs,
    pod: {
      metadata: { namespace: 'default', name: 'web', labels: {}, annotations: {} },
      spec: { containers: [], restartPolicy: 'Never', terminationGracePeriodSeconds: 30, hostNetwork: false },
    },
  });

  test('takes the longest grace the containers recorded themselves', () => {
    const [app, log] = ['app', 'log'].map((name) => makeInstance(name));
    const grace = 'io.kubernetes.pod.terminationGracePeriod';
    const containers = [
      { ...makeInstance('app'), annotations: { ...app?.annotations, [grace]: '7' } },
      { ...makeInstance('log'), annotations: { ...log?.annotations, [grace]: '12' } },
    ];
    expect(planRemoved({ record: undefined, observed: observe({ containers }) })).toEqual({
      actions: [
        { type: 'save-record', record: { ...lost, stops: stopsBegun(12, 'app', 'log') } },
        ...act.stops({ app: 12, log: 12 }),
      ],
      waits: act.stopWaits({ app: 12, log: 12 }),
    });
  });

  test('without any recorded grace gives 30 s', () => {
    const containers = [makeInstance('app', { annotations: {} })];
    expect(planRemoved({ record: undefined, observed: observe({ containers }) })).toEqual({
      actions: [
        { type: 'save-record', record: { ...lost, stops: stopsBegun(30, 'app') } },
        ...act.stops({ app: 30 }),
      ],
      waits: act.stopWaits({ app: 30 }),
    });
  });

  test('finds the logs by the names the sandbox carries', () => {
    const observed = observe({ containers: exited });
    expect(planRemoved({ record: undefined, observed })).toEqual({ actions: theEnd, waits: [] });
  });

  test('finds the logs by the labels of a loose container', () => {
    const observed = observe({ sandboxes: [], containers: exited.slice(0, 1) });
    expect(planRemoved({ record: undefined, observed })).toEqual({
      actions: [removeLoose, ...[act.tearDown, act.deleteLogs, act.deleteRecord]],
      waits: [],
    });
  });

  test('leaves logs alone that nothing leads to', () => {
    expect(planRemoved({ record: undefined, observed: nothingObserved })).toEqual({
      actions: [act.tearDown, act.deleteRecord],
      waits: [],
    });
  });
});

describe('a stop that fails', () => {
  const failedStops = (count: number) =>
    new Map(
      ['app', 'log'].map((name) => [
        `stop ${name}-0`,
        { count, untilMs: nowMs, reason: 'FailedKillPod', message: 'hangs' },
      ]),
    );
  const record = makeRecord({ deletionStartedAtMs });

  test('is tried again twice', () => {
    expect(planRemoved({ record, failures: failedStops(2) })).toEqual({
      actions: [
        act.save({ deletionStartedAtMs, stops: stopsBegun(30, 'app', 'log') }),
        ...act.stops({ app: 30, log: 30 }),
      ],
      waits: act.stopWaits({ app: 30, log: 30 }),
    });
  });

  test('the third time the sandbox is ended over its head (kubelet: killPod stops the sandbox whatever became of the containers)', () => {
    expect(planRemoved({ record, failures: failedStops(3) })).toEqual({ actions: theEnd, waits: [] });
  });
});

test('one stop that fails holds up no other, and the sandbox waits for these', () => {
  const failure = { count: 3, untilMs: nowMs + 1_000, reason: 'FailedKillPod', message: 'hangs' };
  const stops = stopsBegunAgo({ agoMs: 1_000, graceSeconds: 30 }, 'app');
  const record = makeRecord({ deletionStartedAtMs, stops });
  expect(planRemoved({ record, failures: new Map([['stop app-0', failure]]) })).toEqual({
    actions: [
      act.save({ deletionStartedAtMs, stops: { ...stops, ...stopsBegun(30, 'log') } }),
      ...act.stops({ log: 30 }),
    ],
    waits: [failure, ...act.stopWaits({ log: 30 })],
  });
});

test.each(['sandbox', 'container app'])(
  'a standing failure of "%s" does not keep a pod from being removed',
  (key) => {
    const failures = new Map([[key, { count: 6, untilMs: nowMs + 30_000, reason: 'X', message: 'no' }]]);
    const record = makeRecord({ deletionStartedAtMs });
    expect(planRemoved({ record, failures, observed: observe({ containers: exited }) })).toEqual({
      actions: theEnd,
      waits: [],
    });
  },
);

test.each(['stop-sandbox', 'remove-sandbox', 'remove-container', 'delete-logs', 'save-record'])(
  'a step that failed, "%s", is waited for',
  (key) => {
    const failure = { count: 1, untilMs: nowMs + 1_000, reason: 'FailedKillPod', message: 'no' };
    expect(planRemoved({ failures: new Map([[key, failure]]) })).toEqual({ actions: [], waits: [failure] });
  },
);
