import type { Facts } from '../facts.ts';
import type { Instance } from '../instance.ts';
import type { CheckOf } from './check.ts';

/** A record is written and a call is made between the end of the time and what is done then. */
const SLACK_MS = 1_500;
const SHORTEST_SECONDS = 2;

/**
 * A preStop hook runs before the stop signal and inside the grace period; the signal waits for its end as long as there is time. Hooks
 * run once in the life of a daemon, and never again once their end is on record.
 */
export const preStop: CheckOf = (facts, violate) => ({
  onHookBegin(run, daemon) {
    const before = facts.lives.hook(run.id, run.hook);
    const instance = facts.instances.get(run.id);
    if (instance === undefined) return;
    const { name, key } = instance;
    if (before?.daemon === daemon) violate('hook-twice', run.hook, 'of', name, 'of', key, 'by one daemon');
    const record = facts.records.get(run.uid);
    const end = run.hook === 'preStop' ? record?.stops[run.id]?.preStop : record?.starts?.[run.id]?.postStart;
    if (end === 'done') violate('hook-twice', run.hook, 'of', name, 'of', key, 'is done, says the record');
    if (run.hook === 'preStop' && instance.stop?.signalledAtMs !== undefined)
      violate('pre-stop', name, 'of', key, 'has its hook after the stop signal');
  },
  onHookEnd({ id, hook }) {
    const instance = facts.instances.get(id);
    // Where a shutdown or a later deletion cuts the time short, its end is that of the container.
    if (instance?.stop?.mayBeShort === true) return;
    const beganAtMs = facts.lives.hook(id, hook)?.beganAtMs ?? 0;
    if (hook !== 'preStop' || instance?.stop === undefined || facts.jumpedAtMs >= instance.stop.beganAtMs)
      return;
    const endMs = Math.max(instance.stop.beganAtMs, beganAtMs) + instance.stop.graceSeconds * 1_000;
    const lateMs = facts.clock.monotonicMs() - endMs - SLACK_MS;
    if (lateMs > 0)
      violate('pre-stop', 'the hook of', instance.name, 'of', instance.key, 'ends', lateMs, 'ms late');
  },
  onCall({ name, request, atMs }) {
    const instance = facts.instances.get(request.container_id ?? '');
    if (name !== 'StopContainer' || instance === undefined || !facts.isRunning(instance)) return;
    if (instance.stop?.signalledAtMs !== undefined || facts.jumpedAtMs >= (instance.stop?.beganAtMs ?? 0))
      return;
    if (atMs >= endOf(instance) - SLACK_MS || !hasHook(facts, instance)) return;
    const hook = facts.lives.hook(instance.id, 'preStop');
    if (hook?.endedAtMs === undefined)
      violate('pre-stop', instance.name, 'of', instance.key, 'is stopped before the end of its hook');
  },
});

/** Whether every version that may be in force gives it a hook, and the time for one. */
function hasHook(facts: Facts, instance: Instance): boolean {
  const { uid, key, name, stop } = instance;
  if (stop?.cause === 'restartAll' || stop?.mayBeShort === true) return false;
  const isShort = facts.deletions
    .of(uid)
    .some(({ graceSeconds = SHORTEST_SECONDS + 1 }) => graceSeconds <= SHORTEST_SECONDS);
  if (isShort) return false;
  const views = facts.candidateViews(uid).flatMap((view) => view.claims.get(key) ?? []);
  const recorded = facts.recordedPod(uid);
  const pods = [instance.pod, ...(recorded ? [recorded] : []), ...views.map(({ pod }) => pod)];
  return pods.every(({ spec }) => {
    const all = [...spec.containers, ...(spec.initContainers ?? [])];
    const hook = all.find((each) => each.name === name)?.lifecycle?.preStop;
    return hook !== undefined && spec.terminationGracePeriodSeconds > SHORTEST_SECONDS;
  });
}

function endOf({ stop }: Instance): number {
  return stop === undefined ? Number.POSITIVE_INFINITY : stop.beganAtMs + stop.graceSeconds * 1_000;
}
