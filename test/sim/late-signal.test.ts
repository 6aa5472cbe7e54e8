import { expect, test } from 'vitest';
import type { PodRecord } from '../../src/state/index.ts';
import { aHook, StillWorld } from './still-world.ts';
import type { Alter } from './world.ts';

/** What the seeds hardly ever meet: a crash in the two seconds after a stop signal that came when the grace period was over. */
async function crashAfterSignal(alter?: Alter): Promise<StillWorld> {
  const world = new StillWorld(alter === undefined ? {} : { alter });
  await world.begin();
  await world.put({ behaviour: { onStop: 'ignore' }, container: { lifecycle: { preStop: aHook(100_000) } } });
  await world.take();
  await world.clock.advance(30_500);
  await world.crashFor(0);
  await world.clock.advance(10_000);
  world.crashDaemon();
  return world;
}

const forgetful: Alter = (ports) => ({
  ...ports,
  records: {
    load: async () => (await ports.records.load()).map(withoutSignals),
    save: (record) => ports.records.save(record),
    remove: (uid) => ports.records.remove(uid),
  },
});

function withoutSignals(record: PodRecord): PodRecord {
  const stops = Object.entries(record.stops).map(([id, { signalledAtMs: _, ...stop }]) => [id, stop]);
  return { ...record, stops: Object.fromEntries(stops) };
}

test('a daemon that knows when it sent the signal leaves the rest of the shortest time', async () => {
  expect((await crashAfterSignal()).safety.violation).toBeUndefined();
});

test('one that has forgotten it is found out', async () => {
  expect((await crashAfterSignal(forgetful)).safety.violation).toMatchObject({
    property: 'grace',
    words: expect.stringContaining('too early'),
  });
});
