import { describe, expect, test } from 'vitest';
import {
  type Container,
  type Pod,
  type RestartPolicy,
  type RestartRule,
  restartVerdict,
} from '../../../src/pod/index.ts';
import type { PodRecord, StopRecord } from '../../../src/state/index.ts';
import {
  act,
  byId,
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

/** Who is restarted (kubelet: ContainerShouldRestart): the first rule that matches, the container's policy, the pod's. */

const restart42: RestartRule = { action: 'Restart', operator: 'In', exitCodes: [42] };
const all7: RestartRule = { action: 'RestartAllContainers', operator: 'In', exitCodes: [7] };

describe('the verdict', () => {
  test.each<[string, RestartPolicy, Partial<Container>, number, string]>([
    ['pod Always, exit 0', 'Always', {}, 0, 'restart'],
    ['pod OnFailure, exit 0', 'OnFailure', {}, 0, 'done'],
    ['pod OnFailure, exit 1', 'OnFailure', {}, 1, 'restart'],
    ['pod Never, exit 1', 'Never', {}, 1, 'done'],
    ['container Never in a pod Always', 'Always', { restartPolicy: 'Never' }, 1, 'done'],
    ['container Always in a pod Never', 'Never', { restartPolicy: 'Always' }, 0, 'restart'],
    ['container OnFailure in a pod Never, exit 0', 'Never', { restartPolicy: 'OnFailure' }, 0, 'done'],
    [
      'a rule before Never',
      'Never',
      { restartPolicy: 'Never', restartPolicyRules: [restart42] },
      42,
      'restart',
    ],
    [
      'a rule for another code',
      'Never',
      { restartPolicy: 'Never', restartPolicyRules: [restart42] },
      41,
      'done',
    ],
    [
      'a rule for all but some codes',
      'Never',
      { restartPolicy: 'Never', restartPolicyRules: [{ ...restart42, operator: 'NotIn' }] },
      41,
      'restart',
    ],
    [
      'the first rule of two',
      'Never',
      { restartPolicy: 'Never', restartPolicyRules: [all7, { ...restart42, exitCodes: [7] }] },
      7,
      'restart-all',
    ],
  ])('%s', (_case, policy, changes, code, verdict) => {
    const container = makeContainer('app', changes);
    const pod = makePod({ spec: { containers: [container], restartPolicy: policy } });
    expect(restartVerdict(container, pod, code)).toBe(verdict);
  });

  test.each<[RestartPolicy, Partial<Container>, string]>([
    ['Always', {}, 'restart'],
    ['OnFailure', {}, 'restart'],
    ['Never', {}, 'done'],
    ['Never', { restartPolicy: 'OnFailure' }, 'restart'],
    ['Always', { restartPolicyRules: [{ ...restart42, exitCodes: [0] }] }, 'restart'],
  ])(
    'an init container of a pod %s that was killed for its memory has failed: %j',
    (policy, changes, verdict) => {
      const container = makeContainer('first', changes);
      const pod = makePod({ spec: { initContainers: [container], restartPolicy: policy } });
      expect(restartVerdict(container, pod, 0, 'OOMKilled')).toBe(verdict);
    },
  );

  test('another container has not, with exit code 0 (kubelet: ContainerShouldRestart looks at the code alone)', () => {
    const container = makeContainer('app');
    const pod = makePod({ spec: { containers: [container], restartPolicy: 'OnFailure' } });
    expect(restartVerdict(container, pod, 0, 'OOMKilled')).toBe('done');
  });

  test.each<[string, RestartPolicy, Partial<Container>, number, string]>([
    ['that succeeded is done, whatever the pod says', 'Always', {}, 0, 'done'],
    ['that failed is restarted', 'Always', {}, 1, 'restart'],
    ['that failed in a pod that never restarts is done', 'Never', {}, 1, 'done'],
    ['with a policy of its own', 'Never', { restartPolicy: 'OnFailure' }, 1, 'restart'],
    [
      'that succeeded is done, whatever rule restarts it',
      'Always',
      { restartPolicy: 'OnFailure', restartPolicyRules: [{ ...restart42, exitCodes: [0] }] },
      0,
      'done',
    ],
    [
      'that succeeded may restart all',
      'Always',
      { restartPolicy: 'OnFailure', restartPolicyRules: [{ ...all7, exitCodes: [0] }] },
      0,
      'restart-all',
    ],
    ['that is a sidecar is restarted also for success', 'Never', { restartPolicy: 'Always' }, 0, 'restart'],
  ])('an init container %s', (_case, policy, changes, code, verdict) => {
    const container = makeContainer('first', changes);
    const pod = makePod({ spec: { initContainers: [container], restartPolicy: policy } });
    expect(restartVerdict(container, pod, code)).toBe(verdict);
  });
});

describe('RestartAllContainers', () => {
  const removal = (container: string) => ({
    ...{ type: 'remove-container', id: `${container}-0`, container, attempt: 0 },
    why: 'all containers of the pod are restarted',
  });

  const pod: Pod = makePod({
    spec: {
      initContainers: [makeContainer('first')],
      containers: [
        makeContainer('app', { restartPolicy: 'Never', restartPolicyRules: [all7] }),
        makeContainer('log'),
      ],
    },
  });
  const sandboxes = [makeSandbox({}, pod)];
  const exited = (name: string, step = 0) => makeInstance(name, { state: 'exited', step }, pod);
  const details = {
    'app-0': { ...exitedJustNow, exitCode: 7 },
    'first-0': { ...exitedJustNow, exitCode: 0 },
  };
  const restartingAll = { startedAtMs: nowMs, container: 'app' };
  const before = [exited('first'), exited('app')];
  const waits = ['first', 'app', 'log'].map((container) => ({
    ...{ container, reason: 'RestartingAllContainers' },
    message: 'all containers of the pod are restarted',
  }));

  test('stops the others, with the shortest grace period and no hook', () => {
    const observed = observe({ sandboxes, containers: [...before, makeInstance('log', {}, pod)], details });
    const stop: StopRecord = {
      ...{ startedAtMs: nowMs, graceSeconds: 2, cause: 'restartAll', preStop: 'done', signalled: true },
      signalledAtMs: nowMs,
    };
    expect(planFor(pod, observed)).toEqual({
      actions: [
        act.save({ pod, restartingAll, steps: { app: 1 }, stops: byId<StopRecord>({ 'log-0': stop }) }),
        ...act.stops({ log: 2 }),
      ],
      waits,
    });
  });

  test('removes all of them, the one that asked for it last, and keeps their logs', () => {
    const record = makeRecord({ pod, restartingAll, steps: { app: 1 } });
    const observed = observe({ sandboxes, containers: [...before, exited('log')], details });
    expect(planFor(pod, observed, { record })).toEqual({
      actions: ['log', 'first', 'app'].map(removal),
      waits,
    });
  });

  test('then begins anew in the same sandbox, where counts and back-off go on', () => {
    const record = makeRecord({ pod, restartingAll, steps: { app: 1 } });
    const gone = observe({ sandboxes, containers: [], nextAttempts: { first: 1, app: 1, log: 1 } });
    const steps: PodRecord['steps'] = { app: 1 };
    expect(planFor(pod, gone, { record }).actions).toEqual([act.save({ pod, steps })]);
    const done = makeInstance('first', { state: 'exited', attempt: 1 }, pod);
    const next = observe({
      sandboxes,
      containers: [done],
      details: { 'first-1': { ...exitedJustNow, exitCode: 0 } },
      nextAttempts: { app: 1, log: 1 },
    });
    expect(planFor(pod, next, { record: makeRecord({ pod, steps }) }).actions).toEqual([
      act.create('app', { attempt: 1, step: 1 }, pod),
      act.create('log', { attempt: 1 }, pod),
    ]);
  });

  test('waits for the back-off of the container that asks for it again', () => {
    const containers = [exited('first'), exited('app', 2), makeInstance('log', {}, pod)];
    const { actions, waits: told } = planFor(pod, observe({ sandboxes, containers, details }));
    expect(actions).toEqual([]);
    expect(told).toMatchObject([{ container: 'app', reason: 'CrashLoopBackOff' }]);
  });

  test('goes on after a crash in between', () => {
    const record = makeRecord({ pod, restartingAll });
    const observed = observe({ sandboxes, containers: [...before], details });
    expect(planFor(pod, observed, { record }).actions).toEqual(['first', 'app'].map(removal));
  });
});
