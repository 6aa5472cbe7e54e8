import { expect, test } from 'vitest';
import { listAt, objectAt, textAt } from '../../../src/base/index.ts';
import type { NodeObjects } from '../../../src/store/index.ts';
import { lastBeat } from '../../../src/store/last-beat.ts';
import { ObjectWorld } from './object-world.ts';

function renewedAt({ objects }: NodeObjects): string {
  return textAt(objectAt(objects.list('leases').items[0], 'spec'), 'renewTime');
}

test('the node has one lease, which it renews every ten seconds', async () => {
  const world = await ObjectWorld.create();
  const stored = await world.open();
  const [node] = stored.objects.list('nodes').items;
  const [name, uid] = [textAt(node?.metadata, 'name'), textAt(node?.metadata, 'uid')];
  expect(stored.objects.list('leases', 'kube-node-lease').items).toEqual([
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: expect.objectContaining({
        ...{ name, namespace: 'kube-node-lease' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
      }),
      spec: {
        ...{ holderIdentity: name, leaseDurationSeconds: 40 },
        renewTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      },
    },
  ]);
  expect(stored.objects.list('leases', 'default').items).toEqual([]);
  const [first, { version }] = [renewedAt(stored), stored.objects.list('leases')];
  await world.clock.advance(9_999);
  expect([renewedAt(stored), stored.objects.list('leases').version]).toEqual([first, version]);
  await world.clock.advance(1);
  expect(Date.parse(renewedAt(stored))).toBe(Date.parse(first) + 10_000);
  stored.close();
});

test('of a node that is as it was, the conditions are told again every five minutes', async () => {
  const world = await ObjectWorld.create();
  const stored = await world.open();
  const times = (): number[][] =>
    listAt(objectAt(stored.objects.list('nodes').items[0], 'status'), 'conditions').map((condition) => [
      Date.parse(textAt(condition, 'lastHeartbeatTime')),
      Date.parse(textAt(condition, 'lastTransitionTime')),
    ]);
  const before = times();
  expect(before).toHaveLength(4);
  await world.clock.advance(299_999);
  expect(times()).toEqual(before);
  await world.clock.advance(1);
  expect(times()).toEqual(before.map(([beat = 0, turn = 0]) => [beat + 300_000, turn]));
  stored.close();
});

test.each([
  [0, 0],
  [9, 0],
  [10, 10],
  [35, 30],
  [-25, 0],
])('%i ms after the beginning, the last beat of every ten was at %i', (now, beat) => {
  expect(lastBeat(1_000 + now, 1_000, 10)).toBe(1_000 + beat);
});
