import { expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { gate } from './fake-cri.ts';
import { intervalMs, Rig } from './rig.ts';

test('the loop tells when it last came round, with a runtime and without', async () => {
  const rig = new Rig();
  expect(rig.reconciler.lastTickMs).toBeUndefined();
  await rig.startWith();
  const first = rig.reconciler.lastTickMs ?? Number.NaN;
  await rig.clock.advance(intervalMs);
  expect(rig.reconciler.lastTickMs).toBe(first + intervalMs);
  rig.cri.failing.set('listSandboxes', new TinyletError('CRI_UNAVAILABLE', 'nobody listens'));
  await rig.clock.advance(intervalMs);
  expect(rig.reconciler.lastTickMs).toBe(first + 2 * intervalMs);
  await rig.reconciler.stop();
});

test('a loop that waits for the runtime has not come round until it is answered', async () => {
  const rig = new Rig();
  await rig.startWith();
  const before = rig.reconciler.lastTickMs ?? Number.NaN;
  const hanging = gate();
  rig.cri.holding.set('listSandboxes', hanging.closed);
  await rig.clock.advance(5 * intervalMs);
  expect(rig.reconciler.lastTickMs).toBe(before);
  rig.cri.holding.clear();
  hanging.open();
  await rig.clock.advance(1);
  expect(rig.reconciler.lastTickMs).toBeGreaterThan(before + 4 * intervalMs);
  await rig.reconciler.stop();
});

test('a round that failed is none', async () => {
  const rig = new Rig();
  await rig.startWith();
  const before = rig.reconciler.lastTickMs;
  Object.defineProperty(rig, 'manifests', {
    get: () => {
      throw new Error('not foreseen');
    },
  });
  await rig.clock.advance(3 * intervalMs);
  expect(rig.logger.lines.map(({ msg }) => msg)).toContain('tick failed');
  expect(rig.reconciler.lastTickMs).toBe(before);
  await rig.reconciler.stop();
});

test('when the runtime began to answer, ceased to and came back is told', async () => {
  const rig = new Rig();
  const fail = (why: string) =>
    rig.cri.failing.set('listSandboxes', new TinyletError('CRI_UNAVAILABLE', why));
  const turned = async (change: () => unknown): Promise<boolean> => {
    const sinceMs = rig.clock.nowMs();
    change();
    await rig.clock.advance(3 * intervalMs);
    return (rig.reconciler.machine().turnedAtMs ?? 0) > sinceMs;
  };
  fail('nobody listens');
  await rig.startWith();
  expect(rig.reconciler.machine().turnedAtMs).toBeUndefined();
  expect(await turned(() => rig.cri.failing.clear())).toBe(true);
  expect(await turned(() => undefined)).toBe(false);
  expect(await turned(() => fail('nobody listens'))).toBe(true);
  expect(await turned(() => fail('another reason'))).toBe(false);
  expect(await turned(() => rig.cri.failing.clear())).toBe(true);
  await rig.reconciler.stop();
});
