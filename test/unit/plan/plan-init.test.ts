import { describe, expect, test } from 'vitest';
import type { Plan, PlanInput } from '../../../src/plan/index.ts';
import { asSandboxId, type ObservedContainer, type Pod, type RestartPolicy } from '../../../src/pod/index.ts';
import type { StopRecord } from '../../../src/state/index.ts';
import {
  act,
  byId,
  detailsOf,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planFor,
  stopsBegun,
} from './base.ts';

/**
 * Init containers: one by one, each to its success, before all others (kubelet: computeInitContainerActions). What counts as a failure:
 * isInitContainerFailed; whether it is tried again: ContainerShouldRestart; when: doBackOff.
 */

function podWith(restartPolicy: RestartPolicy = 'Always'): Pod {
  return makePod({
    spec: { initContainers: ['first', 'second'].map((name) => makeContainer(name)), restartPolicy },
  });
}

const web = podWith();
const well = detailsOf({ finishedAtMs: nowMs - 1_000 });
const badly = detailsOf({ finishedAtMs: nowMs - 1_000, exitCode: 1 });

function instance(name: string, changes: Partial<ObservedContainer> = {}, of = web): ObservedContainer {
  return makeInstance(name, changes, of);
}

const done = (name: string, changes: Partial<ObservedContainer> = {}, of = web) =>
  instance(name, { state: 'exited', ...changes }, of);

/** The plan with these containers in the pod's sandbox; those that exited did well, unless told otherwise. */
function planWith(
  containers: ObservedContainer[],
  changes: Partial<PlanInput> = {},
  failed: string[] = [],
): Plan {
  const details = containers.map(({ id }) => [id, failed.includes(id) ? badly : well] as const);
  const observed = observe({
    sandboxes: [makeSandbox({}, web)],
    containers,
    details: Object.fromEntries(
      details.filter(([id]) => containers.some((c) => c.id === id && c.state === 'exited')),
    ),
  });
  return planFor(web, observed, changes);
}

describe('the order', () => {
  test.each<[string, ObservedContainer[], Plan['actions']]>([
    ['the first is made alone', [], [act.create('first', {}, web)]],
    ['the first is started', [instance('first', { state: 'created' })], [act.start('first')]],
    ['while it runs nothing else is done', [instance('first')], []],
    ['the second follows its success', [done('first')], [act.create('second', {}, web)]],
    ['while the second runs nothing else is done', [done('first'), instance('second')], []],
    [
      'the others follow the success of the last',
      [done('first'), done('second')],
      [act.create('app', {}, web), act.create('log', {}, web)],
    ],
    [
      'of the last alone, where the first is not there any more',
      [done('second')],
      [act.create('app', {}, web), act.create('log', {}, web)],
    ],
    ['once one of the others was made, they are over', [instance('app'), instance('log')], []],
    [
      'what exits of the others is restarted without them',
      [done('first'), done('second'), done('app'), instance('log')],
      [act.create('app', { attempt: 1, step: 1 }, web)],
    ],
  ])('%s', (_case, containers, actions) => {
    expect(planWith(containers)).toEqual({ actions, waits: [] });
  });

  test('the images of the first and of the others are looked for before the sandbox', () => {
    const plan = planFor(web, observe({ sandboxes: [], containers: [] }), {
      image: () => ({ state: 'unknown' }),
    });
    expect(plan.actions).toEqual([
      ...['first', 'app', 'log'].map((name) => act.look(name, 0, web)),
      act.run(0, web),
    ]);
  });

  test('one whose image is on its way is waited for', () => {
    expect(planWith([], { image: () => ({ state: 'pulling' }) })).toEqual({
      actions: [],
      waits: [{ container: 'first', reason: 'ContainerCreating', message: 'Pulling image "first:1"' }],
    });
  });
});

describe('one that fails', () => {
  test.each<RestartPolicy>(['Always', 'OnFailure'])('is tried again under %s, at first at once', (policy) => {
    const of = podWith(policy);
    const observed = observe({
      sandboxes: [makeSandbox({}, of)],
      containers: [done('first', {}, of)],
      details: { 'first-0': badly },
    });
    expect(planFor(of, observed)).toEqual({
      actions: [act.create('first', { attempt: 1, step: 1 }, of)],
      waits: [],
    });
  });

  const killedForMemory = detailsOf({ finishedAtMs: nowMs - 1_000, reason: 'OOMKilled' });

  test.each<[string, RestartPolicy, Plan['actions']]>([
    [
      'is tried again (kubelet: isInitContainerFailed)',
      'Always',
      [act.create('first', { attempt: 1, step: 1 }, web)],
    ],
    [
      'is tried again under OnFailure, too',
      'OnFailure',
      [act.create('first', { attempt: 1, step: 1 }, podWith('OnFailure'))],
    ],
    ['ends a pod that never restarts', 'Never', [act.stopSandbox(0)]],
  ])('for its memory, though with exit code 0, %s', (_case, policy, actions) => {
    const of = podWith(policy);
    const containers = [done('first', {}, of)];
    const details = { 'first-0': killedForMemory };
    expect(planFor(of, observe({ sandboxes: [makeSandbox({}, of)], containers, details }))).toEqual({
      actions,
      waits: [],
    });
  });

  test('again waits for its back-off', () => {
    const again = { ...makeInstance('first', { state: 'exited', attempt: 1, step: 1 }, web) };
    expect(planWith([again], {}, ['first-1'])).toMatchObject({
      actions: [],
      waits: [{ container: 'first', reason: 'CrashLoopBackOff', untilMs: nowMs + 9_000 }],
    });
  });

  const initNever = makePod({
    spec: {
      initContainers: [makeContainer('first', { restartPolicy: 'Never' }), makeContainer('second')],
      restartPolicy: 'Always',
    },
  });

  test.each([
    ['a pod that never restarts', podWith('Never')],
    ['a pod of whose containers it is the one that never restarts', initNever],
  ])('ends %s: its sandbox is given back, and nothing more is tried', (_case, never) => {
    const containers = [done('first', {}, never)];
    const details = { 'first-0': badly };
    expect(planFor(never, observe({ sandboxes: [makeSandbox({}, never)], containers, details }))).toEqual({
      actions: [act.stopSandbox(0)],
      waits: [],
    });
    const over = [makeSandbox({ state: 'not-ready' }, never)];
    expect(planFor(never, observe({ sandboxes: over, containers, details }))).toEqual({
      actions: [],
      waits: [],
    });
  });

  test('is forgotten where it succeeded, though it never restarts: a sandbox that is lost is replaced', () => {
    const names = ['first', 'second', 'app', 'log'];
    const containers = names.map((name) => done(name, {}, initNever));
    const details = Object.fromEntries(containers.map(({ id }) => [id, well]));
    const lost = [makeSandbox({ state: 'not-ready' }, initNever)];
    const plan = planFor(initNever, observe({ sandboxes: lost, containers, details }));
    expect(plan.actions.map(({ type }) => type)).toEqual(['stop-sandbox', 'run-sandbox']);
  });
});

describe('one of which the runtime does not know how it is', () => {
  const lost = (of: Pod) => instance('first', { state: 'unknown' }, of);
  const stop = (restart: StopRecord['restart']): StopRecord => ({
    ...{ startedAtMs: nowMs, graceSeconds: 30, cause: 'unknown', signalled: true },
    signalledAtMs: nowMs,
    ...(restart && { restart }),
  });
  const planAfter = (of: Pod, exitCode: number): Plan => {
    const stops = byId({ 'first-0': stop({ atMs: 0, step: 0 }) });
    const observed = observe({
      sandboxes: [makeSandbox({}, of)],
      containers: [done('first', {}, of)],
      details: { 'first-0': detailsOf({ finishedAtMs: nowMs - 1_000, exitCode }) },
    });
    return planFor(of, observed, { record: makeRecord({ pod: of, stops }) });
  };

  test.each<RestartPolicy>(['Always', 'OnFailure', 'Never'])('is stopped as failed under %s', (policy) => {
    const of = podWith(policy);
    const plan = planFor(of, observe({ sandboxes: [makeSandbox({}, of)], containers: [lost(of)] }));
    const stops = byId({ 'first-0': stop({ atMs: 0, step: 0 }) });
    expect(plan.actions).toEqual([act.save({ pod: of, stops }), ...act.stops({ first: 30 })]);
  });

  // (kubelet: computeInitContainerActions, the case ContainerStateUnknown; shouldRestartOnFailure)
  test.each<[string, RestartPolicy, number, (of: Pod) => Plan['actions']]>([
    ['made again', 'Always', 255, (of) => [act.create('first', { attempt: 1 }, of)]],
    ['made again, however it ended', 'OnFailure', 0, (of) => [act.create('first', { attempt: 1 }, of)]],
    ['the end of its pod', 'Never', 255, () => [act.stopSandbox(0)]],
    ['the end of its pod, however it ended', 'Never', 0, () => [act.stopSandbox(0)]],
  ])('is then %s under %s (exit code %i)', (_case, policy, exitCode, actions) => {
    const of = podWith(policy);
    const plan = planAfter(of, exitCode);
    expect(plan.actions.filter(({ type }) => type !== 'save-record')).toEqual(actions(of));
  });
});

describe('another sandbox', () => {
  const dead = makeSandbox({ state: 'not-ready' }, web);
  const fresh = makeSandbox({ attempt: 1 }, web);

  test('begins with the first, whose count goes on', () => {
    const containers = [done('first'), done('second'), done('app'), done('log')];
    const details = Object.fromEntries(containers.map(({ id }) => [id, well]));
    expect(planFor(web, observe({ sandboxes: [dead, fresh], containers, details }))).toEqual({
      actions: [act.create('first', { attempt: 1, sandbox: 1 }, web)],
      waits: [],
    });
  });

  test('is made for an edit of an init container, after all was stopped', () => {
    const edited = makePod({
      spec: { initContainers: [makeContainer('first', { image: 'first:2' }), makeContainer('second')] },
    });
    const observed = observe({
      sandboxes: [makeSandbox({}, web)],
      containers: [instance('app'), instance('log')],
    });
    expect(planFor(edited, observed, { record: makeRecord({ pod: web }) })).toEqual({
      actions: [
        act.edit({ pod: edited, stops: stopsBegun(30, 'app', 'log') }),
        ...act.stops({ app: 30, log: 30 }),
      ],
      waits: act.stopWaits({ app: 30, log: 30 }),
    });
  });

  test.each<RestartPolicy>(['Always', 'Never'])(
    'of a pod with the policy %s is made when what runs in the dead one has been stopped',
    (policy) => {
      const of = podWith(policy);
      const sandboxes = [makeSandbox({ state: 'not-ready' }, of)];
      const containers = [instance('first', {}, of)];
      expect(planFor(of, observe({ sandboxes, containers }))).toEqual({
        actions: [act.save({ pod: of, stops: stopsBegun(30, 'first') }), ...act.stops({ first: 30 })],
        waits: act.stopWaits({ first: 30 }),
      });
    },
  );

  test('of a pod that never restarts is not made for what is over', () => {
    const never = podWith('Never');
    const containers = [
      ...['first', 'second', 'app', 'log'].map((name) => done(name, {}, never)),
      done('first', { attempt: 1, sandboxId: asSandboxId('sb-9') }, never),
    ];
    const details = Object.fromEntries(containers.map(({ id }) => [id, well]));
    const sandboxes = [makeSandbox({ state: 'not-ready' }, never)];
    expect(planFor(never, observe({ sandboxes, containers, details })).actions).not.toContainEqual(
      expect.objectContaining({ type: 'run-sandbox' }),
    );
  });
});

test('nothing is decided about one that has exited until it is known how', () => {
  const observed = observe({ sandboxes: [makeSandbox({}, web)], containers: [done('first')] });
  expect(planFor(web, { ...observed, containerDetails: new Map() })).toEqual({ actions: [], waits: [] });
});
