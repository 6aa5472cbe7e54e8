import { type PassFacts, passStatus } from '../../../src/reconcile/pass-status.ts';
import type { LastPass } from '../../../src/reconcile/pod-worker.ts';
import { makeRecord, nowMs, observe, pod, runTarget, surroundings } from '../plan/base.ts';

type Changes = Partial<LastPass> & Partial<Pick<PassFacts, 'record'>>;

/** A pass over the base pod, which found it as it should be. */
export function lastPass(changes: Changes = {}): LastPass {
  const { target = runTarget(pod), observed = observe(), plan = { actions: [], waits: [] } } = changes;
  const record = 'record' in changes ? changes.record : makeRecord();
  const told = passStatus({
    ...{ target, record, observed, waits: plan.waits, health: new Map(), hookEnd: () => undefined },
    ...{ node: surroundings.node, nowMs, before: undefined },
  });
  return { target, observed, plan, told };
}
