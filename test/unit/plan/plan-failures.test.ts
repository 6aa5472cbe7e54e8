import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/plan/failures.ts';
import { asSandboxId, nothingObserved } from '../../../src/pod/index.ts';
import {
  act,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  outlived,
  planFor,
  planOf,
  runTarget,
  stopsBegun,
} from './base.ts';

const standing: Failure = {
  count: 2,
  untilMs: nowMs + 2_000,
  reason: 'SomeError',
  message: 'the runtime said no',
};
const over: Failure = { ...standing, untilMs: nowMs };

describe('a failure holds back what it concerns until its time is over', () => {
  test('a sandbox that could not be made', () => {
    const observed = nothingObserved;
    expect(planOf({ observed, failures: new Map([['sandbox', standing]]) })).toEqual({
      actions: [],
      waits: [standing],
    });
    expect(planOf({ observed, failures: new Map([['sandbox', over]]) })).toEqual({
      actions: [act.run(0)],
      waits: [],
    });
  });

  test('one container, whether it could not be made or not be started; the other goes on', () => {
    const failures = new Map([['container app', standing]]);
    expect(planOf({ observed: observe({ containers: [] }), failures })).toEqual({
      actions: [act.create('log')],
      waits: [{ container: 'app', ...standing }],
    });
    const created = ['app', 'log'].map((name) => makeInstance(name, { state: 'created' }));
    expect(planOf({ observed: observe({ containers: created }), failures })).toEqual({
      actions: [act.start('log')],
      waits: [{ container: 'app', ...standing }],
    });
  });

  test('a container that failed to start is not tried before its back-off after a crash is over', () => {
    const failures = new Map([['container app', standing]]);
    const containers = [makeInstance('app', { state: 'exited', step: 3 }), makeInstance('log')];
    const plan = planOf({ observed: observe({ containers }), failures });
    expect(plan.actions).toEqual([]);
    expect(plan.waits).toMatchObject([{ container: 'app', reason: 'CrashLoopBackOff' }]);
  });

  test('a container whose failure stands keeps running', () => {
    expect(planOf({ failures: new Map([['container app', standing]]) })).toEqual({ actions: [], waits: [] });
  });

  test('what would not stop gets no replacement', () => {
    const edited = makePod({ app: { image: 'app:2' } });
    const containers = [makeInstance('app')];
    const failures = new Map([['stop app-0', standing]]);
    const record = makeRecord({ pod: edited, stops: stopsBegun(30, 'app') });
    expect(planFor(edited, observe({ containers }), { failures, record })).toEqual({
      actions: [],
      waits: [standing],
    });
  });

  test('impatience is for removals: a wanted pod is never ended over the head of a container', () => {
    const edited = makePod({ app: { image: 'app:2' } });
    const failures = new Map([['stop app-0', { ...over, count: 99 }]]);
    expect(planFor(edited, observe(), { failures })).toEqual({
      actions: [act.save({ pod: edited, stops: stopsBegun(30, 'app') }), ...act.stops({ app: 30 })],
      waits: act.stopWaits({ app: 30 }),
    });
  });
});

describe('rubbish', () => {
  const history = [
    makeInstance('app', { attempt: 3 }),
    makeInstance('app', { attempt: 2, state: 'exited' }),
    makeInstance('app', { attempt: 1, state: 'exited' }),
    makeInstance('app', { attempt: 0, state: 'exited' }),
    makeInstance('log'),
  ];

  test('one dead instance is kept beside a living one; older ones go with their logs (kubelet: MaxPerPodContainer 1)', () => {
    expect(planOf({ observed: observe({ containers: history }) })).toEqual({
      actions: [act.removeInstance('app', 1), act.removeInstance('app', 0)],
      waits: [],
    });
  });

  test('a dead newest instance is the one that is kept', () => {
    const never = makePod({ spec: { restartPolicy: 'Never' } });
    const containers = [
      makeInstance('app', { attempt: 2, state: 'exited' }, never),
      makeInstance('app', { attempt: 1, state: 'exited' }, never),
      makeInstance('app', { attempt: 0, state: 'exited' }, never),
      makeInstance('log', {}, never),
    ];
    expect(planFor(never, observe({ containers }))).toEqual({
      actions: [act.removeInstance('app', 1), act.removeInstance('app', 0)],
      waits: [],
    });
  });

  test('the only dead instance stays, even of a pod that is done: it is the memory of its end', () => {
    const never = makePod({ spec: { restartPolicy: 'Never' } });
    const containers = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }, never));
    const sandboxes = [makeSandbox({ state: 'not-ready' })];
    expect(planFor(never, observe({ sandboxes, containers }))).toEqual({ actions: [], waits: [] });
  });

  test('an old sandbox goes when it is dead and nothing is left in it', () => {
    const sandboxes = [makeSandbox({ state: 'not-ready' }), makeSandbox({ attempt: 1 })];
    const containers = ['app', 'log'].map((name) =>
      makeInstance(name, { attempt: 1, sandboxId: asSandboxId('sb-1') }),
    );
    expect(planOf({ observed: observe({ sandboxes, containers }) })).toEqual({
      actions: [act.removeSandbox(0, outlived)],
      waits: [],
    });
    const memory = makeInstance('app', { state: 'exited' });
    expect(planOf({ observed: observe({ sandboxes, containers: [...containers, memory] }) })).toEqual({
      actions: [],
      waits: [],
    });
  });

  test('waits for a pass that has nothing else to do, so that it delays no start', () => {
    const containers = history.filter(({ name }) => name === 'app');
    expect(planOf({ observed: observe({ containers }) })).toEqual({
      actions: [act.create('log')],
      waits: [],
    });
  });

  test('goes behind a start: who is restarted again and again may have no other pass for it', () => {
    const containers = [...history.slice(0, -1), makeInstance('log', { state: 'created' })];
    expect(planOf({ observed: observe({ containers }) })).toEqual({
      actions: [act.start('log'), act.removeInstance('app', 1), act.removeInstance('app', 0)],
      waits: [],
    });
  });

  test.each(['remove-container', 'remove-sandbox'])(
    'that would not go ("%s") is left for a while and holds nobody',
    (key) => {
      const observed = observe({ containers: history });
      expect(planOf({ observed, failures: new Map([[key, standing]]) })).toEqual({ actions: [], waits: [] });
      const missing = observe({ containers: history.filter(({ name }) => name === 'app') });
      expect(planOf({ observed: missing, failures: new Map([[key, standing]]) }).actions).toEqual([
        act.create('log'),
      ]);
      expect(planOf({ observed, failures: new Map([[key, over]]) }).actions).toHaveLength(2);
    },
  );

  test('waits until nothing has to be stopped', () => {
    const edited = makePod({ spec: { containers: makePod().spec.containers.slice(0, 1) } });
    const stops = stopsBegun(30, 'log');
    const plan = planOf({
      target: runTarget(edited),
      record: makeRecord({ stops }),
      observed: observe({ containers: history }),
    });
    expect(plan).toEqual({
      actions: [act.edit({ pod: edited, stops }), ...act.stops({ log: 30 })],
      waits: act.stopWaits({ log: 30 }),
    });
  });
});
