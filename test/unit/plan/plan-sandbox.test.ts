import { describe, expect, test } from 'vitest';
import { asSandboxId } from '../../../src/pod/index.ts';
import {
  act,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  observe,
  planFor,
  planOf,
  stopsBegun,
  stopsBegunAgo,
} from './base.ts';

const dead = makeSandbox({ state: 'not-ready' });
const exited = (name: string) => makeInstance(name, { state: 'exited' });

test('a dead sandbox is stopped for what it still holds, and replaced (kubelet: PodSandboxChanged)', () => {
  const observed = observe({ sandboxes: [dead], containers: [exited('app'), exited('log')] });
  expect(planOf({ observed })).toEqual({ actions: [act.stopSandbox(0), act.run(1)], waits: [] });
});

test('what runs in a dead sandbox is stopped before it is replaced', () => {
  expect(planOf({ observed: observe({ sandboxes: [dead] }) })).toEqual({
    actions: [act.save({ stops: stopsBegun(30, 'app', 'log') }), ...act.stops({ app: 30, log: 30 })],
    waits: act.stopWaits({ app: 30, log: 30 }),
  });
});

test('containers of a dead sandbox are restarted in the new one; the first time without back-off', () => {
  const sandboxes = [dead, makeSandbox({ attempt: 1 })];
  const observed = observe({ sandboxes, containers: [exited('app'), exited('log')] });
  expect(planOf({ observed })).toEqual({
    actions: ['app', 'log'].map((name) => act.create(name, { attempt: 1, step: 1, sandbox: 1 })),
    waits: [],
  });
});

describe('an address (kubelet: PodSandboxChanged)', () => {
  const ips = { 'sb-0': [] };

  test('a sandbox without one is replaced', () => {
    expect(planOf({ observed: observe({ containers: [], ips }) })).toEqual({
      actions: [act.stopSandbox(0), act.run(1)],
      waits: [],
    });
  });

  test('a pod on the host network needs none', () => {
    const host = makePod({ spec: { hostNetwork: true } });
    const observed = observe({
      sandboxes: [makeSandbox({}, host)],
      containers: ['app', 'log'].map((name) => makeInstance(name, {}, host)),
      ips,
    });
    expect(planFor(host, observed)).toEqual({ actions: [], waits: [] });
  });

  test('one that is not known yet is taken to be there', () => {
    expect(planOf({ observed: { ...observe(), sandboxDetails: new Map() } })).toEqual({
      actions: [],
      waits: [],
    });
  });
});

describe('two ready sandboxes', () => {
  const sandboxes = [makeSandbox(), makeSandbox({ attempt: 1 })];

  test('what runs in the older one is stopped first', () => {
    expect(planOf({ observed: observe({ sandboxes }) })).toEqual({
      actions: [act.save({ stops: stopsBegun(30, 'app', 'log') }), ...act.stops({ app: 30, log: 30 })],
      waits: act.stopWaits({ app: 30, log: 30 }),
    });
  });

  test('then the older one is stopped and the pod goes on in the newer', () => {
    const record = makeRecord({ stops: stopsBegun(30, 'app', 'log') });
    const observed = observe({ sandboxes, containers: [exited('app'), exited('log')] });
    expect(planOf({ record, observed })).toEqual({
      actions: [
        act.stopSandbox(0),
        ...['app', 'log'].map((name) => act.create(name, { attempt: 1, sandbox: 1 })),
      ],
      waits: [],
    });
  });

  test('what runs in the newer one is not touched', () => {
    const containers = ['app', 'log'].map((name) => makeInstance(name, { sandboxId: asSandboxId('sb-1') }));
    expect(planOf({ observed: observe({ sandboxes, containers }) })).toEqual({
      actions: [act.stopSandbox(0)],
      waits: [],
    });
  });
});

test('a container in unknown state is stopped before anything else (kubelet: it is killed first)', () => {
  const containers = [makeInstance('app', { state: 'unknown' })];
  expect(planOf({ observed: observe({ containers }) })).toEqual({
    actions: [act.save({ stops: stopsBegun(30, 'app') }), ...act.stops({ app: 30 })],
    waits: act.stopWaits({ app: 30 }),
  });
});

test('after it was stopped it is made anew, with restartPolicy Never, too', () => {
  const never = makePod({ spec: { restartPolicy: 'Never' } });
  const record = makeRecord({ pod: never, stops: stopsBegun(30, 'app') });
  const observed = observe({ containers: [exited('app'), makeInstance('log')] });
  expect(planFor(never, observed, { record })).toEqual({
    actions: [act.create('app', { attempt: 1 }, never)],
    waits: [],
  });
});

test('of two running instances of one container the older is stopped', () => {
  const containers = [makeInstance('app'), makeInstance('app', { attempt: 1 }), makeInstance('log')];
  expect(planOf({ observed: observe({ containers }) })).toEqual({
    actions: [act.save({ stops: stopsBegun(30, 'app') }), ...act.stops({ app: 30 })],
    waits: act.stopWaits({ app: 30 }),
  });
});

test.each([
  ['of a version we do not know', { 'tinylet.dev/sandbox-hash': '9:a', 'tinylet.dev/container-hash': '9:b' }],
  ['that is missing', {}],
])('a sandbox and containers with a hash %s are adopted as they are', (_case, annotations) => {
  const edited = makePod({ app: { image: 'app:2' }, spec: { hostNetwork: true } });
  const observed = observe({
    sandboxes: [makeSandbox({ annotations })],
    containers: ['app', 'log'].map((name) => makeInstance(name, { annotations })),
  });
  expect(planFor(edited, observed)).toEqual({ actions: [], waits: [] });
});

describe('the grace period of a stop', () => {
  const edited = makePod({ app: { image: 'app:2' } });
  const planWith = (grace: number, agoMs?: number) => {
    const of = { ...edited, spec: { ...edited.spec, terminationGracePeriodSeconds: grace } };
    const stops = agoMs === undefined ? {} : stopsBegunAgo({ agoMs, graceSeconds: grace }, 'app');
    const record = makeRecord({ pod: of, stops });
    return planFor(of, observe(), { record }).actions.filter(({ type }) => type === 'begin-stop');
  };

  test.each([
    [0, 2],
    [1, 2],
    [2, 2],
    [45, 45],
  ])('of %i s is %i s (kubelet: minimumGracePeriodInSeconds)', (grace, seconds) => {
    expect(planWith(grace)).toEqual(act.stops({ app: seconds }));
  });

  test.each([
    ['half of it gone', 15_000, 15],
    ['part of a second counts as one', 29_500, 1],
    ['all of it gone', 30_000, 0],
    ['long gone', 999_000, 0],
    ['the clock jumped backwards', -3_600_000, 30],
  ])('taken up after a restart, %s', (_case, agoMs, seconds) => {
    expect(planWith(30, agoMs)).toEqual(act.stops({ app: seconds }));
  });

  test('a stop that was begun keeps its own grace when the manifest changes it', () => {
    const of = makePod({ app: { image: 'app:2' }, spec: { terminationGracePeriodSeconds: 300 } });
    const stops = stopsBegunAgo({ agoMs: 10_000, graceSeconds: 30 }, 'app');
    const plan = planFor(of, observe(), { record: makeRecord({ pod: of, stops }) });
    expect(plan).toEqual({
      actions: act.stops({ app: 20 }),
      waits: act.stopWaits({ app: 20 }),
    });
  });
});
