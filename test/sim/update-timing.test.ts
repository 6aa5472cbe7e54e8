import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { annotation } from '../../src/pod/index.ts';
import { aProbe, type Manifest, StillWorld } from './still-world.ts';

/** Exact times of what an edit brings: how long a new version has, when it is good, and what begins anew. Milliseconds since `began`. */
let world = new StillWorld();
let began = 0;

beforeEach(() => {
  world = new StillWorld();
});

afterEach(() => {
  expect(world.safety.violation).toBeUndefined();
  world.crashDaemon();
});

async function begin(manifest: Manifest): Promise<void> {
  await world.begin();
  began = world.clock.monotonicMs();
  await world.put(manifest);
}

const since = (ms: number | undefined): number => (ms ?? Number.NaN) - began;
const started = (): number[] => world.instances().map((each) => since(each.startedAtMs));
const exited = (): number[] => world.instances().map((each) => since(each.exitedAtMs));
const record = () => world.records.all[0];

describe('a new version', () => {
  const annotations = { [annotation.rollback]: 'true', [annotation.progressDeadline]: '15s' };
  const readinessProbe = aProbe();
  const probed = (behaviour: Manifest['behaviour'] = {}): Manifest => ({
    annotations,
    behaviour,
    container: { readinessProbe },
  });
  const neverReady = probed({ readyFromMs: 3_600_000 });

  test('has its time from the end of the old one on, however long that takes', async () => {
    const spec = { terminationGracePeriodSeconds: 60 };
    await begin({ annotations, spec, behaviour: { onStop: { afterMs: 40_000 } } });
    await world.clock.advance(12_000);
    await world.put({ ...neverReady, spec });
    await world.clock.advance(100_000);
    expect(started()).toEqual([0, 52_000, 67_000]);
    expect(exited().slice(0, 2)).toEqual([52_000, 67_000]);
  });

  test('that is well is kept, however long the old one took to end', async () => {
    const spec = { terminationGracePeriodSeconds: 60 };
    await begin({ annotations, spec, behaviour: { onStop: { afterMs: 40_000 } } });
    await world.clock.advance(12_000);
    await world.put({ ...probed({ readyFromMs: 5_000 }), spec });
    await world.clock.advance(100_000);
    expect([started(), record()?.ready]).toEqual([[0, 52_000], true]);
  });

  test('has its time whatever the clock on the wall does, forward or back', async () => {
    await begin({ annotations });
    await world.clock.advance(12_000);
    await world.put(neverReady);
    await world.clock.advance(3_000);
    world.clock.jumpWallClock(-86_400_000);
    await world.clock.advance(3_000);
    world.clock.jumpWallClock(86_400_000 + 1_800_000);
    await world.clock.advance(8_999);
    expect(started()).toEqual([0, 12_000]);
    await world.clock.advance(1);
    expect(started()).toEqual([0, 12_000, 27_000]);
  });

  test.each([
    [{ readyFromMs: 12_000, busyFromMs: 14_500 }, 'at the end of its time', 27_000],
    [{ readyFromMs: 13_000, busyFromMs: 21_500 }, 'when it is Ready no more, if its time is over', 34_000],
  ])('that is Ready for less than 10 s (%j) gives way %s', async (behaviour, _, backMs) => {
    await begin({ annotations });
    await world.clock.advance(12_000);
    await world.put(probed(behaviour));
    await world.clock.advance(60_000);
    expect(started()).toEqual([0, 12_000, backMs]);
  });

  test('is good after 10 s in which it was Ready, whatever the clock on the wall does', async () => {
    await begin({ annotations });
    await world.clock.advance(12_000);
    await world.put(probed());
    await world.clock.advance(5_000);
    world.clock.jumpWallClock(3_600_000);
    await world.clock.advance(4_999);
    expect(record()?.ready).toBeUndefined();
    await world.clock.advance(1);
    expect(record()?.ready).toBe(true);
  });

  test('is the same with another label: that gives it no more time', async () => {
    await begin({ annotations });
    await world.clock.advance(12_000);
    await world.put(neverReady);
    await world.clock.advance(10_000);
    await world.put({ ...neverReady, annotations: { ...annotations, note: 'x' } });
    await world.clock.advance(60_000);
    expect(started()).toEqual([0, 12_000, 27_000]);
  });
});

describe('an edit of the metadata', () => {
  const spec = { activeDeadlineSeconds: 10 };

  test('puts no deadline off', async () => {
    await begin({ spec });
    for (const note of ['a', 'b', 'c']) {
      await world.clock.advance(4_000);
      await world.put({ spec, annotations: { note } });
    }
    await world.clock.advance(60_000);
    expect(exited()).toEqual([10_000]);
  });

  test('revives no pod that was ended; one of its spec does', async () => {
    await begin({ spec });
    await world.clock.advance(12_000);
    await world.put({ spec, annotations: { note: 'x' } });
    await world.clock.advance(60_000);
    expect(started()).toEqual([0]);
    await world.put({ spec: { activeDeadlineSeconds: 20 }, annotations: { note: 'x' } });
    await world.clock.advance(60_000);
    expect([started(), exited()]).toEqual([
      [0, 72_000],
      [10_000, 92_000],
    ]);
  });
});
