import { expect, test } from 'vitest';
import { unobserved } from '../../../src/metrics/index.ts';
import type { Action } from '../../../src/plan/actions.ts';
import { asContainerId } from '../../../src/pod/index.ts';
import { type Decision, PodChronicle } from '../../../src/reconcile/pod-chronicle.ts';
import { makeRecord, nowMs, observe, pod, removeTarget, runTarget, uid } from '../plan/base.ts';

const start: Action = { type: 'start-container', id: asContainerId('app-0'), container: 'app' };
const crashLoop = { container: 'app', reason: 'CrashLoopBackOff', message: 'back-off 10s', untilMs: nowMs };

function rig() {
  const told: string[] = [];
  const chronicle = new PodChronicle(
    uid,
    ({ namespace, name, reason, message }) => {
      told.push(`${namespace}/${name} ${reason} ${message}`);
    },
    unobserved,
  );
  const decided = (changes: Partial<Decision> = {}): void =>
    chronicle.decided({
      ...{ target: runTarget(pod), record: makeRecord(), triggers: ['interval'], atMs: nowMs, snapshot: 1 },
      ...{ observed: observe(), plan: { actions: [], waits: [] }, ...changes },
    });
  return { chronicle, told, decided };
}

test('a pass is told as events and kept as history', () => {
  const { chronicle, told, decided } = rig();
  decided({ plan: { actions: [start, start], waits: [crashLoop] } });
  chronicle.begun(start);
  chronicle.ended(start, { durationMs: 5 });
  chronicle.begun(start);
  chronicle.ended(start, { durationMs: 5, failure: { error: new Error('x'), message: 'no luck' } });
  chronicle.passEnded();
  expect(told).toEqual([
    `default/web BackOff Back-off restarting failed container app in pod web_default(${uid})`,
    'default/web Started Container started',
    'default/web Failed Error: no luck',
  ]);
  expect(chronicle.passes).toMatchObject([
    { actions: [{ outcome: 'done' }, { outcome: 'failed', error: 'no luck' }] },
  ]);
});

test('a wait is told once, however many passes it lasts', () => {
  const { told, decided } = rig();
  for (let pass = 0; pass < 3; pass += 1) decided({ plan: { actions: [], waits: [crashLoop] } });
  decided();
  decided({ plan: { actions: [], waits: [crashLoop] } });
  expect(told).toHaveLength(2);
});

test('a stop is told when it is first recorded, also by the second record of a pass', () => {
  const { chronicle, told, decided } = rig();
  const record = makeRecord({
    stops: { [asContainerId('app-0')]: { startedAtMs: nowMs, graceSeconds: 30 } },
  });
  const save: Action = { type: 'save-record', record };
  decided({ target: removeTarget, plan: { actions: [save, save], waits: [] } });
  for (let time = 0; time < 2; time += 1) {
    chronicle.begun(save);
    chronicle.ended(save, { durationMs: 1 });
  }
  expect(told).toEqual(['default/web Killing Stopping container app']);
});

test('what went on beside the passes and failed', () => {
  const { chronicle, told, decided } = rig();
  const hook = {
    uid,
    id: asContainerId('app-0'),
    container: 'app',
    hook: 'preStop',
    handler: { kind: 'sleep', seconds: 1 },
    ports: [],
  } as const;
  chronicle.hookFailed(hook);
  decided();
  chronicle.hookFailed(hook);
  const stop = { uid, id: asContainerId('app-0'), container: 'app', timeoutSeconds: 1 };
  chronicle.failed({ type: 'begin-stop', stop }, { error: new Error('x'), message: 'no luck' });
  expect(told).toEqual([
    'default/web FailedPreStopHook PreStopHook failed',
    'default/web FailedKillPod error killing pod: no luck',
  ]);
});
