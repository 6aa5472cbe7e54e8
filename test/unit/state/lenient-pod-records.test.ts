import { expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { asContainerId } from '../../../src/pod/index.ts';
import { lenientPodRecords, type PodRecord } from '../../../src/state/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { makeRecord, nowMs, uid } from '../plan/base.ts';
import { keepingLogger } from '../reconcile/rig.ts';

const removal = makeRecord({ deletionStartedAtMs: nowMs });
const app = asContainerId('app-0');
const stop = { startedAtMs: nowMs, graceSeconds: 30 };
const unwell = makeRecord({ stops: { [app]: { ...stop, cause: 'liveness' } } });
const shutdown = makeRecord({ stops: { [app]: { ...stop, cause: 'shutdown' } } });
const ended = makeRecord({ ended: { reason: 'Evicted', message: 'too much', atMs: nowMs } });

/** Records on a disk that may be full. */
function rig() {
  const clock = new VirtualClock();
  const logger = keepingLogger();
  const disk = { isFull: true, written: [] as (PodRecord | 'removed')[] };
  const file = {
    load: async () => [],
    async save(record: PodRecord) {
      if (disk.isFull) throw new TinyletError('STATE_IO', 'no space left on device');
      disk.written.push(record);
    },
    async remove() {
      disk.written.push('removed');
    },
  };
  return { clock, logger, disk, records: lenientPodRecords(file, { clock, logger }) };
}

test.each([
  ['a pod', makeRecord()],
  ['the stop for another version', makeRecord({ stops: { [app]: stop } })],
])('a full disk refuses what begins: %s', async (_what, record) => {
  const { records, logger } = rig();
  await expect(records.save(record)).rejects.toMatchObject({ code: 'STATE_IO' });
  expect(logger.lines).toEqual([]);
});

test.each([
  ['a removal', removal],
  ['an end', ended],
  ['a stop for a fault', unwell],
  ['a stop with the node', shutdown],
])('%s goes on without its record, which is written once there is room', async (_what, record) => {
  const { clock, logger, disk, records } = rig();
  await records.save(record);
  expect(logger.lines).toMatchObject([
    {
      level: 'warn',
      uid,
      err: 'no space left on device',
      msg: 'the end of a pod cannot be recorded: it ends all the same',
    },
  ]);
  await clock.advance(20_000);
  expect(disk.written).toEqual([]);
  disk.isFull = false;
  await clock.advance(5_000);
  expect(disk.written).toEqual([record]);
  await clock.advance(20_000);
  expect(disk.written).toEqual([record]);
});

test('what comes later takes the place of what is still owed', async () => {
  const { clock, disk, records } = rig();
  await records.save(ended);
  disk.isFull = false;
  await records.save(makeRecord());
  await clock.advance(20_000);
  expect(disk.written).toEqual([makeRecord()]);
});

test('a pod that is gone is owed nothing', async () => {
  const { clock, disk, records } = rig();
  await records.save(removal);
  disk.isFull = false;
  await records.remove(uid);
  await clock.advance(20_000);
  expect(disk.written).toEqual(['removed']);
});
