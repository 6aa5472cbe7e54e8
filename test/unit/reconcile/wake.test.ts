import { expect, test } from 'vitest';
import { asPodUid } from '../../../src/pod/index.ts';
import { type Due, Wake } from '../../../src/reconcile/wake.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const everything: Due = { manifests: true, pods: 'all', because: ['interval'], becauseOf: new Map() };
const nothing: Due = { manifests: false, pods: new Set(), because: [], becauseOf: new Map() };
const a = asPodUid('a');
const b = asPodUid('b');

/** A wake that has told its first "everything". */
async function awake(): Promise<{ clock: VirtualClock; wake: Wake }> {
  const clock = new VirtualClock();
  const wake = new Wake(clock, 2_000);
  expect(await wake.next()).toEqual(everything);
  return { clock, wake };
}

/** What is due next and how long that took, at most `limitMs`. */
async function nextOf({ clock, wake }: { clock: VirtualClock; wake: Wake }, limitMs: number) {
  const beganMs = clock.monotonicMs();
  const due = await clock.complete(wake.next(), limitMs);
  return { due, afterMs: clock.monotonicMs() - beganMs };
}

test('everything is due at first and then once an interval', async () => {
  const rig = await awake();
  expect(await nextOf(rig, 2_000)).toEqual({ due: everything, afterMs: 2_000 });
  expect(await nextOf(rig, 2_000)).toEqual({ due: everything, afterMs: 2_000 });
});

test('hints are due at once, together, and once', async () => {
  const rig = await awake();
  rig.wake.pod(a, 'probe');
  rig.wake.pod(b);
  rig.wake.pod(a, 'hook');
  rig.wake.pod(a, 'probe');
  const becauseOf = new Map([
    [a, ['probe', 'hook']],
    [b, []],
  ]);
  const due = { ...nothing, pods: new Set([a, b]), becauseOf };
  expect(await nextOf(rig, 0)).toEqual({ due, afterMs: 0 });
  expect(await nextOf(rig, 2_000)).toEqual({ due: everything, afterMs: 2_000 });
});

test('a hint ends a wait, and does not put off the interval', async () => {
  const rig = await awake();
  rig.clock.setTimer(1_500, () => rig.wake.pod(a, 'stop'));
  const due = { ...nothing, pods: new Set([a]), becauseOf: new Map([[a, ['stop']]]) };
  expect(await nextOf(rig, 2_000)).toEqual({ due, afterMs: 1_500 });
  expect(await nextOf(rig, 2_000)).toEqual({ due: everything, afterMs: 500 });
});

test('changed manifests make no pod due by themselves', async () => {
  const rig = await awake();
  rig.wake.manifests();
  expect(await nextOf(rig, 0)).toEqual({ due: { ...nothing, manifests: true }, afterMs: 0 });
});

test('a hint for all makes all pods due, and neither reads the manifests nor puts off the interval', async () => {
  const rig = await awake();
  rig.clock.setTimer(400, () => {
    rig.wake.pod(a, 'image');
    rig.wake.all('record');
  });
  const due = { manifests: false, pods: 'all', because: ['record'], becauseOf: new Map([[a, ['image']]]) };
  expect(await nextOf(rig, 2_000)).toEqual({ due, afterMs: 400 });
  expect(await nextOf(rig, 2_000)).toEqual({ due: everything, afterMs: 1_600 });
});

test('a nudge ends a wait and makes nothing due', async () => {
  const rig = await awake();
  rig.clock.setTimer(10, () => rig.wake.nudge());
  expect(await nextOf(rig, 2_000)).toEqual({ due: nothing, afterMs: 10 });
});

test('an interval whose timer fires a little early ends all the same, once', async () => {
  const clock = new VirtualClock();
  const early = {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    setTimer: (delayMs: number, callback: () => void) => clock.setTimer(delayMs - 0.5, callback),
  };
  const wake = new Wake(early, 2_000);
  await wake.next();
  expect(await nextOf({ clock, wake }, 2_000)).toEqual({ due: everything, afterMs: 1_999.5 });
  expect(await nextOf({ clock, wake }, 2_000)).toEqual({ due: everything, afterMs: 1_999.5 });
});
