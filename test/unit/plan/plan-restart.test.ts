import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/plan/index.ts';
import type { ContainerDetails, Pod, RestartPolicy } from '../../../src/pod/index.ts';
import { act, detailsOf, makeInstance, makePod, makeSandbox, nowMs, observe, planFor, uid } from './base.ts';

/** The plan when `app` has exited as given and `log` runs. */
function planExit(of: Pod, details: Partial<ContainerDetails>, step = 0): Plan {
  const containers = [makeInstance('app', { state: 'exited', step }, of), makeInstance('log', {}, of)];
  return planFor(of, observe({ containers, details: { 'app-0': detailsOf(details) } }));
}

function podWith(restartPolicy: RestartPolicy): Pod {
  return makePod({ spec: { restartPolicy } });
}

const nothing: Plan = { actions: [], waits: [] };

describe('what exits is restarted as the policy says (kubelet: ContainerShouldRestart)', () => {
  test.each<[RestartPolicy, number, boolean]>([
    ['Always', 0, true],
    ['Always', 1, true],
    ['OnFailure', 0, false],
    ['OnFailure', 137, true],
    ['Never', 0, false],
    ['Never', 1, false],
  ])('%s, exit code %i: %s', (policy, exitCode, restarted) => {
    const of = podWith(policy);
    const plan = planExit(of, { finishedAtMs: nowMs - 1, exitCode });
    const again: Plan = { actions: [act.create('app', { attempt: 1, step: 1 }, of)], waits: [] };
    expect(plan).toEqual(restarted ? again : nothing);
  });
});

describe('CrashLoopBackOff: 0, 10, 20, 40, 80, 160, 300, 300 s after the exit (kubelet: doBackOff)', () => {
  const steps = [0, 10, 20, 40, 80, 160, 300, 300].map((seconds, step) => [step, seconds] as const);
  const inWords = ['0s', '10s', '20s', '40s', '1m20s', '2m40s', '5m0s', '5m0s'];

  test.each(steps)('step %i: restarted %i s after the exit', (step, seconds) => {
    const of = podWith('Always');
    expect(planExit(of, { finishedAtMs: nowMs - seconds * 1000 }, step)).toEqual({
      actions: [act.create('app', { attempt: 1, step: step + 1 }, of)],
      waits: [],
    });
  });

  test.each(steps.slice(1))('step %i: not before %i s', (step, seconds) => {
    const finishedAtMs = nowMs - seconds * 1000 + 1;
    expect(planExit(podWith('Always'), { finishedAtMs }, step)).toEqual({
      actions: [],
      waits: [
        {
          container: 'app',
          reason: 'CrashLoopBackOff',
          message: `back-off ${inWords[step]} restarting failed container=app pod=web_default(${uid})`,
          untilMs: nowMs + 1,
        },
      ],
    });
  });

  test('exit code 0 under Always backs off, too', () => {
    const plan = planExit(podWith('Always'), { finishedAtMs: nowMs, exitCode: 0 }, 1);
    expect(plan.waits).toMatchObject([{ reason: 'CrashLoopBackOff', untilMs: nowMs + 10_000 }]);
    expect(plan.actions).toEqual([]);
  });

  test('a run of more than 10 min starts again at the first step; one of 10 min does not', () => {
    const of = podWith('Always');
    const finishedAtMs = nowMs - 1;
    const long = planExit(of, { startedAtMs: finishedAtMs - 600_001, finishedAtMs }, 7);
    expect(long).toEqual({ actions: [act.create('app', { attempt: 1, step: 1 }, of)], waits: [] });
    const short = planExit(of, { startedAtMs: finishedAtMs - 600_000, finishedAtMs }, 7);
    expect(short.waits).toMatchObject([{ reason: 'CrashLoopBackOff', untilMs: finishedAtMs + 300_000 }]);
    expect(short.actions).toEqual([]);
  });

  test('a container that never came to run keeps its step', () => {
    const plan = planExit(podWith('Always'), { startedAtMs: 0, finishedAtMs: nowMs, exitCode: 128 }, 3);
    expect(plan.waits).toMatchObject([{ reason: 'CrashLoopBackOff', untilMs: nowMs + 40_000 }]);
  });

  test('an unreadable step counts as the first', () => {
    const of = podWith('Always');
    const spoilt = makeInstance('app', { state: 'exited' });
    const annotations = { ...spoilt.annotations, 'tinylet.dev/backoff-step': 'many' };
    const containers = [{ ...spoilt, annotations }, makeInstance('log')];
    expect(planFor(of, observe({ containers }))).toEqual({
      actions: [act.create('app', { attempt: 1, step: 1 })],
      waits: [],
    });
  });

  test('one container in back-off does not hold the others', () => {
    const of = podWith('Always');
    const containers = [
      makeInstance('app', { state: 'exited', step: 4 }),
      makeInstance('log', { state: 'exited' }),
    ];
    const plan = planFor(of, observe({ containers }));
    expect(plan.actions).toEqual([act.create('log', { attempt: 1, step: 1 })]);
    expect(plan.waits).toMatchObject([{ container: 'app', untilMs: nowMs - 1_000 + 80_000 }]);
  });
});

test('nothing is decided about an exited container whose details are not known yet', () => {
  const observed = observe({ containers: [makeInstance('app', { state: 'exited' }), makeInstance('log')] });
  expect(planFor(podWith('Always'), { ...observed, containerDetails: new Map() })).toEqual(nothing);
});

describe('a pod that has run to its end', () => {
  const done = (of: Pod) => ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }, of));
  const well = detailsOf({ finishedAtMs: nowMs - 1_000, exitCode: 0 });
  const details = { 'app-0': well, 'log-0': well };

  test.each<RestartPolicy>(['Never', 'OnFailure'])(
    '%s: gives its sandbox back and keeps its dead',
    (policy) => {
      const of = podWith(policy);
      expect(planFor(of, observe({ containers: done(of), details }))).toEqual({
        actions: [act.stopSandbox(0)],
        waits: [],
      });
    },
  );

  test.each<RestartPolicy>(['Never', 'OnFailure'])(
    '%s: is not run again when its sandbox is gone',
    (policy) => {
      const of = podWith(policy);
      const sandboxes = [makeSandbox({ state: 'not-ready' })];
      expect(planFor(of, observe({ sandboxes, containers: done(of), details }))).toEqual(nothing);
      expect(planFor(of, observe({ sandboxes: [], containers: done(of), details }))).toEqual(nothing);
    },
  );

  test('Never: a container that failed is as good an end as one that succeeded', () => {
    const of = podWith('Never');
    expect(planFor(of, observe({ containers: done(of) }))).toEqual({
      actions: [act.stopSandbox(0)],
      waits: [],
    });
  });

  test('an edit runs the edited container again, in a new sandbox', () => {
    const before = podWith('Never');
    const edited = makePod({ spec: { restartPolicy: 'Never' }, app: { image: 'app:2' } });
    const sandboxes = [makeSandbox({ state: 'not-ready' })];
    expect(planFor(edited, observe({ sandboxes, containers: done(before), details }))).toEqual({
      actions: [act.stopSandbox(0), act.run(1, edited)],
      waits: [],
    });
  });

  test('Never: the sandbox died before the second container was made: no second sandbox (kubelet: computePodActions)', () => {
    const of = podWith('Never');
    const observed = observe({
      sandboxes: [makeSandbox({ state: 'not-ready' })],
      containers: [makeInstance('app', { state: 'exited' }, of)],
    });
    expect(planFor(of, observed)).toEqual(nothing);
  });

  test('OnFailure: what succeeded stays done, what failed is run in a new sandbox', () => {
    const of = podWith('OnFailure');
    const sandboxes = [makeSandbox({ state: 'not-ready' }), makeSandbox({ attempt: 1 })];
    const observed = observe({ sandboxes, containers: done(of), details: { 'log-0': well } });
    expect(planFor(of, observed)).toEqual({
      actions: [act.create('app', { attempt: 1, step: 1, sandbox: 1 }, of)],
      waits: [],
    });
  });
});
