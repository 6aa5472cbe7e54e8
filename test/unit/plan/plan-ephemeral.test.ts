import { describe, expect, test } from 'vitest';
import type { PlanInput } from '../../../src/plan/index.ts';
import type { EphemeralContainer, Pod, PodSpec } from '../../../src/pod/index.ts';
import {
  act,
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
  ready,
  removeTarget,
  runTarget,
  stopsBegun,
} from './base.ts';
import { edited, versionOf } from './version-of.ts';

/**
 * Ephemeral containers (`kubectl debug`): made once beside what runs, and no reason for anything else (kubelet: computePodActions,
 * EphemeralContainersToStart).
 */

const debug: EphemeralContainer = makeContainer('debug');
const withDebug = (changes: Partial<EphemeralContainer> = {}, spec: Partial<PodSpec> = {}): Pod =>
  makePod({ spec: { ...spec, ephemeralContainers: [{ ...debug, ...changes }] } });
const looked = withDebug();
const [app, log] = [makeInstance('app'), makeInstance('log')];
const atRest = { actions: [], waits: [] };

describe('one that is added to a pod that runs', () => {
  test('is on record and made, and nothing else is done: no edit of the pod, nothing begins anew', () => {
    expect(planOf({ target: runTarget(looked) })).toEqual({
      actions: [act.save({ pod: looked }), act.create('debug', {}, looked)],
      waits: [],
    });
  });

  test('has its image looked for first', () => {
    const plan = planFor(looked, observe(), { image: () => ({ state: 'unknown' }) });
    expect(plan).toEqual({ actions: [act.look('debug', 0, looked)], waits: [] });
  });

  test.each<[string, PlanInput['observed'], unknown]>([
    [
      'created: is started',
      observe({ containers: [app, log, makeInstance('debug', { state: 'created' }, looked)] }),
      { actions: [act.start('debug')], waits: [] },
    ],
    [
      'that runs is left alone',
      observe({ containers: [app, log, makeInstance('debug', {}, looked)] }),
      atRest,
    ],
    [
      'that has ended is never begun again, and its end is kept',
      observe({ containers: [app, log, makeInstance('debug', { state: 'exited' }, looked)] }),
      atRest,
    ],
    [
      'that was lost by the runtime is not begun again: its log tells of it',
      observe({ nextAttempts: { debug: 1 } }),
      atRest,
    ],
    [
      'of which the runtime knows nothing more is stopped',
      observe({ containers: [app, log, makeInstance('debug', { state: 'unknown' }, looked)] }),
      {
        actions: [act.save({ pod: looked, stops: stopsBegun(30, 'debug') }), ...act.stops({ debug: 30 })],
        waits: act.stopWaits({ debug: 30 }),
      },
    ],
  ])('%s', (_, observed, expected) => {
    expect(planFor(looked, observed)).toEqual(expected);
  });

  test('does not wait for the others, nor they for it', () => {
    const slow = withDebug({}, { initContainers: [makeContainer('fetch')] });
    const fetching = makeInstance('fetch', {}, slow);
    const observed = observe({ sandboxes: [makeSandbox({}, slow)], containers: [fetching] });
    expect(planFor(slow, observed)).toEqual({ actions: [act.create('debug', {}, slow)], waits: [] });
  });

  test('whose image cannot be had holds up no other', () => {
    const failed = { state: 'failed', reason: 'ErrImagePull', message: 'no' } as const;
    const observed = observe({ containers: [] });
    const plan = planFor(looked, observed, {
      image: ({ container }) => (container === 'debug' ? { ...failed, untilMs: nowMs + 9 } : ready),
    });
    expect(plan).toEqual({
      actions: [act.create('app', {}, looked), act.create('log', {}, looked)],
      waits: [{ container: 'debug', reason: 'ErrImagePull', message: 'no', untilMs: nowMs + 9 }],
    });
  });

  test('is not begun in another sandbox, and does not end well with its own', () => {
    const old = makeInstance('debug', { state: 'exited' }, looked);
    const observed = observe({
      sandboxes: [makeSandbox({ state: 'not-ready' }), makeSandbox({ attempt: 1 }, looked)],
      containers: [old],
    });
    expect(planFor(looked, observed).actions).toEqual([
      act.create('app', { sandbox: 1 }, looked),
      act.create('log', { sandbox: 1 }, looked),
    ]);
  });
});

describe('its target', () => {
  const aimed = withDebug({ targetContainerName: 'app' });

  test('is the running instance, whose processes it sees', () => {
    expect(planFor(aimed, observe()).actions).toEqual([act.create('debug', { processesOf: 'app-0' }, aimed)]);
  });

  test.each([
    ['has ended', makeInstance('app', { state: 'exited' }, aimed)],
    ['is only made', makeInstance('app', { state: 'created' }, aimed)],
  ])('is waited for where it %s', (_, instance) => {
    const plan = planFor(aimed, observe({ containers: [instance, log] }));
    expect(plan.waits).toContainEqual({
      container: 'debug',
      reason: 'CreateContainerConfigError',
      message: 'unable to find target container "app"',
    });
  });
});

describe('is no part of the pod:', () => {
  const running = makeInstance('debug', {}, looked);

  test('when all has ended it is stopped', () => {
    const never = withDebug({}, { restartPolicy: 'Never' });
    const containers = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }, never));
    const plan = planFor(never, observe({ containers: [...containers, makeInstance('debug', {}, never)] }));
    expect(plan.actions.slice(1)).toEqual(act.stops({ debug: 30 }));
  });

  test('with the pod it is stopped, and the sidecars do not wait for it', () => {
    const beside = withDebug({}, { initContainers: [makeContainer('proxy', { restartPolicy: 'Always' })] });
    const containers = ['proxy', 'debug'].map((name) => makeInstance(name, {}, beside));
    const plan = planOf({
      target: removeTarget,
      record: makeRecord({ pod: beside, deletionStartedAtMs: nowMs }),
      observed: observe({ containers }),
    });
    expect(plan.actions.slice(1)).toEqual(act.stops({ debug: 30, proxy: 30 }));
  });

  test('taken out of the manifest it is stopped, and then removed', () => {
    const observed = observe({ containers: [app, log, running] });
    expect(planOf({ target: runTarget(pod), record: makeRecord({ pod: looked }), observed })).toEqual({
      actions: [act.save({ stops: stopsBegun(30, 'debug') }), ...act.stops({ debug: 30 })],
      waits: act.stopWaits({ debug: 30 }),
    });
    const ended = observe({ containers: [app, log, makeInstance('debug', { state: 'exited' }, looked)] });
    expect(planFor(pod, ended).actions).toEqual([
      act.removeInstance('debug', 0, 'not in the manifest any more'),
    ]);
  });

  test('where all containers begin anew it goes on', () => {
    const restartingAll = { startedAtMs: nowMs, container: 'app' };
    const record = makeRecord({ pod: looked, restartingAll });
    const plan = planOf({ target: runTarget(looked), record, observed: observe({ containers: [running] }) });
    expect(plan.actions).toEqual([act.save({ pod: looked })]);
  });

  test('an edit of it changes nothing that runs', () => {
    const other = withDebug({ image: 'debug:2' });
    const observed = observe({ containers: [app, log, running] });
    expect(planOf({ target: runTarget(other), record: makeRecord({ pod: looked }), observed })).toEqual({
      actions: [act.save({ pod: other })],
      waits: [],
    });
  });
});

describe('adding one is no new version:', () => {
  test.each<[string, Parameters<typeof makeRecord>[0]]>([
    ['what was Ready stays so', { ready: true }],
    ['what was ended for good stays so', { ended: { reason: 'DeadlineExceeded', message: 'x', atMs: 5 } }],
    ['what to go back to stays so', { previous: edited }],
  ])('%s', (_, changes) => {
    expect(versionOf(looked, { record: makeRecord(changes) })).toMatchObject({
      pod: looked,
      record: makeRecord({ ...changes, pod: looked }),
    });
  });

  test('a version that cannot be had waits, and the one that runs has the container', () => {
    const wanted: Pod = { ...edited, spec: { ...edited.spec, ephemeralContainers: [debug] } };
    const { pod: inForce, record } = versionOf(wanted, { image: () => ({ state: 'unknown' }) });
    expect([inForce, record?.pod]).toEqual([looked, looked]);
  });

  test('a version that was given up stays so', () => {
    const message = 'version not Ready';
    const record = makeRecord({ rejected: { pod: edited, atMs: 0, message } });
    const wanted: Pod = { ...edited, spec: { ...edited.spec, ephemeralContainers: [debug] } };
    expect(versionOf(wanted, { record })).toMatchObject({
      pod: looked,
      waits: [{ reason: 'RolledBack', message }],
    });
  });
});
