import { expect, test } from 'vitest';
import { sleep } from '../../../src/base/index.ts';
import { SeededRandom } from '../../fakes/seeded-random.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

test('timers fire by time, then in the order of their making, with promises settled in between', async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  clock.setTimer(20, () => seen.push('late'));
  clock.setTimer(10, () => {
    seen.push('first');
    void Promise.resolve()
      .then(() => seen.push('promise'))
      .then(() => seen.push('its follower'));
  });
  clock.setTimer(10, () => seen.push('second'));
  await clock.advance(15);
  expect(seen).toEqual(['first', 'promise', 'its follower', 'second']);
  await clock.advance(5);
  expect(seen.at(-1)).toBe('late');
  expect(clock.monotonicMs()).toBe(20);
});

test('a cancelled timer stays silent, cancelled twice or from another timer', async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const second = clock.setTimer(10, () => seen.push('second'));
  clock.setTimer(5, () => second.cancel());
  second.cancel();
  second.cancel();
  await clock.advance(20);
  expect(seen).toEqual([]);
});

test('runUntil stops at the instant the condition holds', async () => {
  const clock = new VirtualClock();
  let done = false;
  void sleep(clock, 300).then(() => {
    done = true;
  });
  expect(await clock.runUntil(() => done, 1000)).toBe(true);
  expect(clock.monotonicMs()).toBe(300);
  expect(await clock.runUntil(() => false, 1000)).toBe(false);
  expect(clock.monotonicMs()).toBe(1300);
});

test('complete brings a promise to its end, or says that it has none', async () => {
  const clock = new VirtualClock();
  expect(await clock.complete(sleep(clock, 5000).then(() => 'done'))).toBe('done');
  await expect(clock.complete(new Promise(() => undefined), 10)).rejects.toThrow('does not settle');
});

test('a busy loop of timers is named instead of hanging', async () => {
  const clock = new VirtualClock();
  const again = (): void => void clock.setTimer(0, again);
  again();
  await expect(clock.advance(1)).rejects.toThrow('time stands still');
});

test('the wall clock can jump; durations do not notice', async () => {
  const clock = new VirtualClock();
  const before = clock.nowMs();
  clock.jumpWallClock(-3_600_000);
  await clock.advance(5);
  expect(clock.nowMs()).toBe(before - 3_600_000 + 5);
  expect(clock.monotonicMs()).toBe(5);
});

test('chance is the same for the same seed, differs between seeds, and looks like chance', () => {
  const draw = (seed: number): number[] =>
    Array.from(
      { length: 1000 },
      (
        (random) => () =>
          random.unit()
      )(new SeededRandom(seed)),
    );
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(Math.abs(draw(3).reduce((a, b) => a + b) / 1000 - 0.5)).toBeLessThan(0.05);
  expect(new SeededRandom(4).uuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
