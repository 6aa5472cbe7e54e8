import { expect, test } from 'vitest';
import { type Chores, createHousekeeping } from '../../../src/daemon/housekeeping.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** Seconds since the beginning at which each chore began. */
function rig(during: (chore: string) => Promise<void> = async () => undefined) {
  const clock = new VirtualClock();
  const begun: [string, number][] = [];
  const chore = (name: string) => async (): Promise<void> => {
    begun.push([name, clock.monotonicMs() / 1000]);
    await during(name);
  };
  const chores: Chores = { collectImages: chore('images'), sweepOrphans: chore('orphans') };
  return { clock, begun, housekeeping: createHousekeeping(chores, clock) };
}

test('orphans every minute, images every five, both soon after the start', async () => {
  const { clock, begun, housekeeping } = rig();
  housekeeping.start();
  await clock.advance(9_999);
  expect(begun).toEqual([]);
  await clock.advance(600_000);
  const times = (name: string) => begun.filter(([chore]) => chore === name).map(([, at]) => at);
  expect(times('orphans')).toEqual([10, 70, 130, 190, 250, 310, 370, 430, 490, 550]);
  expect(times('images')).toEqual([10, 310]);
});

test('one thing at a time: the next round follows a minute after the last one ended', async () => {
  const { clock, begun, housekeeping } = rig(
    (chore) => new Promise((resolve) => void clock.setTimer(chore === 'images' ? 90_000 : 1_000, resolve)),
  );
  housekeeping.start();
  await clock.advance(200_000);
  expect(begun).toEqual([
    ['orphans', 10],
    ['images', 11],
    ['orphans', 161],
  ]);
});

test('nothing begins after the end, and what is under way is waited for a little', async () => {
  const { clock, begun, housekeeping } = rig(() => new Promise(() => undefined));
  housekeeping.start();
  await clock.advance(20_000);
  await clock.complete(housekeeping.close(), 2_000);
  expect(clock.monotonicMs()).toBe(22_000);
  await clock.advance(600_000);
  expect(begun).toEqual([['orphans', 10]]);
});

test('idle, it ends at once, also before it began', async () => {
  for (const elapsedMs of [0, 5_000, 30_000]) {
    const { clock, housekeeping } = rig();
    if (elapsedMs > 0) housekeeping.start();
    await clock.advance(elapsedMs);
    await clock.complete(housekeeping.close(), 0);
    expect(clock.monotonicMs()).toBe(elapsedMs);
  }
});
