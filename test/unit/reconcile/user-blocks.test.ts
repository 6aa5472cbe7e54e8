import { expect, test } from 'vitest';
import { asPodUid, type PodUid } from '../../../src/pod/index.ts';
import { UserBlocks } from '../../../src/reconcile/user-blocks.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { makeRecord } from '../plan/base.ts';

const BLOCK = 65_536;
const [a, b, c] = ['a', 'b', 'c'].map(asPodUid) as [PodUid, PodUid, PodUid];

function recorded(bases: Readonly<Record<string, number | undefined>>): ReadonlyMap<PodUid, PodRecord> {
  const records = Object.entries(bases).map(([uid, usersBase]) =>
    makeRecord({ uid: asPodUid(uid), ...(usersBase !== undefined && { usersBase }) }),
  );
  return new Map(records.map((record) => [record.uid, record]));
}

test('pods get blocks one after the other, never the first, which is that of the machine', () => {
  const blocks = new UserBlocks();
  expect([a, b, c].map((uid) => blocks.baseOf(uid, new Map()))).toEqual([BLOCK, 2 * BLOCK, 3 * BLOCK]);
});

test('the same pod has the same block, before it is recorded and after', () => {
  const blocks = new UserBlocks();
  blocks.baseOf(a, new Map());
  const base = blocks.baseOf(b, new Map());
  expect(blocks.baseOf(b, new Map())).toBe(base);
  expect(blocks.baseOf(b, recorded({ b: base }))).toBe(base);
});

test('what is on record from before is the pod’s own, and nobody else’s', () => {
  const records = recorded({ a: 2 * BLOCK, b: undefined });
  const blocks = new UserBlocks();
  expect(blocks.baseOf(a, records)).toBe(2 * BLOCK);
  expect(blocks.baseOf(b, records)).toBe(BLOCK);
  expect(blocks.baseOf(c, records)).toBe(3 * BLOCK);
});

test('a block is free again when its pod is gone', () => {
  const blocks = new UserBlocks();
  blocks.baseOf(a, new Map());
  blocks.baseOf(b, new Map());
  blocks.release(a);
  expect(blocks.baseOf(c, new Map())).toBe(BLOCK);
  expect(blocks.baseOf(b, new Map())).toBe(2 * BLOCK);
});
