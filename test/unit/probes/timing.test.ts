import { expect, test } from 'vitest';
import type { Container } from '../../../src/pod/index.ts';
import type { ProbedContainer } from '../../../src/probes/index.ts';
import { container, probe, Stage } from './base.ts';

/** What was asked within so many seconds of a container that started `agoMs` before it was first seen. */
async function asked(
  of: Container,
  seconds: number,
  { agoMs = 0, tookMs = 0, ...change }: { agoMs?: number; tookMs?: number } & Partial<ProbedContainer> = {},
): Promise<readonly string[]> {
  const stage = new Stage();
  stage.tookMs = tookMs;
  stage.sync([stage.instance(of, { startedAtMs: stage.clock.nowMs() - agoMs, ...change })]);
  await stage.clock.advance(seconds * 1000);
  return stage.asked;
}

test.each<[string, readonly string[], () => Promise<readonly string[]>]>([
  [
    'at once, then every period without chance',
    ['0 liveness', '10 liveness', '20 liveness'],
    () => asked(container({ livenessProbe: probe() }), 29.9),
  ],
  [
    'not before the initial delay has passed since the start of the container',
    ['5 readiness', '15 readiness'],
    () => asked(container({ readinessProbe: probe({ initialDelaySeconds: 5 }) }), 20),
  ],
  [
    'with what is left of it',
    ['2 readiness', '12 readiness'],
    () => asked(container({ readinessProbe: probe({ initialDelaySeconds: 5 }) }), 20, { agoMs: 3000 }),
  ],
  [
    'and no later for a clock that was set back',
    ['5 readiness', '15 readiness'],
    () => asked(container({ readinessProbe: probe({ initialDelaySeconds: 5 }) }), 20, { agoMs: -3_600_000 }),
  ],
  [
    'one that takes a while keeps to the grid of periods',
    ['0 liveness', '2 liveness', '4 liveness'],
    () => asked(container({ livenessProbe: probe({ periodSeconds: 2 }) }), 5, { tookMs: 1500 }),
  ],
  [
    'one that takes a whole period is followed at once',
    ['0 liveness', '1 liveness', '2 liveness', '3 liveness'],
    () => asked(container({ livenessProbe: probe({ periodSeconds: 1 }) }), 3.5, { tookMs: 1000 }),
  ],
  [
    'one that takes longer does not pile up',
    ['0 liveness', '3.5 liveness', '7 liveness', '10.5 liveness'],
    () => asked(container({ livenessProbe: probe({ periodSeconds: 1 }) }), 11, { tookMs: 3500 }),
  ],
  [
    'of both kinds',
    ['0 liveness', '0 readiness', '4 readiness', '6 liveness', '8 readiness'],
    () =>
      asked(
        container({
          livenessProbe: probe({ periodSeconds: 6 }),
          readinessProbe: probe({ periodSeconds: 4 }),
        }),
        9,
      ),
  ],
  [
    'a startup probe that was passed before the daemon came back is not asked again',
    ['0 liveness'],
    () => asked(container({ startupProbe: probe(), livenessProbe: probe() }), 5, { started: true }),
  ],
])('%s', async (_, expected, run) => {
  expect(await run()).toEqual(expected);
});

/** What ran before the daemon began is asked first after a part of its period. */
test.each([
  [0, 0, ['0 liveness', '10 liveness', '20 liveness']],
  [0.25, 0, ['2.5 liveness', '12.5 liveness', '22.5 liveness']],
  [0.999, 0, ['9.99 liveness', '19.99 liveness']],
  [0.25, 9.9, ['12.4 liveness', '22.4 liveness']],
  [0.25, 10, ['10 liveness', '20 liveness']],
])('chance %d, seen %d s after the daemon began', async (chance, seenAt, expected) => {
  const stage = new Stage();
  stage.chance = chance;
  const old = stage.instance(container({ livenessProbe: probe() }), { startedAtMs: stage.beganMs - 1 });
  await stage.clock.advance(seenAt * 1000);
  stage.sync([old]);
  await stage.clock.advance((25 - seenAt) * 1000);
  expect(stage.asked).toEqual(expected);
});

test.each([
  [0, 60, '0 readiness'],
  [0.25, 60, '0.25 readiness'],
  [0.999, 60, '0.999 readiness'],
  [0.999, 1, '0.999 readiness'],
])(
  'chance %d: every %d s, whether it is still ready is asked within a second',
  async (chance, periodSeconds, expected) => {
    const stage = new Stage();
    stage.chance = chance;
    const of = container({ readinessProbe: probe({ periodSeconds }) });
    stage.sync([stage.instance(of, { startedAtMs: stage.beganMs - 1 })]);
    await stage.clock.advance(1_000);
    expect(stage.asked).toEqual([expected]);
  },
);

test('what starts after the daemon is asked at once, however young the daemon is', async () => {
  const stage = new Stage();
  stage.chance = 0.5;
  await stage.clock.advance(1000);
  stage.sync([stage.instance(container({ livenessProbe: probe() }))]);
  await stage.clock.advance(12_000);
  expect(stage.asked).toEqual(['1 liveness', '11 liveness']);
});

test('after one that took long come no more than were to come', async () => {
  const stage = new Stage();
  stage.tookMs = 3500;
  stage.sync([stage.instance(container({ livenessProbe: probe({ periodSeconds: 1 }) }))]);
  await stage.clock.advance(1000);
  stage.tookMs = 0;
  await stage.clock.advance(5500);
  expect(stage.asked.map((each) => Number.parseFloat(each))).toEqual([0, 3.5, 4, 5, 6]);
});

test('the initial delay and the part of the period pass together', async () => {
  const stage = new Stage();
  stage.chance = 0.5;
  const of = container({
    livenessProbe: probe({ initialDelaySeconds: 3 }),
    readinessProbe: probe({ initialDelaySeconds: 30 }),
  });
  stage.sync([stage.instance(of, { startedAtMs: stage.beganMs - 1000 })]);
  await stage.clock.advance(30_000);
  expect(stage.asked).toEqual(['5 liveness', '15 liveness', '25 liveness', '29 readiness']);
});

test('a jump of the wall clock changes nothing', async () => {
  const stage = new Stage();
  stage.sync([stage.instance(container({ livenessProbe: probe() }))]);
  await stage.clock.advance(5000);
  stage.clock.jumpWallClock(-3_600_000);
  await stage.clock.advance(20_000);
  expect(stage.asked).toEqual(['0 liveness', '10 liveness', '20 liveness']);
});

test('two hundred probes a second each have a turn of the event loop of their own', async () => {
  const stage = new Stage();
  const of = (name: string) => container({ name, livenessProbe: probe({ periodSeconds: 1 }) });
  stage.sync(Array.from({ length: 200 }, (_, index) => stage.instance(of(`c${index}`))));
  expect(stage.asked).toEqual([]);
  let [turns, seen, most] = [0, 0, 0];
  let watching = true;
  const turn = (): void => {
    turns += 1;
    most = Math.max(most, stage.asked.length - seen);
    seen = stage.asked.length;
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
  await stage.clock.advance(9500);
  watching = false;
  expect(stage.asked.length).toBe(2000);
  expect(turns).toBeGreaterThanOrEqual(2000);
  expect(most).toBe(1);
});
