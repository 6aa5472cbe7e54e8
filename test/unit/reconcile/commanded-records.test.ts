import { describe, expect, test } from 'vitest';
import { noObjects, nothingObserved } from '../../../src/pod/index.ts';
import { nodePod } from '../../../src/reconcile/node-pod.ts';
import { statusBeforeFirstPass } from '../../../src/reconcile/pass-status.ts';
import { SharedRecords } from '../../../src/reconcile/shared-records.ts';
import { withConditions } from '../../../src/reconcile/with-conditions.ts';
import { withDeletion } from '../../../src/reconcile/with-deletion.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import type { Target } from '../../../src/targets/index.ts';
import { makeRecord, nowMs, pod, uid } from '../plan/base.ts';
import { gate } from './fake-cri.ts';

/** What commands change of a pod's record, and that passes and commands do not write over each other. */

describe('a deletion', () => {
  const begun = makeRecord({ deletionStartedAtMs: nowMs - 5_000 });
  const begunWith = (deletionGraceSeconds: number) => ({ ...begun, deletionGraceSeconds });

  test.each<[string, PodRecord, number | undefined, PodRecord]>([
    ['has its time', makeRecord(), 5, makeRecord({ deletionStartedAtMs: nowMs, deletionGraceSeconds: 5 })],
    [
      "has the pod's time where it has none",
      makeRecord(),
      undefined,
      makeRecord({ deletionStartedAtMs: nowMs, deletionGraceSeconds: 30 }),
    ],
    [
      'by force has none',
      makeRecord(),
      0,
      makeRecord({ deletionStartedAtMs: nowMs, deletionGraceSeconds: 0 }),
    ],
    ['that comes again may be shorter', begunWith(20), 10, begunWith(10)],
    ['that comes again is never longer', begunWith(20), 60, begunWith(20)],
    ['that comes again without a time changes nothing', begunWith(20), undefined, begunWith(20)],
    ['of what goes with its file may be shorter', begun, 10, begunWith(10)],
    ['of what goes with its file is never longer', begun, 31, begun],
  ])('%s', (_, record, graceSeconds, expected) => {
    expect(withDeletion(record, { graceSeconds, nowMs })).toEqual(expected);
  });

  test('that changes nothing is the same record, which is not written again', () => {
    expect(withDeletion(begun, { graceSeconds: undefined, nowMs })).toBe(begun);
  });
});

describe('conditions', () => {
  const now = '2026-01-02T12:00:00Z';
  const open = { type: 'example.org/lb', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  const old = { ...open, lastTransitionTime: '2025-01-01T00:00:00Z' };

  test.each<[string, PodRecord['conditions'], Parameters<typeof withConditions>[1]['given'], unknown]>([
    ['begin when they are given', undefined, [{ type: open.type, status: 'True' }], [open]],
    [
      'are as they were written',
      undefined,
      [{ ...old, reason: 'Ok', message: 'up', lastProbeTime: now, more: 1 }],
      [{ ...old, reason: 'Ok', message: 'up', lastProbeTime: now }],
    ],
    ['keep their time while they say the same', [old], [{ type: open.type, status: 'True' }], [old]],
    [
      'have another when they say something else',
      [old],
      [{ type: open.type, status: 'False' }],
      [{ ...open, status: 'False' }],
    ],
    ['that are not given any more are gone', [old], [], []],
    [
      "that are the kubelet's own are none of theirs",
      undefined,
      [{ type: 'Ready', status: 'True' }],
      undefined,
    ],
    ['without a type are none', undefined, [{ status: 'True' }], undefined],
    ['of one type are one, the last', undefined, [{ ...old, status: 'False' }, open], [open]],
  ])('%s', (_, before, given, expected) => {
    const record = makeRecord(before === undefined ? {} : { conditions: before });
    expect(withConditions(record, { given, nowMs }).conditions).toEqual(expected);
  });

  test.each<[string, PodRecord['conditions'], readonly unknown[]]>([
    ['given', [open], [open]],
    ['taken back', undefined, []],
  ])('that were %s since the last pass are shown so', (_, conditions, expected) => {
    const known = makeRecord({ conditions: [old] });
    const record = makeRecord(conditions === undefined ? {} : { conditions });
    const target: Target = { kind: 'run', uid, pod, file: known.file, stale: false, uses: noObjects };
    const told = statusBeforeFirstPass(target, known, nowMs);
    const plan = { actions: [], waits: [] };
    const last = { target, observed: nothingObserved, plan, told };
    const shown = nodePod({ target, record, last, startedAtMs: nowMs }).status();
    expect(shown?.conditions.filter(({ type }) => type === open.type)).toEqual(expected);
    expect(shown?.conditions.slice(expected.length)).toEqual(told?.status.conditions.slice(1));
  });

  test('that are the same are the same record', () => {
    const record = makeRecord({ conditions: [old] });
    expect(withConditions(record, { given: [old], nowMs })).toBe(record);
  });
});

describe('a record that both sides write', () => {
  function rig() {
    const written: PodRecord[] = [];
    const disk: { record?: PodRecord; hold: Promise<void> } = {
      record: makeRecord(),
      hold: Promise.resolve(),
    };
    const records = new SharedRecords({
      records: {
        save: async (record) => {
          await disk.hold;
          written.push(record);
        },
        remove: async () => undefined,
      },
      known: {
        record: () => disk.record,
        note: (record) => {
          disk.record = record;
        },
        forget: () => {
          delete disk.record;
        },
      },
    });
    return { records, written, disk };
  }
  const doom = (record: PodRecord): PodRecord => withDeletion(record, { graceSeconds: 5, nowMs });
  const doomed = { deletionStartedAtMs: nowMs, deletionGraceSeconds: 5 };

  test('keeps what a command recorded while a pass was planning', async () => {
    const { records, disk } = rig();
    await records.change(uid, (record) => ({ ...doom(record), conditions: [] }));
    await records.save(makeRecord({ ready: true }));
    expect(disk.record).toEqual(makeRecord({ ready: true, conditions: [], ...doomed }));
  });

  test('keeps what a pass recorded when a command comes while that is written', async () => {
    const { records, disk, written } = rig();
    const slow = gate();
    disk.hold = slow.closed;
    const both = [records.save(makeRecord({ ready: true })), records.change(uid, doom)];
    slow.open();
    await Promise.all(both);
    expect(disk.record).toEqual(makeRecord({ ready: true, ...doomed }));
    expect(written).toHaveLength(2);
  });

  test('is not made by a command, nor made again when it is gone', async () => {
    const { records, written } = rig();
    await records.remove(uid);
    expect(await records.change(uid, doom)).toBe(false);
    expect(written).toEqual([]);
  });

  test('is not written where a command changes nothing', async () => {
    const { records, written } = rig();
    expect(await records.change(uid, (record) => record)).toBe(true);
    expect(written).toEqual([]);
  });

  test('that the disk refuses is as it was, and the next one is written', async () => {
    const { records, disk } = rig();
    disk.hold = Promise.reject(new Error('full'));
    await expect(records.change(uid, doom)).rejects.toThrow('full');
    expect(disk.record).toEqual(makeRecord());
    disk.hold = Promise.resolve();
    await records.save(makeRecord({ pod }));
    expect(disk.record).toEqual(makeRecord());
  });
});
