import { isSidecar } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { asWritten, isSameSpec } from '../as-written.ts';
import type { Facts } from '../facts.ts';
import type { CheckOf } from './check.ts';

const SETTLED_MS = 10_000;

/** A version is good, so that later ones may go back to it, when it has run and been Ready for so long without a break. */
export const goodVersion: CheckOf = (facts, violate) => ({
  onSaved(record, before) {
    if (before === undefined || record.ready !== true || before.ready === true) return;
    // A step back is to what was good before.
    if (!isSameSpec(facts, before, record)) return;
    const youngest = shortestReadyMs(facts, record);
    if (youngest < SETTLED_MS) violate('good-early', record.name, 'is taken for good after', youngest, 'ms');
  },
});

/** For how long the last that got Ready has been so. What has just ended, or just failed its probe, may not be known yet. */
function shortestReadyMs(facts: Facts, record: PodRecord): number {
  const { spec } = asWritten(facts, record);
  const sidecars = (spec.initContainers ?? []).filter((each) => isSidecar(each, record.pod));
  const nowMs = facts.clock.monotonicMs();
  const times = [...sidecars, ...spec.containers].flatMap(({ name, readinessProbe }) => {
    const last = facts.instancesOf(record.uid, name).at(-1);
    if (last?.startedAtMs === undefined || !facts.isRunning(last)) return [];
    const verdict = readinessProbe && facts.lives.probe(last.id, 'readiness')?.verdict;
    if (verdict?.success === false) return [];
    return nowMs - Math.max(last.startedAtMs, verdict?.sinceMs ?? 0);
  });
  return Math.min(...times);
}
