import { describe, expect, test } from 'vitest';
import {
  asContainerId,
  type Container,
  type ContainerDetails,
  type ContainerHealth,
  type Health,
  type Pod,
  type Probe,
} from '../../../src/pod/index.ts';
import {
  isPodReady,
  type PodStatus,
  type PodStatusInput,
  podReadiness,
  timestamp,
} from '../../../src/status/index.ts';
import {
  detailsOf,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
} from '../plan/base.ts';
import { baseInput, baseStatus, condition, conditionsWith, onePod, statusOf } from './base.ts';

const probe: Probe = {
  handler: { kind: 'exec', command: ['true'] },
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};
const podOf = (app: Partial<Container>, spec: Partial<Pod['spec']> = {}): Pod =>
  makePod({ spec: { containers: [makeContainer('app', app)], ...spec } });
const healthOf = (health: ContainerHealth, id = 'app-0'): Health => new Map([[asContainerId(id), health]]);
const ended = (changes: Partial<ContainerDetails>, of = onePod) =>
  observe({
    containers: [makeInstance('app', { state: 'exited' }, of)],
    details: { 'app-0': detailsOf({ finishedAtMs: nowMs, ...changes }) },
  });

const [app] = baseStatus.containerStatuses;
const unready = { reason: 'ContainersNotReady', message: 'containers with unready status: [app]' };
const notReady = conditionsWith({ Ready: unready, ContainersReady: unready });
const end = (exitCode: number, reason: string, message?: string) => ({
  terminated: {
    ...{ exitCode, reason, ...(message !== undefined && { message }) },
    startedAt: '2026-01-02T11:59:00Z',
    finishedAt: '2026-01-02T12:00:00Z',
    containerID: 'containerd://app-0',
  },
});
const appWith = (changes: object) => ({ containerStatuses: [{ ...app, ...changes }] });
const stopped = { ready: false, started: false };
const crashLoop = { container: 'app', reason: 'CrashLoopBackOff', message: 'back-off 10s' };
const over = { Ready: { reason: 'PodCompleted' }, ContainersReady: { reason: 'PodCompleted' } };
const failed = { Ready: { reason: 'PodFailed' }, ContainersReady: { reason: 'PodFailed' } };

const gate = {
  ...{ type: 'example.org/lb', status: 'True', lastProbeTime: null },
  lastTransitionTime: '2026-01-02T11:59:30Z',
};

test('a running pod, whole', () => {
  expect(statusOf()).toStrictEqual(baseStatus);
});

test('it began when its deadline did: with the last edit of its spec (kubelet: an edited static pod is another one)', () => {
  const record = { createdAtMs: nowMs - 60_000, changedAtMs: nowMs - 10_000, stops: {} };
  expect(statusOf({ record })).toStrictEqual({ ...baseStatus, startTime: '2026-01-02T11:59:50Z' });
});

describe('one change, and what is other in the whole', () => {
  const noInstance = { ...stopped, imageID: '', containerID: undefined };
  const waits = (reason: string, message = 'why') => ({ container: 'app', reason, message });
  const waiting = (reason: string, message = 'why') => ({ waiting: { reason, message } });
  const asExited = (state: object, changes: object = {}) => appWith({ ...stopped, state, ...changes });
  test.each<[string, Partial<PodStatusInput>, object]>([
    [
      'before its first step',
      { observed: observe({ sandboxes: [], containers: [] }), record: undefined },
      {
        phase: 'Pending',
        conditions: conditionsWith({
          ...{ Ready: unready, ContainersReady: unready },
          PodReadyToStartContainers: { status: 'False' },
        }),
        ...{ podIP: undefined, podIPs: undefined, startTime: undefined },
        ...appWith({ ...noInstance, state: { waiting: { reason: 'ContainerCreating' } } }),
      },
    ],
    [
      'its image is pulled',
      { observed: observe({ containers: [] }), waits: [waits('ContainerCreating', 'Pulling image "app:1"')] },
      {
        ...{ phase: 'Pending', conditions: notReady },
        ...appWith({ ...noInstance, state: waiting('ContainerCreating', 'Pulling image "app:1"') }),
      },
    ],
    [
      'its image cannot be pulled',
      { observed: observe({ containers: [] }), waits: [waits('ImagePullBackOff')] },
      {
        ...{ phase: 'Pending', conditions: notReady },
        ...appWith({ ...noInstance, state: waiting('ImagePullBackOff') }),
      },
    ],
    [
      'another container or the pod as a whole waits',
      {
        observed: observe({ containers: [] }),
        waits: [
          { ...crashLoop, container: 'other' },
          { reason: 'FailedCreatePodSandBox', message: 'no' },
        ],
      },
      {
        ...{ phase: 'Pending', conditions: notReady },
        ...appWith({ ...noInstance, state: { waiting: { reason: 'ContainerCreating' } } }),
      },
    ],
    [
      'created',
      { observed: observe({ containers: [makeInstance('app', { state: 'created' })] }) },
      { phase: 'Pending', conditions: notReady, ...asExited({ waiting: { reason: 'ContainerCreating' } }) },
    ],
    [
      'created, and cannot be started',
      {
        observed: observe({ containers: [makeInstance('app', { state: 'created' })] }),
        waits: [waits('RunContainerError')],
      },
      { phase: 'Pending', conditions: notReady, ...asExited(waiting('RunContainerError')) },
    ],
    ['running, while something of it waits', { waits: [crashLoop] }, {}],
    [
      'exited well, Always',
      { observed: ended({}) },
      { conditions: notReady, ...asExited(end(0, 'Completed')) },
    ],
    [
      'exited well, OnFailure',
      { observed: ended({}), pod: podOf({}, { restartPolicy: 'OnFailure' }) },
      {
        phase: 'Succeeded',
        conditions: conditionsWith({ ...over, Initialized: { status: 'True', reason: 'PodCompleted' } }),
        ...asExited(end(0, 'Completed')),
      },
    ],
    [
      'failed, Never',
      { observed: ended({ exitCode: 3 }), pod: podOf({}, { restartPolicy: 'Never' }) },
      { phase: 'Failed', conditions: conditionsWith(failed), ...asExited(end(3, 'Error')) },
    ],
    [
      'killed for its memory',
      { observed: ended({ exitCode: 137, reason: 'OOMKilled' }) },
      { conditions: notReady, ...asExited(end(137, 'OOMKilled')) },
    ],
    [
      'never started, with what the runtime says',
      { observed: ended({ exitCode: 128, reason: 'StartError', message: 'no such file' }) },
      { conditions: notReady, ...asExited(end(128, 'StartError', 'no such file')) },
    ],
    [
      'exited with a last word',
      { observed: ended({ exitCode: 1, message: 'killed', terminationMessage: 'bye' }) },
      { conditions: notReady, ...asExited(end(1, 'Error', 'killed: bye')) },
    ],
    [
      'in back-off',
      { observed: ended({ exitCode: 1 }), waits: [crashLoop] },
      {
        conditions: notReady,
        ...asExited(waiting('CrashLoopBackOff', 'back-off 10s'), { lastState: end(1, 'Error') }),
      },
    ],
    [
      'to be made anew, its image being looked for',
      { observed: ended({ exitCode: 1 }), waits: [waits('ContainerCreating')] },
      { conditions: notReady, ...asExited(end(1, 'Error')) },
    ],
    [
      'stopped since its postStart hook failed',
      {
        observed: ended({ exitCode: 1 }),
        record: makeRecord({
          stops: { [asContainerId('app-0')]: { startedAtMs: 0, graceSeconds: 2, cause: 'postStart' } },
        }),
      },
      {
        conditions: notReady,
        ...asExited(waiting('PostStartHookError', 'PostStartHook failed'), { lastState: end(1, 'Error') }),
      },
    ],
    [
      'stopped since its postStart hook failed, for good',
      {
        observed: ended({ exitCode: 1 }),
        pod: podOf({}, { restartPolicy: 'Never' }),
        record: makeRecord({
          stops: { [asContainerId('app-0')]: { startedAtMs: 0, graceSeconds: 2, cause: 'postStart' } },
        }),
      },
      { phase: 'Failed', conditions: conditionsWith(failed), ...asExited(end(1, 'Error')) },
    ],
    [
      'exited, its end not looked at yet',
      { observed: { ...ended({}), containerDetails: new Map() } },
      { phase: 'Pending', conditions: notReady, ...asExited({ waiting: {} }) },
    ],
    [
      'lost by the runtime after it ran',
      {
        observed: {
          ...observe({ containers: [makeInstance('app', { state: 'unknown' })] }),
          containerDetails: new Map([[asContainerId('app-0'), detailsOf()]]),
        },
      },
      {
        conditions: notReady,
        ...asExited({
          terminated: {
            exitCode: 137,
            reason: 'ContainerStatusUnknown',
            message: 'The container could not be located when the pod was terminated',
            startedAt: null,
            finishedAt: null,
          },
        }),
      },
    ],
    [
      'all containers begin anew',
      {
        observed: ended({ exitCode: 42 }),
        record: makeRecord({ restartingAll: { startedAtMs: nowMs, container: 'app' } }),
      },
      {
        conditions: notReady,
        ...asExited({ waiting: { reason: 'RestartingAllContainers' } }, { lastState: end(42, 'Error') }),
      },
    ],
    [
      'forgotten by the runtime: the count does not fall',
      { observed: observe({ containers: [], nextAttempts: { app: 5 } }) },
      {
        ...{ phase: 'Pending', conditions: notReady },
        ...appWith({ ...noInstance, restartCount: 5, state: { waiting: { reason: 'ContainerCreating' } } }),
      },
    ],
    [
      'readiness fails',
      { pod: podOf({ readinessProbe: probe }), health: healthOf({ started: true, ready: false }) },
      { conditions: notReady, ...appWith({ ready: false }) },
    ],
    [
      'not probed yet',
      { pod: podOf({ startupProbe: probe }) },
      { conditions: notReady, ...appWith(stopped) },
    ],
    [
      'not probed yet by this daemon, but known to have started',
      {
        pod: podOf({ startupProbe: probe }),
        record: makeRecord({ starts: { [asContainerId('app-0')]: { started: true } } }),
      },
      {},
    ],
    [
      'its postStart hook runs',
      { pod: podOf({ lifecycle: { postStart: { kind: 'sleep', seconds: 9 } } }) },
      {
        ...{ phase: 'Pending', conditions: notReady },
        ...appWith({ ...stopped, state: { waiting: { reason: 'ContainerCreating' } } }),
      },
    ],
    [
      'its postStart hook has just ended',
      { pod: podOf({ lifecycle: { postStart: { kind: 'sleep', seconds: 9 } } }), hookEnd: () => 'done' },
      {},
    ],
    [
      'its postStart hook failed, and it is still to be stopped',
      { pod: podOf({ lifecycle: { postStart: { kind: 'sleep', seconds: 9 } } }), hookEnd: () => 'failed' },
      { conditions: notReady, ...appWith(stopped) },
    ],
    [
      'ended as a whole, and all of it has ended',
      {
        observed: ended({ exitCode: 137, reason: 'Error' }),
        record: makeRecord({ ended: { reason: 'Evicted', message: 'too much', atMs: nowMs } }),
      },
      {
        ...{ phase: 'Failed', reason: 'Evicted', message: 'too much', conditions: conditionsWith(failed) },
        ...asExited(end(137, 'Error')),
      },
    ],
    [
      'ended as a whole, while it has its grace period',
      { record: makeRecord({ ended: { reason: 'Evicted', message: 'too much', atMs: nowMs } }) },
      { conditions: conditionsWith(failed) },
    ],
    [
      'a readiness gate that nobody opens',
      { pod: podOf({}, { readinessGates: ['example.org/lb'] }) },
      {
        conditions: conditionsWith({
          Ready: {
            reason: 'ReadinessGatesNotReady',
            message: 'corresponding condition of pod readiness gate "example.org/lb" does not exist.',
          },
        }),
      },
    ],
    [
      'a readiness gate that is opened',
      { pod: podOf({}, { readinessGates: [gate.type] }), record: makeRecord({ conditions: [gate] }) },
      { conditions: [gate, ...conditionsWith({})] },
    ],
    [
      'a readiness gate of which it is not known whether it is open',
      {
        pod: podOf({}, { readinessGates: [gate.type] }),
        record: makeRecord({ conditions: [{ ...gate, status: 'Unknown' }] }),
      },
      {
        conditions: [
          { ...gate, status: 'Unknown' },
          ...conditionsWith({
            Ready: {
              reason: 'ReadinessGatesNotReady',
              message: 'the status of pod readiness gate "example.org/lb" is not "True", but Unknown',
            },
          }),
        ],
      },
    ],
    [
      "on the machine's network",
      { pod: podOf({}, { hostNetwork: true }), hostIPs: ['192.0.2.1', '2001:db8::1'] },
      {
        ...{ hostIPs: [{ ip: '192.0.2.1' }, { ip: '2001:db8::1' }], podIP: '192.0.2.1' },
        podIPs: [{ ip: '192.0.2.1' }, { ip: '2001:db8::1' }],
      },
    ],
    [
      'with two addresses, on a machine whose first is of IPv6',
      {
        observed: observe({
          containers: [makeInstance('app')],
          ips: { 'sb-0': ['10.0.0.7', 'fd00::7', 'fd00::8'] },
        }),
        hostIPs: ['2001:db8::1'],
      },
      {
        ...{ hostIP: '2001:db8::1', hostIPs: [{ ip: '2001:db8::1' }] },
        ...{ podIP: 'fd00::7', podIPs: [{ ip: 'fd00::7' }, { ip: '10.0.0.7' }] },
      },
    ],
    [
      'an ephemeral container that is still to be made, which says nothing of the pod',
      { pod: podOf({}, { ephemeralContainers: [makeContainer('debug')] }) },
      {
        ephemeralContainerStatuses: [
          {
            ...{ name: 'debug', image: 'debug:1', imageID: '', ready: false, restartCount: 0 },
            state: { waiting: { reason: 'ContainerCreating' } },
          },
        ],
      },
    ],
    [
      'the class of its resources',
      { pod: podOf({ resources: { requests: { cpu: '1' } } }) },
      { qosClass: 'Burstable' },
    ],
  ])('%s', (_case, changes, other) => {
    expect(statusOf(changes)).toEqual({ ...baseStatus, ...other });
  });
});

test('a restarted container counts its restarts and tells how the last instance ended', () => {
  const observed = observe({
    containers: [makeInstance('app', { attempt: 3 }), makeInstance('app', { attempt: 2, state: 'exited' })],
    details: { 'app-2': detailsOf({ finishedAtMs: nowMs, exitCode: 9 }) },
  });
  expect(statusOf({ observed }).containerStatuses).toMatchObject([
    { restartCount: 3, containerID: 'containerd://app-3', lastState: { terminated: { exitCode: 9 } } },
  ]);
});

describe('of several containers', () => {
  const three = makePod({ spec: { containers: ['b', 'a', 'c'].map((name) => makeContainer(name)) } });
  const seen = (...names: string[]) =>
    observe({ containers: names.map((name) => makeInstance(name, {}, three)) });

  test('statuses are in the order of names, and all that are not ready are named in that of the manifest', () => {
    const status = statusOf({ pod: three, observed: seen('a') });
    expect(status.containerStatuses.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(status.phase).toBe('Pending');
    expect(status.conditions.find(({ type }) => type === 'ContainersReady')?.message).toBe(
      'containers with unready status: [b c]',
    );
  });

  test('messages share 12288 bytes, and no character is torn', () => {
    const observed = observe({
      containers: [makeInstance('a', { state: 'exited' }, three)],
      details: {
        'a-0': detailsOf({ finishedAtMs: nowMs, exitCode: 1, terminationMessage: `x${'é'.repeat(2048)}` }),
      },
    });
    const [a] = statusOf({ pod: three, observed }).containerStatuses;
    const message = a && 'terminated' in a.state ? a.state.terminated.message : undefined;
    expect(message).toBe(`x${'é'.repeat(2047)}`);
  });

  test.each<[string, readonly (number | undefined)[], string]>([
    ['one runs on', [1, 0, undefined], 'Running'],
    ['all ended well', [0, 0, 0], 'Succeeded'],
    ['one of them failed', [0, 1, 0], 'Failed'],
  ])('of a pod that never restarts, %s', (_case, [b, a, c], phase) => {
    const never = makePod({ spec: { ...three.spec, restartPolicy: 'Never' } });
    const codes = Object.entries({ b, a, c });
    const observed = observe({
      containers: codes.map(([name, code]) =>
        makeInstance(name, { state: code === undefined ? 'running' : 'exited' }, never),
      ),
      details: Object.fromEntries(
        codes.flatMap(([name, exitCode]) =>
          exitCode === undefined ? [] : [[`${name}-0`, detailsOf({ exitCode })]],
        ),
      ),
    });
    expect(statusOf({ pod: never, observed }).phase).toBe(phase);
  });
});

describe('restart rules decide the phase of a pod that is over otherwise', () => {
  const never = { restartPolicy: 'Never' } as const;
  const rule = (exitCodes: readonly number[], action: 'Restart' | 'RestartAllContainers' = 'Restart') =>
    podOf({ ...never, restartPolicyRules: [{ action, operator: 'In', exitCodes }] }, never);

  test.each<[string, Partial<PodStatusInput>, string]>([
    ['the pod never restarts', { pod: podOf({}, never) }, 'Failed'],
    ['the container does', { pod: podOf({ restartPolicy: 'OnFailure' }, never) }, 'Running'],
    ['the container does not, the pod does', { pod: podOf(never) }, 'Failed'],
    ['a rule matches', { pod: rule([3]) }, 'Running'],
    ['a rule matches that restarts all', { pod: rule([3], 'RestartAllContainers') }, 'Running'],
    ['no rule matches', { pod: rule([4]) }, 'Failed'],
    [
      'it was stopped to be replaced',
      {
        pod: podOf({}, never),
        record: makeRecord({ stops: { [asContainerId('app-0')]: { startedAtMs: 0, graceSeconds: 2 } } }),
      },
      'Running',
    ],
    [
      'it was stopped for a probe, and never restarts',
      {
        pod: podOf({}, never),
        record: makeRecord({
          stops: { [asContainerId('app-0')]: { startedAtMs: 0, graceSeconds: 2, cause: 'liveness' } },
        }),
      },
      'Failed',
    ],
  ])('%s', (_case, changes, phase) => {
    expect(statusOf({ observed: ended({ exitCode: 3 }), ...changes }).phase).toBe(phase);
  });

  test('a pod that may restart all its containers has a condition for it', () => {
    const pod = rule([3], 'RestartAllContainers');
    const told = (changes: Partial<PodStatusInput>) => statusOf({ pod, ...changes }).conditions.at(-1);
    expect(told({})).toEqual(condition('AllContainersRestarting', { status: 'False' }));
    const record = makeRecord({ restartingAll: { startedAtMs: nowMs, container: 'app' } });
    expect(told({ record })).toEqual(
      condition('AllContainersRestarting', {
        status: 'True',
        reason: 'RestartAllContainersStarted',
        message: 'container exited with restart policy rule',
      }),
    );
  });
});

describe('init containers and sidecars', () => {
  const pod = makePod({
    spec: {
      initContainers: [
        makeContainer('setup'),
        makeContainer('proxy', { restartPolicy: 'Always', startupProbe: probe }),
        makeContainer('last'),
      ],
      containers: [makeContainer('app')],
    },
  });
  const instance = (name: string, state: 'running' | 'exited' = 'running', changes = {}) =>
    makeInstance(name, { state, ...changes }, pod);
  const good = {
    'setup-0': detailsOf({ finishedAtMs: nowMs }),
    'last-0': detailsOf({ finishedAtMs: nowMs }),
  };
  const seen = (containers: ReturnType<typeof instance>[], details: object = good) =>
    observe({ containers, details: { ...good, ...details } });
  const proxyStarted = healthOf({ started: true, ready: true }, 'proxy-0');
  const brief = ({ phase, conditions, initContainerStatuses = [] }: PodStatus) => ({
    phase,
    initialized: conditions.find(({ type }) => type === 'Initialized')?.message ?? true,
    ready: conditions.find(({ type }) => type === 'Ready')?.message ?? true,
    inits: initContainerStatuses.map(({ ready, started }) =>
      `${ready ? 'ready' : ''} ${started ? 'started' : ''}`.trim(),
    ),
  });
  const incomplete = (names: string) => `containers with incomplete status: [${names}]`;
  const notReadyOf = (names: string) => `containers with unready status: [${names}]`;

  test.each<[string, Partial<PodStatusInput>, ReturnType<typeof brief>]>([
    [
      'nothing was made',
      { observed: observe({ containers: [] }) },
      {
        phase: 'Pending',
        initialized: incomplete('setup proxy last'),
        ready: notReadyOf('proxy app'),
        inits: ['', '', ''],
      },
    ],
    [
      'the first one runs',
      { observed: seen([instance('setup')]) },
      {
        phase: 'Pending',
        initialized: incomplete('setup proxy last'),
        ready: notReadyOf('proxy app'),
        inits: ['started', '', ''],
      },
    ],
    [
      'the first one failed and is tried again',
      { observed: seen([instance('setup', 'exited')], { 'setup-0': detailsOf({ exitCode: 1 }) }) },
      {
        phase: 'Pending',
        initialized: incomplete('setup proxy last'),
        ready: notReadyOf('proxy app'),
        inits: ['', '', ''],
      },
    ],
    [
      'the sidecar has not started',
      { observed: seen([instance('setup', 'exited'), instance('proxy')]) },
      {
        phase: 'Pending',
        initialized: incomplete('proxy last'),
        ready: notReadyOf('proxy app'),
        inits: ['ready', '', ''],
      },
    ],
    [
      'the sidecar has started',
      { observed: seen([instance('setup', 'exited'), instance('proxy')]), health: proxyStarted },
      {
        phase: 'Pending',
        initialized: incomplete('last'),
        ready: notReadyOf('app'),
        inits: ['ready', 'ready started', ''],
      },
    ],
    [
      'all run',
      {
        observed: seen([
          instance('setup', 'exited'),
          instance('proxy'),
          instance('last', 'exited'),
          instance('app'),
        ]),
        health: proxyStarted,
      },
      { phase: 'Running', initialized: true, ready: true, inits: ['ready', 'ready started', 'ready'] },
    ],
    [
      'the sidecar starts again while the others run',
      {
        observed: seen([
          instance('setup', 'exited'),
          instance('proxy', 'exited'),
          instance('last', 'exited'),
          instance('app'),
        ]),
      },
      { phase: 'Running', initialized: true, ready: notReadyOf('proxy'), inits: ['ready', '', 'ready'] },
    ],
    [
      'the runtime forgot the init containers, and the others run',
      { observed: seen([instance('proxy'), instance('app')]), health: proxyStarted },
      { phase: 'Running', initialized: true, ready: true, inits: ['', 'ready started', ''] },
    ],
    [
      'a new sandbox is there, and nothing ran in it',
      {
        observed: observe({
          sandboxes: [makeSandbox({ attempt: 1 })],
          containers: [instance('setup', 'exited'), instance('last', 'exited')],
          details: good,
        }),
      },
      {
        phase: 'Pending',
        initialized: incomplete('setup proxy last'),
        ready: notReadyOf('proxy app'),
        inits: ['', '', ''],
      },
    ],
  ])('while %s', (_case, changes, told) => {
    expect(brief(statusOf({ pod, ...changes }))).toEqual(told);
  });

  test('one that fails for good fails the pod', () => {
    const never = makePod({ spec: { ...pod.spec, restartPolicy: 'Never' } });
    const observed = seen([instance('setup', 'exited')], { 'setup-0': detailsOf({ exitCode: 1 }) });
    expect(statusOf({ pod: never, observed })).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    });
  });

  test('a sidecar that runs on keeps a pod Running whose containers have ended, and one that ended does not', () => {
    const never = makePod({ spec: { ...pod.spec, restartPolicy: 'Never' } });
    const all = (proxy: 'running' | 'exited') =>
      seen(
        [
          instance('setup', 'exited'),
          instance('proxy', proxy),
          instance('last', 'exited'),
          instance('app', 'exited'),
        ],
        {
          'app-0': detailsOf({ finishedAtMs: nowMs }),
        },
      );
    expect(statusOf({ pod: never, observed: all('running'), health: proxyStarted }).phase).toBe('Running');
    expect(statusOf({ pod: never, observed: all('exited') }).phase).toBe('Succeeded');
  });

  test('are told in the order they run', () => {
    expect(statusOf({ pod }).initContainerStatuses?.map(({ name }) => name)).toEqual([
      'setup',
      'proxy',
      'last',
    ]);
  });
});

describe('compared with the last time', () => {
  const previous = statusOf();
  const later = { previous, nowMs: nowMs + 60_000 };

  test('a condition that did not change keeps its time, and one that did has that of now', () => {
    const times = (changes: Partial<PodStatusInput>) =>
      statusOf({ ...later, ...changes }).conditions.map(({ lastTransitionTime }) =>
        lastTransitionTime.slice(14, 16),
      );
    expect(times({})).toEqual(['00', '00', '00', '00', '00']);
    expect(times({ observed: ended({ exitCode: 1 }) })).toEqual(['00', '00', '01', '01', '00']);
  });

  test('a container that ran and vanished has ended, nobody knows how', () => {
    const observed = observe({ containers: [], nextAttempts: { app: 1 } });
    expect(statusOf({ ...later, observed }).containerStatuses).toMatchObject([
      {
        restartCount: 1,
        state: { waiting: { reason: 'ContainerCreating' } },
        lastState: {
          terminated: {
            exitCode: 137,
            reason: 'ContainerStatusUnknown',
            message:
              'The container could not be located when the pod was deleted.  The container used to be Running',
          },
        },
      },
    ]);
  });

  test('the end of an instance that is gone is told until there is another', () => {
    const before = statusOf({ observed: ended({ exitCode: 7 }) });
    const observed = observe({ containers: [], nextAttempts: { app: 1 } });
    expect(statusOf({ ...later, previous: before, observed }).containerStatuses).toEqual(
      before.containerStatuses,
    );
    expect(
      statusOf({ ...later, previous: before, observed, waits: [crashLoop] }).containerStatuses,
    ).toMatchObject([
      { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 7 } } },
    ]);
  });
});

test.each<[string, Partial<PodStatusInput>, { phase: string; ready: boolean }]>([
  ['runs', {}, { phase: 'Running', ready: true }],
  ['is not ready', { pod: podOf({ readinessProbe: probe }) }, { phase: 'Running', ready: false }],
  [
    'was ended',
    { observed: ended({}), pod: podOf({}, { restartPolicy: 'Never' }) },
    { phase: 'Succeeded', ready: false },
  ],
  [
    'has a gate',
    { pod: podOf({}, { readinessGates: ['example.org/lb'] }) },
    { phase: 'Running', ready: false },
  ],
  [
    'has an open gate',
    { pod: podOf({}, { readinessGates: ['example.org/lb'] }), record: makeRecord({ conditions: [gate] }) },
    { phase: 'Running', ready: true },
  ],
])('the plan is told the same as everybody of a pod that %s', (_case, changes, readiness) => {
  const status = statusOf(changes);
  expect({ phase: status.phase, ready: isPodReady(status) }).toEqual(readiness);
  expect(podReadiness({ ...baseInput, ...changes })).toEqual(readiness);
});

test.each([
  ['runs', 'running', { state: { running: { startedAt: '2026-01-02T11:59:00Z' } } }],
  ['has failed', 'exited', { state: { terminated: { exitCode: 1, reason: 'Error' } } }],
] as const)('an ephemeral container that %s is told apart, and the pod is as it is', (_, state, shown) => {
  const pod = podOf({}, { ephemeralContainers: [makeContainer('debug')] });
  const containers = [makeInstance('app', {}, pod), makeInstance('debug', { state }, pod)];
  const { ephemeralContainerStatuses, ...rest } = statusOf({ pod, observed: observe({ containers }) });
  expect(rest).toEqual(baseStatus);
  expect(ephemeralContainerStatuses).toMatchObject([
    { name: 'debug', ready: false, containerID: 'containerd://debug-0', ...shown },
  ]);
  expect(ephemeralContainerStatuses?.[0]).not.toHaveProperty('started');
});

test('times are told in whole seconds of UTC', () => {
  expect(timestamp(nowMs + 999.9)).toBe('2026-01-02T12:00:00Z');
});
