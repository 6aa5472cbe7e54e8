import { expect, test } from 'vitest';
import { asPodUid } from '../../../src/pod/index.ts';
import type { ProbedContainer } from '../../../src/probes/index.ts';
import { type Answers, container, probe, Stage, UID } from './base.ts';

const every = (seconds: number) => probe({ periodSeconds: seconds });
const all = container({ startupProbe: every(1), livenessProbe: every(2), readinessProbe: every(2) });

/** A pod of one container with all three probes, after so many seconds. */
async function after(seconds: number, answers: Answers, of = all): Promise<Stage> {
  const stage = new Stage();
  stage.answers = answers;
  stage.sync([stage.instance(of)]);
  await stage.clock.advance(seconds * 1000);
  return stage;
}

const failed = (kind: string) => ({ probe: kind, message: 'HTTP probe failed with statuscode: 500' });

test.each<[string, number, Answers, readonly string[], object]>([
  [
    'nothing else is asked before the start',
    1.5,
    { startup: 'f' },
    ['0 startup', '1 startup'],
    { started: false, ready: false },
  ],
  [
    'the start begins the others, and ends the startup probe',
    4.5,
    { startup: 'ffs' },
    ['0 startup', '1 startup', '2 startup', '2 liveness', '2 readiness', '4 liveness', '4 readiness'],
    { started: true, ready: true },
  ],
  [
    'a failed start holds',
    60,
    { startup: 'fff' },
    ['0 startup', '1 startup', '2 startup'],
    { started: false, ready: false, failed: failed('startup') },
  ],
  [
    'a failed liveness holds; readiness goes on',
    7,
    { liveness: 'f', startup: 's' },
    [
      '0 startup',
      '0 liveness',
      '0 readiness',
      '2 liveness',
      '2 readiness',
      '4 liveness',
      '4 readiness',
      '6 readiness',
    ],
    { started: true, ready: true, failed: failed('liveness') },
  ],
  [
    'readiness comes and goes',
    9,
    { readiness: 'sfff', liveness: 's' },
    ['0 startup', ...[0, 2, 4, 6, 8].flatMap((at) => [`${at} liveness`, `${at} readiness`])],
    { started: true, ready: false },
  ],
])('%s', async (_, seconds, answers, asked, health) => {
  const stage = await after(seconds, answers);
  expect([stage.asked, stage.health()]).toEqual([asked, { main: health }]);
});

test.each([
  ['none', {}, { started: true, ready: true }],
  ['readiness', { readinessProbe: every(1) }, { started: true, ready: false }],
  ['liveness', { livenessProbe: every(1) }, { started: true, ready: true }],
  ['startup', { startupProbe: every(1) }, { started: false, ready: false }],
])('before the first result, with %s', (_, probes, health) => {
  const stage = new Stage();
  stage.sync([stage.instance(container(probes))]);
  expect([stage.health(), stage.changes]).toEqual([{ main: health }, []]);
});

test('a change is told once, when it holds, and the map is another one only then', async () => {
  const of = container({ readinessProbe: every(1), livenessProbe: every(1) });
  const stage = await after(0, { readiness: 'fsfffs', liveness: 's' }, of);
  const maps = new Set([stage.probes.health(UID)]);
  for (let second = 0; second < 8; second += 1) {
    await stage.clock.advance(1000);
    maps.add(stage.probes.health(UID));
  }
  expect(stage.changes).toEqual(['1 u', '4 u', '5 u']);
  expect(maps.size).toBe(4);
});

test('every failure and every warning is an event', async () => {
  const of = container({ readinessProbe: every(1), livenessProbe: every(1) });
  const stage = await after(1.5, { readiness: 'fw', liveness: 'sf' }, of);
  const event = {
    uid: UID,
    namespace: 'default',
    name: 'web',
    fieldPath: 'spec.containers{main}',
    type: 'Warning',
  };
  expect(stage.events).toEqual([
    {
      ...event,
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 500',
    },
    {
      ...event,
      reason: 'Unhealthy',
      message: 'Liveness probe failed: HTTP probe failed with statuscode: 500',
    },
    {
      ...event,
      reason: 'ProbeWarning',
      message: 'Readiness probe warning: Probe terminated redirects, Response body: ',
    },
  ]);
  expect(stage.health()).toEqual({ main: { started: true, ready: true } });
});

test('an error is tried three times in a tick and counts for nothing', async () => {
  const stage = await after(
    1.5,
    { liveness: 'fxxxff' },
    container({ livenessProbe: { ...every(1), failureThreshold: 2 } }),
  );
  expect(stage.asked).toEqual(['0 liveness', '1 liveness', '1 liveness', '1 liveness']);
  expect(stage.events.map(({ message }) => message)).toEqual([
    'Liveness probe failed: HTTP probe failed with statuscode: 500',
    'Liveness probe errored and resulted in unknown state: no such thing',
  ]);
  expect(stage.health()).toEqual({ main: { started: true, ready: true } });
  await stage.clock.advance(1000);
  expect(stage.health()).toMatchObject({ main: { failed: failed('liveness') } });
});

test('an error that goes away within a tick is none', async () => {
  const stage = await after(0.5, { readiness: 'xxs' }, container({ readinessProbe: every(1) }));
  expect([stage.asked.length, stage.events, stage.health()]).toEqual([
    3,
    [],
    { main: { started: true, ready: true } },
  ]);
});

test('of a pod that is being removed only readiness is asked', async () => {
  const stage = await after(2.5, { startup: 's' });
  stage.sync([stage.instance(all, { startedAtMs: stage.beganMs })], { terminating: true });
  stage.asked.length = 0;
  await stage.clock.advance(4000);
  expect(stage.asked).toEqual(['4 readiness', '6 readiness']);
});

test('another instance begins anew', async () => {
  const stage = await after(5, { liveness: 'f' });
  const next = stage.instance({ ...all, name: 'next' });
  expect(stage.health()).toMatchObject({ main: { failed: failed('liveness') } });
  stage.answers = {};
  stage.sync([next]);
  expect(stage.health()).toEqual({ next: { started: false, ready: false } });
  await stage.clock.advance(100);
  expect(stage.health()).toEqual({ next: { started: true, ready: true } });
});

test('what is the same goes on as it is, by content too', async () => {
  const stage = await after(1, {}, container({ livenessProbe: every(2) }));
  const map = stage.probes.health(UID);
  stage.sync([stage.instance(container({ livenessProbe: every(2) }), { startedAtMs: stage.beganMs })]);
  stage.sync([
    stage.instance(container({ livenessProbe: every(2) }), { startedAtMs: stage.beganMs, host: '10.0.0.8' }),
  ]);
  await stage.clock.advance(2000);
  expect(stage.asked).toEqual(['0 liveness', '2 liveness']);
  expect(stage.calls.map(({ host }) => host)).toEqual(['10.0.0.7', '10.0.0.8']);
  expect(stage.probes.health(UID)).toBe(map);
});

test('an edit of a probe is taken up at once, and what held goes on to hold', async () => {
  const stage = await after(1, {}, container({ readinessProbe: every(60) }));
  const edited = container({ readinessProbe: { ...every(2), failureThreshold: 2 } });
  stage.answers = { readiness: 'f' };
  stage.sync([stage.instance(edited, { startedAtMs: stage.beganMs })]);
  expect(stage.health()).toEqual({ main: { started: true, ready: true } });
  await stage.clock.advance(0);
  expect(stage.health()).toEqual({ main: { started: true, ready: true } });
  await stage.clock.advance(2000);
  expect(stage.asked).toEqual(['0 readiness', '1 readiness', '3 readiness']);
  expect(stage.health()).toEqual({ main: { started: true, ready: false } });
});

test('an edit cancels the probe that it takes the place of', async () => {
  const stage = new Stage();
  stage.tookMs = 5000;
  stage.sync([stage.instance(container({ readinessProbe: every(10) }))]);
  await stage.clock.advance(1000);
  stage.sync([stage.instance(container({ readinessProbe: every(20) }), { startedAtMs: stage.beganMs })]);
  await stage.clock.advance(4500);
  expect([stage.cancelled, stage.asked, stage.changes]).toEqual([1, ['0 readiness', '1 readiness'], []]);
});

test('an edit after a restart of the daemon is not put off', async () => {
  const stage = new Stage();
  stage.chance = 0.5;
  const since = { startedAtMs: stage.beganMs - 1000 };
  stage.sync([stage.instance(container({ livenessProbe: every(10) }), since)]);
  await stage.clock.advance(1000);
  stage.sync([stage.instance(container({ livenessProbe: every(20) }), since)]);
  await stage.clock.advance(5000);
  expect(stage.asked).toEqual(['1 liveness']);
});

test.each<[string, Partial<ProbedContainer>, readonly string[]]>([
  ['another address', { host: '10.0.0.8' }, ['10.0.0.7 startup', '10.0.0.8 startup']],
  ['that it has started', { started: true }, ['10.0.0.7 startup', '10.0.0.7 liveness', '10.0.0.7 readiness']],
])('%s is taken up', async (_, change, calls) => {
  const stage = await after(0.5, { startup: 'f' });
  stage.sync([stage.instance(all, { startedAtMs: stage.beganMs, ...change })]);
  await stage.clock.advance(1000);
  expect(stage.calls.map(({ host, kind }) => `${host} ${kind}`)).toEqual(calls);
});

test('what comes of a probe after its instance is gone counts for nothing', async () => {
  const stage = new Stage();
  [stage.tookMs, stage.heedless] = [500, true];
  stage.answers = { liveness: 'f' };
  stage.sync([stage.instance(container({ livenessProbe: every(1) }))]);
  await stage.clock.advance(100);
  stage.sync([stage.instance({ ...all, name: 'next' })]);
  await stage.clock.advance(450);
  expect([stage.events, stage.asked]).toEqual([[], ['0 liveness', '0.1 next startup']]);
});

test.each([
  ['an edit', { ...every(2), failureThreshold: 5 }, true],
  ['the removal', undefined, false],
])('%s of a liveness probe that has failed', async (_, livenessProbe, stillFailed) => {
  const stage = await after(
    9,
    { liveness: 'f' },
    container({ livenessProbe: every(2), readinessProbe: every(2) }),
  );
  const edited = container({
    readinessProbe: every(2),
    ...(livenessProbe === undefined ? {} : { livenessProbe }),
  });
  stage.sync([stage.instance(edited, { startedAtMs: stage.beganMs })]);
  expect(stage.health()).toEqual({
    main: { started: true, ready: true, ...(stillFailed ? { failed: failed('liveness') } : {}) },
  });
});

test('a startup probe that is edited in asks nothing of what has started', async () => {
  const stage = await after(1, {}, container({ livenessProbe: every(2) }));
  stage.sync([stage.instance(all, { startedAtMs: stage.beganMs })]);
  await stage.clock.advance(2000);
  expect(stage.asked).not.toContainEqual(expect.stringContaining('startup'));
  expect(stage.health()).toEqual({ main: { started: true, ready: true } });
});

test('of a pod without probes nothing is kept', () => {
  const stage = new Stage();
  stage.sync([]);
  expect(stage.probes.health(UID)).toBe(stage.probes.health(asPodUid('another')));
});

test.each(['no containers', 'forget', 'close'])(
  '%s ends the workers and cancels what is under way',
  async (how) => {
    const stage = new Stage();
    stage.tookMs = 500;
    stage.sync([stage.instance(all)]);
    await stage.clock.advance(100);
    if (how === 'no containers') stage.sync([]);
    else if (how === 'forget') stage.probes.forget(UID);
    else stage.probes.close();
    await stage.clock.advance(60_000);
    expect([stage.cancelled, stage.asked, stage.events, stage.changes]).toEqual([1, ['0 startup'], [], []]);
    expect(stage.health()).toEqual({});
  },
);

test('an unchanged pod costs a comparison', async () => {
  const stage = await after(1, {});
  const same = stage.instance(all, { startedAtMs: stage.beganMs });
  const map = stage.probes.health(UID);
  let looks = 0;
  // Its probes are looked at where anything is compared by content.
  const watched = new Proxy(all, {
    get: (target, key, receiver) => {
      if (String(key).endsWith('Probe')) looks += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  stage.sync([{ ...same, container: watched }]);
  const first = looks;
  for (let pass = 0; pass < 100; pass += 1) stage.sync([{ ...same, container: watched }]);
  expect([first > 0, looks - first, stage.probes.health(UID) === map]).toEqual([true, 0, true]);
});
