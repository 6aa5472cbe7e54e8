import { describe, expect, test } from 'vitest';
import type { ContainerDetails, Pod, RestartPolicy } from '../../../src/pod/index.ts';
import { type PodReportInput, podReport, timestamp } from '../../../src/status/index.ts';
import {
  detailsOf,
  file,
  makeContainer,
  makeInstance,
  makePod,
  makeSandbox,
  nowMs,
  observe,
  uid,
} from '../reconcile/base.ts';

const pod = makePod({ spec: { containers: [makeContainer('app')] } });
const withPolicy = (restartPolicy: RestartPolicy): Pod =>
  makePod({ spec: { containers: [makeContainer('app')], restartPolicy } });

function report(changes: Partial<PodReportInput> = {}) {
  return podReport({
    ...{ uid, namespace: 'default', name: 'web', file, pod },
    observed: observe({ containers: [makeInstance('app')] }),
    waiting: [],
    terminating: false,
    stale: false,
    createdAtMs: nowMs - 60_000,
    ended: undefined,
    ...changes,
  });
}

const ended = (changes: Partial<ContainerDetails>) =>
  observe({
    containers: [makeInstance('app', { state: 'exited' })],
    details: { 'app-0': detailsOf({ finishedAtMs: nowMs, ...changes }) },
  });

const terminated = { startedAt: '2026-01-02T11:59:00Z', finishedAt: '2026-01-02T12:00:00Z' };
const crashLoop = { container: 'app', reason: 'CrashLoopBackOff', message: 'back-off 10s' };

test('a running pod, whole', () => {
  expect(report()).toStrictEqual({
    ...{ namespace: 'default', name: 'web', uid, file },
    phase: 'Running',
    terminating: false,
    stale: false,
    podIPs: ['10.0.0.7'],
    hostNetwork: false,
    startTime: '2026-01-02T11:59:00Z',
    containers: [
      {
        ...{ name: 'app', image: 'app:1', ready: true, restartCount: 0 },
        containerID: 'containerd://app-0',
        state: { running: { startedAt: '2026-01-02T11:59:00Z' } },
      },
    ],
    waiting: [],
  });
});

test('a pod before its first step, whole', () => {
  const observed = observe({ sandboxes: [], containers: [] });
  const waiting = [{ reason: 'HostPortConflict', message: 'taken' }];
  expect(report({ observed, waiting, createdAtMs: undefined, stale: true, terminating: true })).toStrictEqual(
    {
      ...{ namespace: 'default', name: 'web', uid, file },
      phase: 'Pending',
      terminating: true,
      stale: true,
      podIPs: [],
      hostNetwork: false,
      containers: [
        {
          ...{ name: 'app', image: 'app:1', ready: false, restartCount: 0 },
          state: { waiting: { reason: 'ContainerCreating' } },
        },
      ],
      waiting,
    },
  );
});

describe('the state of a container', () => {
  const stateOf = (changes: Partial<PodReportInput>) => report(changes).containers[0];

  test.each([
    [0, '', 'Completed'],
    [1, '', 'Error'],
    [137, 'OOMKilled', 'OOMKilled'],
    [128, 'StartError', 'StartError'],
  ])('exit code %i with the reason "%s" is %s', (exitCode, reason, told) => {
    expect(stateOf({ observed: ended({ exitCode, reason }) })).toStrictEqual({
      ...{ name: 'app', image: 'app:1', ready: false, restartCount: 0, containerID: 'containerd://app-0' },
      state: { terminated: { exitCode, reason: told, ...terminated } },
    });
  });

  test('a message of the runtime is told', () => {
    const state = stateOf({
      observed: ended({ exitCode: 128, reason: 'StartError', message: 'no such file' }),
    })?.state;
    expect(state).toMatchObject({ terminated: { message: 'no such file' } });
  });

  test.each<[string, Partial<ContainerDetails>, string | undefined]>([
    ['its last words', { terminationMessage: 'out of cheese' }, 'out of cheese'],
    [
      'its last words after what the runtime says',
      { message: 'killed', terminationMessage: 'bye' },
      'killed: bye',
    ],
    ['nothing where there is nothing', {}, undefined],
  ])('the message of an end is %s', (_case, details, message) => {
    const state = stateOf({ observed: ended({ exitCode: 1, ...details }) })?.state;
    expect(state).toStrictEqual({
      terminated: { exitCode: 1, reason: 'Error', ...(message !== undefined && { message }), ...terminated },
    });
  });

  test('one that waits for its restart moves its end to lastState', () => {
    expect(stateOf({ observed: ended({ exitCode: 1 }), waiting: [crashLoop] })).toStrictEqual({
      ...{ name: 'app', image: 'app:1', ready: false, restartCount: 0, containerID: 'containerd://app-0' },
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error', ...terminated } },
    });
  });

  test('a restarted one counts its restarts and tells how the last instance ended', () => {
    const observed = observe({
      containers: [makeInstance('app', { attempt: 3 }), makeInstance('app', { attempt: 2, state: 'exited' })],
      details: { 'app-2': detailsOf({ finishedAtMs: nowMs, exitCode: 9 }) },
    });
    expect(stateOf({ observed })).toMatchObject({
      restartCount: 3,
      containerID: 'containerd://app-3',
      state: { running: {} },
      lastState: { terminated: { exitCode: 9 } },
    });
  });

  test('a running one is told as running, whatever else waits', () => {
    expect(stateOf({ waiting: [crashLoop] })?.state).toHaveProperty('running');
  });

  test('a reason that concerns another container or the whole pod is not its own', () => {
    const observed = observe({ containers: [] });
    const waiting = [
      { ...crashLoop, container: 'other' },
      { reason: 'FailedCreatePodSandBox', message: 'no' },
    ];
    expect(stateOf({ observed, waiting })?.state).toEqual({ waiting: { reason: 'ContainerCreating' } });
  });

  test('a created one is being created; before its details are known an exited one is, too', () => {
    const creating = { waiting: { reason: 'ContainerCreating' } };
    const created = observe({ containers: [makeInstance('app', { state: 'created' })] });
    expect(stateOf({ observed: created })?.state).toEqual(creating);
    const exited = { ...ended({}), containerDetails: new Map() };
    expect(stateOf({ observed: exited })?.state).toEqual(creating);
  });

  test('the restart count does not fall when the runtime forgot its containers', () => {
    expect(stateOf({ observed: observe({ containers: [], nextAttempts: { app: 5 } }) })?.restartCount).toBe(
      5,
    );
  });
});

const pending = observe({ containers: [] });

describe('the phase (kubelet: getPhase)', () => {
  test.each<[string, Partial<PodReportInput>, string]>([
    ['never ran', { observed: pending }, 'Pending'],
    [
      'never ran, waits',
      { observed: pending, waiting: [{ ...crashLoop, reason: 'ErrImagePull' }] },
      'Pending',
    ],
    ['runs', {}, 'Running'],
    ['ended well, Always', { observed: ended({}) }, 'Running'],
    ['ended well, OnFailure', { observed: ended({}), pod: withPolicy('OnFailure') }, 'Succeeded'],
    ['ended well, Never', { observed: ended({}), pod: withPolicy('Never') }, 'Succeeded'],
    ['failed, Always', { observed: ended({ exitCode: 1 }) }, 'Running'],
    ['failed, OnFailure', { observed: ended({ exitCode: 1 }), pod: withPolicy('OnFailure') }, 'Running'],
    ['failed, Never', { observed: ended({ exitCode: 1 }), pod: withPolicy('Never') }, 'Failed'],
    ['in back-off', { observed: ended({ exitCode: 1 }), waiting: [crashLoop] }, 'Running'],
    ['manifest lost', { pod: undefined }, 'Unknown'],
    ['nothing known of its containers', { pod: makePod({ spec: { containers: [] } }) }, 'Unknown'],
  ])('%s', (_case, changes, phase) => {
    expect(report(changes).phase).toBe(phase);
  });

  const two = makePod({ spec: { restartPolicy: 'Never' } });
  const both = (app: Partial<ContainerDetails>, log?: Partial<ContainerDetails>) =>
    observe({
      containers: [
        makeInstance('app', { state: 'exited' }, two),
        makeInstance('log', { state: log === undefined ? 'running' : 'exited' }, two),
      ],
      details: { 'app-0': detailsOf(app), ...(log && { 'log-0': detailsOf(log) }) },
    });

  test.each<[string, PodReportInput['observed'], string]>([
    ['one runs on', both({ exitCode: 1 }), 'Running'],
    ['both ended well', both({}, {}), 'Succeeded'],
    ['one of them failed', both({ exitCode: 1 }, {}), 'Failed'],
    ['one never ran', observe({ containers: [makeInstance('app', {}, two)] }), 'Pending'],
  ])('of two containers, %s', (_case, observed, phase) => {
    expect(report({ pod: two, observed }).phase).toBe(phase);
  });
});

describe('init containers', () => {
  const of = (restartPolicy: RestartPolicy) =>
    makePod({
      spec: { initContainers: [makeContainer('setup')], containers: [makeContainer('app')], restartPolicy },
    });
  const seen = (...containers: ReturnType<typeof makeInstance>[]) =>
    observe({ containers, details: { 'setup-0': detailsOf({ finishedAtMs: nowMs, exitCode: 1 }) } });
  const setup = (state: 'running' | 'exited') => makeInstance('setup', { state }, of('Always'));
  const succeeded = () =>
    observe({
      containers: [setup('exited')],
      details: { 'setup-0': detailsOf({ finishedAtMs: nowMs }) },
    });

  test.each<[string, PodReportInput['observed'], RestartPolicy, string, string]>([
    ['none was made', pending, 'Always', 'Pending', 'PodInitializing'],
    ['one runs', seen(setup('running')), 'Always', 'Pending', 'PodInitializing'],
    ['one failed and is tried again', seen(setup('exited')), 'OnFailure', 'Pending', 'PodInitializing'],
    ['one failed for good', seen(setup('exited')), 'Never', 'Failed', 'PodInitializing'],
    ['all have succeeded', succeeded(), 'Always', 'Pending', 'ContainerCreating'],
  ])('while %s', (_case, observed, policy, phase, reason) => {
    expect(report({ pod: of(policy), observed })).toMatchObject({
      phase,
      initContainers: [{ name: 'setup' }],
      containers: [{ name: 'app', state: { waiting: { reason } } }],
    });
  });

  test('do not stand in the way of a phase once the others have begun', () => {
    const observed = observe({ containers: [makeInstance('app', {}, of('Always'))] });
    expect(report({ pod: of('Always'), observed }).phase).toBe('Running');
  });
});

describe('a pod that was ended for good', () => {
  const over = { reason: 'DeadlineExceeded', message: 'longer than the specified deadline' };

  test.each<[string, Partial<PodReportInput>]>([
    ['runs', {}],
    ['never ran', { observed: pending }],
    ['succeeded', { observed: ended({}), pod: withPolicy('Never') }],
  ])('is Failed with the reason, though it %s', (_case, changes) => {
    expect(report({ ...changes, ended: over })).toMatchObject({ phase: 'Failed', ...over });
  });

  test('keeps the states of its containers', () => {
    const observed = ended({ exitCode: 137 });
    expect(report({ observed, ended: over }).containers).toMatchObject([
      { state: { terminated: { exitCode: 137 } } },
    ]);
  });

  test('no other pod has a reason', () => {
    expect(Object.keys(report())).not.toContain('reason');
    expect(Object.keys(report())).not.toContain('message');
  });
});

test('addresses are those of the newest sandbox', () => {
  const sandboxes = [makeSandbox(), makeSandbox({ attempt: 1 })];
  const ips = { 'sb-0': ['10.0.0.1'], 'sb-1': ['10.0.0.2', 'fd00::2'] };
  expect(report({ observed: observe({ sandboxes, ips }) }).podIPs).toEqual(['10.0.0.2', 'fd00::2']);
});

test('a pod on the host network says so', () => {
  const hostNetwork = makePod({ spec: { hostNetwork: true, containers: [makeContainer('app')] } });
  expect(report({ pod: hostNetwork })).toMatchObject({ hostNetwork: true });
});

test('times are told in whole seconds of UTC', () => {
  expect(timestamp(nowMs + 999.9)).toBe('2026-01-02T12:00:00Z');
});
