import { describe, expect, test } from 'vitest';
import type { PlanInput } from '../../../src/plan/index.ts';
import type { ContainerId, Health, Pod, Probe, RestartPolicy } from '../../../src/pod/index.ts';
import type { StopRecord } from '../../../src/state/index.ts';
import {
  act,
  byId,
  detailsOf,
  exitedJustNow,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planFor,
} from './base.ts';

/** Containers that are stopped for failing a probe (kubelet: computePodActions), and how they come back (doBackOff). */

const probe: Probe = {
  handler: { kind: 'exec', command: ['true'] },
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};

function podWith(graceSeconds?: number, restartPolicy: RestartPolicy = 'Always'): Pod {
  const own = {
    ...probe,
    ...(graceSeconds !== undefined && { terminationGracePeriodSeconds: graceSeconds }),
  };
  const app = makeContainer('app', { livenessProbe: own, startupProbe: probe });
  return makePod({ spec: { containers: [app, makeContainer('log')], restartPolicy } });
}

function failing(kind: 'liveness' | 'startup', id = 'app-0'): Health {
  const failed = { probe: kind, message: 'connection refused' };
  return new Map([[id as ContainerId, { started: kind === 'liveness', ready: false, failed }]]);
}

const started = { 'app-0': { started: true as const } };

function planWith(
  of: Pod,
  changes: Partial<PlanInput> = {},
  containers = [makeInstance('app', {}, of), makeInstance('log', {}, of)],
) {
  const observed = observe({ sandboxes: [makeSandbox({}, of)], containers });
  return planFor(of, observed, { record: makeRecord({ pod: of, starts: started }), ...changes });
}

function stopWith(of: Pod, stop: Partial<StopRecord>) {
  const signal = { signalled: true as const, signalledAtMs: nowMs };
  const stops = { 'app-0': { startedAtMs: nowMs, graceSeconds: 30, ...signal, ...stop } };
  return act.save({ pod: of, starts: started, stops });
}

describe('a running container', () => {
  const web = podWith();

  test('that fails its liveness probe is stopped, alone, and comes back at once the first time', () => {
    const { actions } = planWith(web, { health: failing('liveness') });
    const [stop] = act.stops({ app: 30 });
    expect(actions).toEqual([
      stopWith(web, { cause: 'liveness', restart: { atMs: 0, step: 0 } }),
      { ...stop, why: 'Container app failed liveness probe' },
    ]);
  });

  test('that fails its startup probe is stopped, too', () => {
    const { actions } = planWith(web, { health: failing('startup'), record: makeRecord({ pod: web }) });
    expect(actions[1]).toMatchObject({ type: 'begin-stop', why: 'Container app failed startup probe' });
  });

  test.each([
    [5, 5],
    [1, 2],
    [undefined, 30],
  ])("has the grace period of its probe (%s s), else the pod's", (grace, seconds) => {
    const [, stop] = planWith(podWith(grace), { health: failing('liveness') }).actions;
    expect(stop).toMatchObject({ stop: { timeoutSeconds: seconds } });
  });

  test('is left alone by a readiness probe that fails', () => {
    const health: Health = new Map([['app-0' as ContainerId, { started: true, ready: false }]]);
    expect(planWith(web, { health })).toEqual({ actions: [], waits: [] });
  });
});

describe('once it is stopped', () => {
  const stopped = (of: Pod) => [makeInstance('app', { state: 'exited' }, of), makeInstance('log', {}, of)];
  const stop: StopRecord = {
    ...{ startedAtMs: nowMs - 3_000, graceSeconds: 30, signalled: true, cause: 'liveness' },
    restart: { atMs: 0, step: 0 },
  };

  test.each<[RestartPolicy, boolean]>([
    ['Always', true],
    ['OnFailure', true],
    ['Never', false],
  ])('under restartPolicy %s it is made anew: %s, whatever its exit code', (policy, isMade) => {
    const of = podWith(undefined, policy);
    const record = makeRecord({ pod: of, stops: byId({ 'app-0': stop }) });
    const { actions } = planWith(of, { record }, stopped(of));
    expect(actions.map(({ type }) => type)).toEqual(isMade ? ['create-container'] : []);
  });

  test.each([
    ['once the back-off of the exit before is over, it comes back at once', nowMs - 1_000, undefined],
    ['before, it waits once more from its own exit on', nowMs + 1_000, nowMs - 1_000 + 20_000],
  ])('%s', (_case, atMs, untilMs) => {
    const of = podWith();
    const record = makeRecord({ pod: of, stops: byId({ 'app-0': { ...stop, restart: { atMs, step: 3 } } }) });
    const { actions, waits } = planWith(of, { record }, stopped(of));
    expect(actions.map(({ type }) => type)).toEqual(untilMs === undefined ? ['create-container'] : []);
    expect(waits).toMatchObject(
      untilMs === undefined ? [] : [{ container: 'app', reason: 'CrashLoopBackOff', untilMs }],
    );
  });

  test('an edit of it does away with that', () => {
    const of = podWith();
    const edited = makePod({
      spec: { containers: of.spec.containers.map((each) => ({ ...each, image: 'new:1' })) },
    });
    const record = makeRecord({
      pod: edited,
      stops: byId({ 'app-0': { ...stop, restart: { atMs: nowMs + 25_000, step: 3 } } }),
    });
    const containers = [makeInstance('app', { state: 'exited' }, of), makeInstance('log', {}, edited)];
    expect(planWith(edited, { record }, containers).actions).toEqual([
      act.create('app', { attempt: 1 }, edited),
    ]);
  });
});

describe('its back-off', () => {
  const of = podWith();
  const restartOf = (step: number, before: Parameters<typeof detailsOf>[0] | undefined, ranMs = 60_000) => {
    const latest = makeInstance('app', { attempt: 1, step }, of);
    const previous = before === undefined ? [] : [makeInstance('app', { state: 'exited' }, of)];
    const observed = observe({
      sandboxes: [makeSandbox({}, of)],
      containers: [latest, ...previous, makeInstance('log', {}, of)],
      details: {
        'app-1': detailsOf({ startedAtMs: nowMs - ranMs }),
        ...(before && { 'app-0': { ...exitedJustNow, ...before } }),
      },
    });
    const { actions } = planFor(of, observed, { health: failing('liveness', 'app-1') });
    const [save] = actions;
    return save?.type === 'save-record' ? save.record.stops['app-1' as ContainerId]?.restart : undefined;
  };

  test('counts from the exit before, as the kubelet looks at it before it stops', () => {
    const finishedAtMs = nowMs - 50_000;
    expect(restartOf(4, { finishedAtMs })).toEqual({ atMs: finishedAtMs + 80_000, step: 5 });
  });

  test('is over where that is gone', () => {
    expect(restartOf(4, undefined)).toEqual({ atMs: 0, step: 5 });
  });

  test('begins anew after a run of more than ten minutes', () => {
    const finishedAtMs = nowMs - 700_000;
    expect(restartOf(4, { finishedAtMs }, 600_001)).toEqual({ atMs: finishedAtMs, step: 1 });
  });
});
