import { expect, test } from 'vitest';
import { sleep } from '../../../src/base/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** A clock on which one sleeps 1 s, and how that stands. */
function sleeping(signal?: AbortSignal) {
  const clock = new VirtualClock();
  const rig = { clock, awake: false };
  void sleep(clock, 1_000, signal).then(() => {
    rig.awake = true;
  });
  return rig;
}

test('a sleep lasts as long as it was told', async () => {
  const rig = sleeping();
  await rig.clock.advance(999);
  expect(rig.awake).toBe(false);
  await rig.clock.advance(1);
  expect(rig.awake).toBe(true);
});

test('an abort ends a sleep', async () => {
  const abort = new AbortController();
  const rig = sleeping(abort.signal);
  await rig.clock.settle();
  expect(rig.awake).toBe(false);
  abort.abort();
  await rig.clock.settle();
  expect(rig.awake).toBe(true);
});

test('after an abort nobody falls asleep', async () => {
  const rig = sleeping(AbortSignal.abort());
  await rig.clock.settle();
  expect(rig.awake).toBe(true);
});
