import { describe, expect, test } from 'vitest';
import type { Plan, PlanInput } from '../../../src/plan/index.ts';
import { nothingObserved, type Pod } from '../../../src/pod/index.ts';
import type { PodEnd, PodRecord } from '../../../src/state/index.ts';
import {
  act,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  meanwhile,
  nowMs,
  observe,
  planFor,
  runTarget,
  stopsBegun,
  stopsBegunAgo,
} from './base.ts';

/** Pods that are over for good though they would run on. The base record is a minute old. */

const nothing: Plan = { actions: [], waits: [] };
const dead = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }));
const gone = observe({ sandboxes: [makeSandbox({ state: 'not-ready' })], containers: dead });

describe('activeDeadlineSeconds (kubelet: pastActiveDeadline, active_deadline.go)', () => {
  const podFor = (activeDeadlineSeconds: number) => makePod({ spec: { activeDeadlineSeconds } });
  const over = podFor(60);
  const ended: PodEnd = {
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
    atMs: nowMs,
  };
  const planOver = (changes: Partial<PlanInput> = {}): Plan => planFor(over, observe(), changes);
  const record = (changes: Partial<PodRecord> = {}) => makeRecord({ pod: over, ended, ...changes });

  test('that has not passed is looked at again when it does', () => {
    expect(planFor(podFor(61), observe())).toEqual({ ...nothing, wakeAtMs: nowMs + 1_000 });
  });

  test('that has passed is recorded, and all is stopped with the grace period of the pod', () => {
    expect(planOver()).toEqual({
      actions: [
        act.save({ pod: over, ended, stops: stopsBegun(30, 'app', 'log') }),
        ...act.stops({ app: 30, log: 30 }),
      ],
      waits: act.stopWaits({ app: 30, log: 30 }),
    });
  });

  test('then the sandbox is given back', () => {
    const stopped = observe({ containers: dead });
    expect(planOver({ record: record(), observed: stopped })).toEqual({
      actions: [act.stopSandbox(0)],
      waits: [],
    });
  });

  test('and nothing is done afterwards: not for restartPolicy, images or time', () => {
    const later = { record: record(), observed: gone, nowMs: nowMs + 3_600_000 };
    expect(planOver({ ...later, image: () => ({ state: 'unknown' }) })).toEqual(nothing);
  });

  test('counts where nothing ever ran, too, and records the end first', () => {
    const observed = observe({ containers: [] });
    expect(planOver({ observed })).toEqual({
      actions: [act.save({ pod: over, ended }), act.stopSandbox(0)],
      waits: [],
    });
    expect(planOver({ observed: nothingObserved })).toEqual({
      actions: [act.save({ pod: over, ended })],
      waits: [],
    });
  });

  test('does not end a pod that has come to its own end', () => {
    const never = makePod({ spec: { activeDeadlineSeconds: 60, restartPolicy: 'Never' } });
    const containers = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }, never));
    expect(planFor(never, observe({ containers }))).toEqual({ actions: [act.stopSandbox(0)], waits: [] });
  });

  test('counts from when this version was first seen', () => {
    const changed = makeRecord({ pod: over, changedAtMs: nowMs - 10_000 });
    expect(planOver({ record: changed })).toEqual({ ...nothing, wakeAtMs: nowMs + 50_000 });
  });

  test('an edit of the spec counts anew', () => {
    const edited = podFor(30);
    expect(planFor(edited, observe(), { record: makeRecord({ pod: over }) })).toEqual({
      actions: [act.edit({ pod: edited })],
      waits: [],
      wakeAtMs: nowMs + 30_000,
    });
  });

  test.each<[string, Pod]>([
    ['a container', makePod({ app: { image: 'app:2' }, spec: { activeDeadlineSeconds: 60 } })],
    [
      'what restarts nothing else',
      makePod({ spec: { activeDeadlineSeconds: 60, terminationGracePeriodSeconds: 7 } }),
    ],
  ])('an edit of the spec of an ended pod begins anew: %s', (_case, edited) => {
    const stops = stopsBegun(30, 'app', 'log');
    expect(planFor(edited, gone, { record: record({ stops }) })).toEqual({
      actions: [act.edit({ pod: edited, stops }), act.stopSandbox(0), act.run(1, edited)],
      waits: [],
      wakeAtMs: nowMs + 60_000,
    });
  });

  test.each<[string, Partial<Pod['metadata']>]>([
    ['labels', { labels: { a: 'b' } }],
    ['annotations', { annotations: { a: 'b' } }],
  ])(
    'an edit of its %s puts nothing off, and revives nothing (kubelet: generateAPIPodStatus)',
    (_case, metadata) => {
      const edited = makePod({ metadata, spec: { activeDeadlineSeconds: 60 } });
      const running = makeRecord({ pod: over, changedAtMs: nowMs - 10_000 });
      expect(planFor(edited, observe(), { record: running })).toEqual({
        actions: [act.save({ pod: edited, changedAtMs: nowMs - 10_000 })],
        waits: [],
        wakeAtMs: nowMs + 50_000,
      });
      expect(planFor(edited, gone, { record: record() })).toEqual({
        actions: [act.save({ pod: edited, ended })],
        waits: [],
      });
    },
  );

  test('a file that is renamed is no edit', () => {
    const target = runTarget(over, { file: '/m/new.yaml' });
    expect(planOver({ target, record: record(), observed: gone })).toEqual({
      actions: [act.save({ pod: over, ended, file: '/m/new.yaml' })],
      waits: [],
    });
  });

  test('is not counted for an edit that cannot be carried out', () => {
    const blocked = { reason: 'HostPortConflict', message: 'taken' };
    const edited = makePod({ spec: { activeDeadlineSeconds: 1, hostNetwork: true } });
    expect(
      planFor(edited, observe(), { target: runTarget(edited, { blocked }), record: makeRecord() }),
    ).toEqual({ actions: [], waits: [meanwhile(blocked)] });
  });

  test('a stop that failed is tried again with what is left of its grace', () => {
    const stops = stopsBegunAgo({ agoMs: 10_000, graceSeconds: 30 }, 'app');
    const containers = [makeInstance('app'), makeInstance('log', { state: 'exited' })];
    expect(planOver({ record: record({ stops }), observed: observe({ containers }) })).toEqual({
      actions: act.stops({ app: 20 }),
      waits: act.stopWaits({ app: 20 }),
    });
  });

  test('an ended pod that is not wanted any more is removed like any other', () => {
    const target = {
      kind: 'remove',
      uid: record().uid,
      key: 'default/web',
      file: '/m/web.yaml',
    } as PlanInput['target'];
    const removing = record({ deletionStartedAtMs: nowMs });
    expect(planOver({ target, record: removing, observed: gone })).toEqual({
      actions: [act.removeSandbox(0), act.tearDown, act.deleteLogs, act.deleteRecord],
      waits: [],
    });
  });
});

describe('an emptyDir that outgrows its limit', () => {
  const volumes = [{ name: 'data', source: { kind: 'emptyDir', medium: '', sizeLimit: '1Ki' } }] as const;
  const limited = makePod({ spec: { volumes } });
  const request = { setups: [{ kind: 'empty-dir', volume: 'data', medium: 'disk' }] } as const;
  const prepared = { volumes: { of: JSON.stringify(volumes), request: JSON.stringify(request) } };
  const ended: PodEnd = {
    reason: 'Evicted',
    message: 'Usage of EmptyDir volume "data" exceeds the limit "1Ki". ',
    atMs: nowMs,
  };
  const planLimited = (changes: Partial<PlanInput> = {}): Plan =>
    planFor(limited, observe(), { prepared, ...changes });
  const record = (changes: Partial<PodRecord> = {}) => makeRecord({ pod: limited, ended, ...changes });
  const cleared = { cleared: true } as const;

  test.each([
    ['full', 1_024],
    ['not measured', undefined],
  ])('%s, it is no reason for anything', (_case, bytes) => {
    const usage = bytes === undefined ? {} : { data: bytes };
    expect(planLimited({ observed: observe({ usage }) })).toEqual(nothing);
  });

  test('evicts the pod with the shortest grace period there is (kubelet: immediateEvictionGracePeriodSeconds)', () => {
    expect(planLimited({ observed: observe({ usage: { data: 1_025 } }) })).toEqual({
      actions: [
        act.save({ pod: limited, ended, stops: stopsBegun(2, 'app', 'log') }),
        ...act.stops({ app: 2, log: 2 }),
      ],
      waits: act.stopWaits({ app: 2, log: 2 }),
    });
  });

  test('then sandbox and disk are given back', () => {
    expect(planLimited({ record: record(), observed: observe({ containers: dead }) })).toEqual({
      actions: [act.stopSandbox(0), act.clear],
      waits: [],
    });
  });

  test('and nothing is done afterwards, though the volume may be measured again', () => {
    expect(planLimited({ record: record(), prepared: cleared, observed: gone })).toEqual(nothing);
  });

  test('a daemon that comes back gives the disk back once more', () => {
    expect(planLimited({ record: record(), prepared: {}, observed: gone })).toEqual({
      actions: [act.clear],
      waits: [],
    });
  });

  test('an edit begins with an empty volume, however early it comes', () => {
    const edited = makePod({ app: { image: 'app:2' }, spec: { volumes } });
    const early = { record: record(), observed: observe({ sandboxes: gone.sandboxes, containers: dead }) };
    expect(planFor(edited, early.observed, { ...early, prepared })).toEqual({
      actions: [act.clear],
      waits: [],
    });
    expect(planFor(edited, early.observed, { ...early, prepared: cleared })).toEqual({
      actions: [act.edit({ pod: edited }), act.setUp(request), act.stopSandbox(0), act.run(1, edited)],
      waits: [],
    });
  });

  test('an edit of its labels leaves it ended, and its disk is cleared all the same', () => {
    const edited = makePod({ metadata: { labels: { a: 'b' } }, spec: { volumes } });
    const observed = gone;
    expect(planFor(edited, observed, { record: record(), prepared: {}, observed })).toEqual({
      actions: [act.clear],
      waits: [],
    });
    expect(planFor(edited, observed, { record: record(), prepared: cleared, observed })).toEqual({
      actions: [act.save({ pod: edited, ended })],
      waits: [],
    });
  });

  test('an edit that comes while the pod is being stopped waits for the end of that', () => {
    const edited = makePod({ app: { image: 'app:2' }, spec: { volumes } });
    const stops = stopsBegun(2, 'app', 'log');
    expect(planFor(edited, observe(), { record: record({ stops }), prepared })).toEqual({
      actions: act.stops({ app: 2, log: 2 }),
      waits: act.stopWaits({ app: 2, log: 2 }),
    });
  });

  test.each([
    ['without a limit', { kind: 'emptyDir', medium: '' }],
    ['of another kind', { kind: 'hostPath', path: '/d', type: '' }],
  ] as const)('%s evicts nobody', (_case, source) => {
    const of = makePod({ spec: { volumes: [{ name: 'data', source }] } });
    const made = { volumes: { of: '', request: JSON.stringify({ setups: [] }) } };
    const plan = planFor(of, observe({ usage: { data: 9_999 } }), { prepared: made });
    expect(plan.actions.filter(({ type }) => type !== 'set-up-volumes')).toEqual([]);
  });
});
