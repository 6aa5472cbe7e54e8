import { describe, expect, test } from 'vitest';
import type { HookState } from '../../../src/lifecycle/index.ts';
import type { Plan, PlanInput } from '../../../src/plan/index.ts';
import {
  asContainerId,
  type Container,
  type HookHandler,
  type ObservedContainer,
  type Pod,
} from '../../../src/pod/index.ts';
import type { PodRecord, StopRecord } from '../../../src/state/index.ts';
import {
  act,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planOf,
  removeTarget,
  uid,
} from './base.ts';

/** How a container is ended (kubelet: killContainer): preStop within the grace period, sidecars last, a floor of two seconds. */

const handler: HookHandler = { kind: 'exec', command: ['drain'] };

function podWith(
  app: Partial<Container> = { lifecycle: { preStop: handler } },
  spec: Partial<Pod['spec']> = {},
): Pod {
  return makePod({ spec: { containers: [makeContainer('app', app)], ...spec } });
}

const web = podWith();

interface Given {
  readonly of?: Pod;
  readonly containers?: readonly ObservedContainer[];
  readonly stops?: Readonly<Record<string, Partial<StopRecord>>>;
  readonly hook?: HookState;
  readonly stopping?: readonly string[];
  readonly record?: PodRecord | undefined;
}

/** The plan of a removal that began two seconds ago. */
function removal(given: Given = {}): Plan {
  const {
    of = web,
    containers = [makeInstance('app', {}, of)],
    stops = {},
    hook = { state: 'none' },
  } = given;
  const input: Partial<PlanInput> = {
    target: removeTarget,
    record: 'record' in given ? given.record : recordOf(of, stops),
    observed: observe({ sandboxes: [makeSandbox({}, of)], containers }),
    hook: () => hook,
    isStopping: (id) => given.stopping?.includes(id) === true,
  };
  return planOf(input);
}

/** As it is recorded now. */
const signal = { signalled: true, signalledAtMs: nowMs } as const;
const begun: StopRecord = { startedAtMs: nowMs - 2_000, graceSeconds: 30 };

function recordOf(of: Pod, stops: Given['stops'] = {}): PodRecord {
  const whole = Object.entries(stops).map(([id, changes]) => [id, { ...begun, ...changes }]);
  return makeRecord({ pod: of, deletionStartedAtMs: nowMs - 2_000, stops: Object.fromEntries(whole) });
}

const beginHook = (limitMs: number, hook: HookHandler = handler) => ({
  type: 'begin-hook',
  hook: {
    uid,
    id: asContainerId('app-0'),
    container: 'app',
    hook: 'preStop',
    handler: hook,
    ports: [],
    host: '10.0.0.7',
    limitMs,
  },
});

const save = (of: Pod, stops: Readonly<Record<string, Partial<StopRecord>>>) => ({
  type: 'save-record',
  record: recordOf(of, stops),
});

describe('a preStop hook', () => {
  test.each<[string, Given, unknown[]]>([
    [
      'is begun first, recorded before, within the whole grace period',
      {},
      [save(web, { 'app-0': { startedAtMs: nowMs, preStop: 'begun' } }), beginHook(30_000)],
    ],
    ['that runs is waited for', { stops: { 'app-0': { preStop: 'begun' } }, hook: { state: 'running' } }, []],
    [
      'that is done is followed by the stop signal with what is left',
      { stops: { 'app-0': { preStop: 'begun' } }, hook: { state: 'done' } },
      [save(web, { 'app-0': { preStop: 'done', ...signal } }), ...act.stops({ app: 28 })],
    ],
    [
      'that failed is, too',
      { stops: { 'app-0': { preStop: 'begun' } }, hook: { state: 'failed', message: 'exit 1' } },
      [save(web, { 'app-0': { preStop: 'done', ...signal } }), ...act.stops({ app: 28 })],
    ],
    [
      'that a crash interrupted is run once more, with what is left',
      { stops: { 'app-0': { preStop: 'begun' } } },
      [beginHook(28_000)],
    ],
    [
      'that is on record as done is not run again',
      { stops: { 'app-0': { preStop: 'done' } } },
      [save(web, { 'app-0': { preStop: 'done', ...signal } }), ...act.stops({ app: 28 })],
    ],
    [
      'that took all of the period leaves the floor of two seconds',
      {
        stops: { 'app-0': { startedAtMs: nowMs - 31_000, preStop: 'begun' } },
        hook: { state: 'failed', message: 'cut off' },
      },
      [
        save(web, { 'app-0': { startedAtMs: nowMs - 31_000, preStop: 'done', ...signal } }),
        ...act.stops({ app: 2 }),
      ],
    ],
    [
      'is not begun again once the signal was sent: a call that was cut off gives what is left',
      { stops: { 'app-0': { preStop: 'done', signalled: true } } },
      [...act.stops({ app: 28 })],
    ],
    [
      'and nothing at all when nothing is left',
      { stops: { 'app-0': { startedAtMs: nowMs - 31_000, preStop: 'done', signalled: true } } },
      [...act.stops({ app: 0 })],
    ],
    [
      'and what is left of the floor where the signal came late',
      {
        stops: {
          'app-0': {
            ...{ startedAtMs: nowMs - 31_000, preStop: 'done' },
            ...{ signalled: true, signalledAtMs: nowMs - 1_000 },
          },
        },
      },
      [...act.stops({ app: 1 })],
    ],
    [
      'that runs is waited for also where the clock was set on: it has its own limit',
      {
        stops: { 'app-0': { startedAtMs: nowMs - 3_600_000, preStop: 'begun' } },
        hook: { state: 'running' },
      },
      [],
    ],
    [
      'that a crash interrupted is over where nothing is left for it',
      { stops: { 'app-0': { startedAtMs: nowMs - 31_000, preStop: 'begun' } } },
      [
        save(web, { 'app-0': { startedAtMs: nowMs - 31_000, preStop: 'done', ...signal } }),
        ...act.stops({ app: 2 }),
      ],
    ],
    ['a stop under way is waited for', { stops: { 'app-0': { signalled: true } }, stopping: ['app-0'] }, []],
  ])('%s', (_case, given, actions) => {
    expect(removal(given).actions).toEqual(actions);
  });

  test.each<[string, number, unknown[]]>([
    ['is begun again with what is left, which limits the one that runs', 10, [beginHook(8_000)]],
    ['without any time left is over', 0, act.stops({ app: 2 })],
  ])('that runs when its pod is deleted with less time %s', (_case, deletionGraceSeconds, actions) => {
    const stop = { ...begun, preStop: 'begun' as const };
    const before = { ...recordOf(web, { 'app-0': stop }), deletionGraceSeconds };
    const plan = removal({ record: before, hook: { state: 'running' } });
    expect(plan.actions.slice(1)).toEqual(actions);
    expect(plan.actions[0]).toMatchObject({
      record: { stops: { 'app-0': { graceSeconds: Math.max(deletionGraceSeconds, 2) } } },
    });
  });

  test.each([
    ['with less time has what is left of that', 10, 8],
    ['by force is killed', 0, 0],
  ])('a container whose signal was sent, and that is deleted once more %s', (_case, seconds, left) => {
    const stop = { ...begun, preStop: 'done' as const, ...signal };
    const before = { ...recordOf(web, { 'app-0': stop }), deletionGraceSeconds: seconds };
    expect(removal({ record: before, stopping: ['app-0'] }).actions.slice(1)).toEqual(
      act.stops({ app: left }),
    );
  });

  test('is not run where the pod has no grace period', () => {
    const of = podWith({ lifecycle: { preStop: handler } }, { terminationGracePeriodSeconds: 0 });
    expect(removal({ of }).actions).toEqual([
      save(of, { 'app-0': { startedAtMs: nowMs, graceSeconds: 2, preStop: 'done', ...signal } }),
      ...act.stops({ app: 2 }),
    ]);
  });

  test('edited while its container runs is the new one', () => {
    const edited: HookHandler = { kind: 'sleep', seconds: 3 };
    const of = podWith({ lifecycle: { preStop: edited } });
    expect(removal({ of, containers: [makeInstance('app', {}, web)] }).actions[1]).toEqual(
      beginHook(30_000, edited),
    );
  });

  test('of a container that is replaced by another version is its own', () => {
    const of = podWith({ image: 'app:2' });
    expect(removal({ of, containers: [makeInstance('app', {}, web)] }).actions[1]).toEqual(beginHook(30_000));
  });

  test('is found on the container where the record of the pod is lost', () => {
    expect(removal({ record: undefined }).actions[1]).toEqual(beginHook(30_000));
  });
});

describe('sidecars', () => {
  const of = makePod({
    spec: {
      initContainers: [
        makeContainer('outer', { restartPolicy: 'Always' }),
        makeContainer('inner', { restartPolicy: 'Always' }),
      ],
      containers: [makeContainer('app')],
    },
  });
  const alive = (...names: string[]) => names.map((name) => makeInstance(name, {}, of));
  const stopsOf = (given: Given) =>
    removal({ of, ...given }).actions.flatMap((action) =>
      action.type === 'begin-stop' ? action.stop.container : [],
    );

  test.each<[string, Given, string[]]>([
    ['wait for the others', { containers: alive('outer', 'inner', 'app') }, ['app']],
    [
      'wait for others that are being stopped',
      {
        containers: alive('outer', 'inner', 'app'),
        stops: { 'app-0': { signalled: true } },
        stopping: ['app-0'],
      },
      [],
    ],
    ['go in reverse order', { containers: alive('outer', 'inner') }, ['inner']],
    ['the first one last', { containers: alive('outer') }, ['outer']],
    [
      'do not wait longer than the grace period',
      {
        containers: alive('outer', 'inner', 'app'),
        stops: Object.fromEntries(
          ['outer-0', 'inner-0', 'app-0'].map((id) => [
            id,
            { startedAtMs: nowMs - 30_000, signalled: id === 'app-0' ? true : undefined },
          ]),
        ) as Given['stops'] & object,
        stopping: ['app-0'],
      },
      ['inner', 'outer'],
    ],
  ])('%s', (_case, given, containers) => {
    expect([...stopsOf(given)].sort()).toEqual([...containers].sort());
  });

  test('begin their preStop hook at once', () => {
    const hooked = makePod({
      spec: {
        initContainers: [makeContainer('app', { restartPolicy: 'Always', lifecycle: { preStop: handler } })],
        containers: [makeContainer('log')],
      },
    });
    const containers = ['app', 'log'].map((name) => makeInstance(name, {}, hooked));
    expect(removal({ of: hooked, containers }).actions.slice(1)).toEqual(
      expect.arrayContaining([beginHook(30_000), ...act.stops({ log: 30 })]),
    );
  });
});
