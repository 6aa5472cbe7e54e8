import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/plan/index.ts';
import type { Container, Pod, PodSpec } from '../../../src/pod/index.ts';
import {
  act,
  detailsOf,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planOf,
  pod,
  runTarget,
  stopsBegun,
  stopsBegunAgo,
} from './base.ts';

/** The plan after the manifest became `edited`, while the base pod runs. */
function planEdit(edited: Pod): Plan {
  return planOf({ target: runTarget(edited) });
}

const hostPort = { containerPort: 80, hostPort: 8080, protocol: 'TCP' } as const;

const ownFields: readonly (readonly [string, Partial<Container>])[] = [
  ['image', { image: 'app:2' }],
  ['command', { command: ['/run'] }],
  ['args', { args: ['-v'] }],
  ['workingDir', { workingDir: '/srv' }],
  ['env', { env: [{ name: 'A', value: '1' }] }],
];

describe("a container's own field restarts that container alone", () => {
  test.each(ownFields)('%s', (_name, app) => {
    const edited = makePod({ app });
    expect(planEdit(edited)).toEqual({
      actions: [act.edit({ pod: edited, stops: stopsBegun(30, 'app') }), ...act.stops({ app: 30 })],
      waits: act.stopWaits({ app: 30 }),
    });
  });

  test.each(ownFields)(
    '%s: once it has stopped, the new version follows at once, whatever its exit',
    (_name, app) => {
      const edited = makePod({ app });
      const record = makeRecord({ pod: edited, stops: stopsBegun(30, 'app') });
      const containers = [makeInstance('app', { state: 'exited', step: 5 }), makeInstance('log')];
      expect(planOf({ target: runTarget(edited), record, observed: observe({ containers }) })).toEqual({
        actions: [act.create('app', { attempt: 1 }, edited)],
        waits: [],
      });
    },
  );
});

const marks: readonly (readonly [string, Pod])[] = [
  ['labels', makePod({ metadata: { labels: { a: 'b' } } })],
  ['annotations', makePod({ metadata: { annotations: { a: 'b' } } })],
];

test.each(marks)('%s: recorded, and nothing begins anew', (_name, edited) => {
  expect(planEdit(edited)).toEqual({ actions: [act.save({ pod: edited })], waits: [] });
});

const harmless: readonly (readonly [string, Pod])[] = [
  ['ports without a host port', makePod({ app: { ports: [{ containerPort: 80, protocol: 'TCP' }] } })],
  ['imagePullPolicy', makePod({ app: { imagePullPolicy: 'Always' } })],
  ['restartPolicy', makePod({ spec: { restartPolicy: 'Never' } })],
  ['terminationGracePeriodSeconds', makePod({ spec: { terminationGracePeriodSeconds: 5 } })],
  [
    'the order of containers',
    makePod({ spec: { containers: [makeContainer('log'), makeContainer('app')] } }),
  ],
];

test.each(harmless)('%s: recorded, and nothing is restarted', (_name, edited) => {
  expect(planEdit(edited)).toEqual({ actions: [act.edit({ pod: edited })], waits: [] });
});

test('an added container is created beside the running ones', () => {
  const edited = makePod({ spec: { containers: [...pod.spec.containers, makeContainer('new')] } });
  expect(planEdit(edited)).toEqual({
    actions: [act.edit({ pod: edited }), act.create('new', {}, edited)],
    waits: [],
  });
});

describe('a removed container', () => {
  const edited = makePod({ spec: { containers: [makeContainer('app')] } });

  test('is stopped with its grace period, then nothing else changes', () => {
    expect(planEdit(edited)).toEqual({
      actions: [act.edit({ pod: edited, stops: stopsBegun(30, 'log') }), ...act.stops({ log: 30 })],
      waits: act.stopWaits({ log: 30 }),
    });
  });

  test('goes with its logs once it has stopped', () => {
    const containers = [makeInstance('app'), makeInstance('log', { state: 'exited' })];
    const record = makeRecord({ pod: edited, stops: stopsBegun(30, 'log') });
    expect(planOf({ target: runTarget(edited), record, observed: observe({ containers }) })).toEqual({
      actions: [act.removeInstance('log', 0, 'not in the manifest any more')],
      waits: [],
    });
  });

  test('goes at once when it was never started', () => {
    const containers = [makeInstance('app'), makeInstance('log', { state: 'created' })];
    const record = makeRecord({ pod: edited });
    expect(planOf({ target: runTarget(edited), record, observed: observe({ containers }) })).toEqual({
      actions: [act.removeInstance('log', 0, 'not in the manifest any more')],
      waits: [],
    });
  });

  test('is forgotten in the record when it is gone', () => {
    const record = makeRecord({ pod: edited, stops: stopsBegun(30, 'log') });
    const observed = observe({ containers: [makeInstance('app')] });
    expect(planOf({ target: runTarget(edited), record, observed })).toEqual({
      actions: [act.save({ pod: edited })],
      waits: [],
    });
  });
});

test('remove before add: a removed and an added container are not handled in one pass', () => {
  const edited = makePod({ spec: { containers: [makeContainer('app'), makeContainer('new')] } });
  expect(planEdit(edited)).toEqual({
    actions: [act.edit({ pod: edited, stops: stopsBegun(30, 'log') }), ...act.stops({ log: 30 })],
    waits: act.stopWaits({ log: 30 }),
  });
});

const podLevel: readonly (readonly [string, { spec?: Partial<PodSpec>; app?: Partial<Container> }])[] = [
  ['hostNetwork', { spec: { hostNetwork: true } }],
  ['hostPort', { app: { ports: [hostPort] } }],
];

describe('a pod-level field re-creates the sandbox (kubelet: PodSandboxChanged)', () => {
  test.each(podLevel)('%s: everything is stopped first', (_name, changes) => {
    const edited = makePod(changes);
    expect(planEdit(edited)).toEqual({
      actions: [
        act.edit({ pod: edited, stops: stopsBegun(30, 'app', 'log') }),
        ...act.stops({ app: 30, log: 30 }),
      ],
      waits: act.stopWaits({ app: 30, log: 30 }),
    });
  });

  test.each(podLevel)('%s: then the old sandbox is stopped and a new one made', (_name, changes) => {
    const edited = makePod(changes);
    const record = makeRecord({ pod: edited, stops: stopsBegun(30, 'app', 'log') });
    const containers = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }));
    expect(planOf({ target: runTarget(edited), record, observed: observe({ containers }) })).toEqual({
      actions: [act.stopSandbox(0), act.run(1, edited)],
      waits: [],
    });
  });

  test.each(podLevel)('%s: then the containers are made in it', (_name, changes) => {
    const edited = makePod(changes);
    const record = makeRecord({ pod: edited, stops: stopsBegun(30, 'app', 'log') });
    const containers = ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }));
    const sandboxes = [makeSandbox({ state: 'not-ready' }), makeSandbox({ attempt: 1 }, edited)];
    expect(
      planOf({ target: runTarget(edited), record, observed: observe({ sandboxes, containers }) }),
    ).toEqual({
      actions: ['app', 'log'].map((name) => act.create(name, { attempt: 1, sandbox: 1 }, edited)),
      waits: [],
    });
  });
});

test('a host port of a pod on the host network is no pod-level field: the runtime maps none there', () => {
  const before = makePod({ spec: { hostNetwork: true } });
  const edited = makePod({
    spec: { hostNetwork: true },
    app: { ports: [{ ...hostPort, containerPort: 8080 }] },
  });
  const observed = observe({
    sandboxes: [makeSandbox({}, before)],
    containers: ['app', 'log'].map((name) => makeInstance(name, {}, before)),
  });
  const plan = planOf({ target: runTarget(edited), record: makeRecord({ pod: before }), observed });
  expect(plan).toEqual({ actions: [act.edit({ pod: edited })], waits: [] });
});

test('an edit is heeded with restartPolicy Never, too (kubelet: a changed container is always restarted)', () => {
  const edited = makePod({ spec: { restartPolicy: 'Never' }, app: { image: 'app:2' } });
  const record = makeRecord({ pod: edited });
  expect(planOf({ target: runTarget(edited), record })).toEqual({
    actions: [act.save({ pod: edited, stops: stopsBegun(30, 'app') }), ...act.stops({ app: 30 })],
    waits: act.stopWaits({ app: 30 }),
  });
});

test('a replacement that was interrupted is finished under restartPolicy Never, even if the edit was taken back', () => {
  const never = makePod({ spec: { restartPolicy: 'Never' } });
  const record = makeRecord({ pod: never, stops: stopsBegun(30, 'app') });
  const containers = [makeInstance('app', { state: 'exited' }), makeInstance('log')];
  expect(planOf({ target: runTarget(never), record, observed: observe({ containers }) })).toEqual({
    actions: [act.create('app', { attempt: 1 }, never)],
    waits: [],
  });
});

test('a stop does not forget that another container is to be replaced', () => {
  const never = makePod({ spec: { restartPolicy: 'Never' } });
  const edited = makePod({ spec: { restartPolicy: 'Never', containers: [makeContainer('app')] } });
  const before = stopsBegunAgo({ agoMs: 9_000, graceSeconds: 30 }, 'app');
  const containers = [makeInstance('app', { state: 'exited' }, never), makeInstance('log', {}, never)];
  const record = makeRecord({ pod: never, stops: before });
  expect(planOf({ target: runTarget(edited), record, observed: observe({ containers }) })).toEqual({
    actions: [
      act.edit({ pod: edited, stops: { ...before, ...stopsBegun(30, 'log') } }),
      ...act.stops({ log: 30 }),
    ],
    waits: act.stopWaits({ log: 30 }),
  });
});

test('an edit taken back while the stop runs does not end the stop: what is left of the grace is given', () => {
  const record = makeRecord({ stops: stopsBegunAgo({ agoMs: 12_000, graceSeconds: 30 }, 'app') });
  expect(planOf({ record })).toEqual({
    actions: act.stops({ app: 18 }),
    waits: act.stopWaits({ app: 18 }),
  });
});

test('an edit restarts a crashed container without its back-off', () => {
  const edited = makePod({ app: { image: 'app:2' } });
  const containers = [makeInstance('app', { state: 'exited', step: 7 }), makeInstance('log')];
  const details = { 'app-0': detailsOf({ finishedAtMs: nowMs - 1, exitCode: 1 }) };
  expect(planOf({ target: runTarget(edited), observed: observe({ containers, details }) })).toEqual({
    actions: [act.edit({ pod: edited }), act.create('app', { attempt: 1 }, edited)],
    waits: [],
  });
});

test('the grace period of the edited manifest counts for the stops the edit asks for', () => {
  const edited = makePod({ spec: { terminationGracePeriodSeconds: 90 }, app: { image: 'app:2' } });
  expect(planEdit(edited)).toEqual({
    actions: [act.edit({ pod: edited, stops: stopsBegun(90, 'app') }), ...act.stops({ app: 90 })],
    waits: act.stopWaits({ app: 90 }),
  });
});
