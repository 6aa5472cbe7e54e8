import type { Pod, PodUid } from '../../../src/pod/index.ts';
import type { Call } from '../call.ts';
import type { Facts } from '../facts.ts';
import type { Instance, Stop } from '../instance.ts';
import type { CheckOf } from './check.ts';

const FLOOR_SECONDS = 2;
const DEFAULT_SECONDS = 30;
/** Whole seconds are sent, and a record is written between the plan and the call. */
const SLACK_MS = 1_500;
/** From the plan to the end of the writing of a record. */
const WRITING_MS = 100;
const SIGKILL_CODE = 137;
/** After so many failed stops a removal may end the sandbox over a container's head. */
const PATIENCE = 3;

/**
 * A container that is stopped has its whole grace period, from the moment that was recorded, and the shortest one from its stop signal
 * on, and not much more; nothing else ends one that runs.
 */
export const grace: CheckOf = (facts, violate) => ({
  onCall(call) {
    const instance = facts.instances.get(call.request.container_id ?? '');
    if (call.name === 'StopContainer' && instance !== undefined && facts.isRunning(instance)) {
      const wrong = checkStop(facts, call, instance);
      if (wrong !== undefined) violate('grace', instance.name, 'of', instance.key, wrong);
    }
    for (const killed of killedBy(facts, call))
      violate('grace', call.name, 'kills', killed.name, 'of', killed.key, 'at once');
  },
  onEnd({ name, request }, failed) {
    const instance = facts.instances.get(request.container_id ?? '');
    if (name === 'StopContainer' && failed && instance?.stop !== undefined) instance.stop.failures += 1;
  },
  onSaved(record) {
    for (const [id, { graceSeconds }] of Object.entries(record.stops)) {
      const instance = facts.instances.get(id);
      if (instance?.stop === undefined || graceSeconds >= instance.stop.graceSeconds) continue;
      if (facts.halting !== undefined || facts.jumpedAtMs >= instance.stop.beganAtMs) continue;
      const endMs = instance.stop.beganAtMs + graceSeconds * 1000;
      const allowedMs = Math.min(...deletionEnds(facts, instance, instance.stop).map((end) => end.atMs));
      if (!(endMs >= allowedMs - SLACK_MS))
        violate('grace', instance.name, 'of', instance.key, 'is cut short');
    }
  },
  onExited(instance) {
    const { stop, exitCode, name, key, id } = instance;
    const byRuntime = exitCode === SIGKILL_CODE && facts.model.container(id)?.reason === 'Error';
    if (stop === undefined || !byRuntime || facts.jumpedAtMs >= stop.beganAtMs) return;
    const endMs = stop.beganAtMs + stop.graceSeconds * 1000;
    const nowMs = facts.clock.monotonicMs();
    const earliestMs = Math.max(endMs, floorEnd(stop));
    if (nowMs < earliestMs && stop.failures < PATIENCE)
      violate('grace', name, 'of', key, 'is killed', earliestMs - nowMs, 'ms too early');
    const troubled = facts.disturbedAtMs >= stop.beganAtMs - SLACK_MS;
    const dueMs = [{ atMs: endMs, sinceMs: 0 }, ...deletionEnds(facts, instance, stop)].map(
      ({ atMs, sinceMs }) => Math.max(atMs, sinceMs),
    );
    const signalledMs = (stop.signalledAtMs ?? 0) + FLOOR_SECONDS * 1000;
    const lastMs = Math.max(Math.min(...dueMs), signalledMs, stop.cutAtMs ?? 0);
    if (nowMs > lastMs + SLACK_MS && !troubled)
      violate('grace', name, 'of', key, 'is killed', nowMs - endMs, 'ms too late');
  },
});

function checkStop(facts: Facts, call: Call, instance: Instance): string | undefined {
  const timeoutSeconds = Number(call.request.timeout ?? 0);
  if (instance.stop === undefined)
    facts.beginStop(instance, { startedAtMs: call.atWallMs, graceSeconds: timeoutSeconds });
  const { stop } = instance;
  if (stop === undefined) return undefined;
  stop.signalledAtMs ??= call.atMs;
  const allowed = allowedGraces(facts, instance);
  const isCutShort = stop.mayBeShort === true && stop.graceSeconds <= Math.max(...allowed);
  if (!allowed.has(stop.graceSeconds) && !isCutShort)
    return `is stopped with ${stop.graceSeconds} s of grace, allowed ${[...allowed]}`;
  if (facts.jumpedAtMs >= stop.beganAtMs) return undefined;
  const endMs = stop.beganAtMs + stop.graceSeconds * 1000;
  const killAtMs = call.atMs + timeoutSeconds * 1000;
  const earliestMs = Math.max(endMs, floorEnd(stop));
  if (killAtMs < earliestMs) return `would be killed ${earliestMs - killAtMs} ms too early`;
  // A call that comes too late kills at once.
  const latestMs = Math.max(endMs + SLACK_MS, stop.signalledAtMs + FLOOR_SECONDS * 1000, call.atMs);
  // A slow runtime may stand between the plan and the call.
  const isLate = killAtMs > latestMs && facts.disturbedAtMs < stop.beganAtMs - SLACK_MS;
  return isLate ? `would be killed ${killAtMs - endMs} ms too late` : undefined;
}

/** One that had its hook up to the end, or waited for others, has the shortest time after its signal, unless it is cut short since. */
function floorEnd({ signalledAtMs = Number.NEGATIVE_INFINITY, toldAtMs, mayBeShort }: Stop): number {
  if (mayBeShort === true) return Number.NEGATIVE_INFINITY;
  return Math.min(signalledAtMs, toldAtMs ?? signalledAtMs) + FLOOR_SECONDS * 1000 - WRITING_MS;
}

/** When deletions of its pod want it to have ended, each from its answer on; Infinity where there was none yet. */
function deletionEnds(
  facts: Facts,
  { uid }: Instance,
  { beganAtMs }: Stop,
): readonly { readonly atMs: number; readonly sinceMs: number }[] {
  const all = facts.deletions.of(uid);
  const ofPod = facts.recordedPod(uid)?.spec.terminationGracePeriodSeconds ?? DEFAULT_SECONDS;
  const firstMs = Math.max(beganAtMs, facts.deleting.get(uid) ?? all[0]?.askedAtMs ?? 0);
  return all.map(({ graceSeconds = ofPod, acknowledgedAtMs = Number.POSITIVE_INFINITY }) => ({
    atMs: firstMs + Math.max(graceSeconds, FLOOR_SECONDS) * 1000,
    sinceMs: acknowledgedAtMs,
  }));
}

/** What the pod asks for in any version that may count now. */
function allowedGraces(facts: Facts, instance: Instance): Set<number> {
  const beganAtMs = instance.stop?.beganAtMs ?? facts.clock.monotonicMs();
  const deleted = facts.deletions.of(instance.uid);
  const ofPod = facts.recordedPod(instance.uid)?.spec.terminationGracePeriodSeconds ?? DEFAULT_SECONDS;
  const asked = deleted.map(({ graceSeconds = ofPod }) => Math.max(graceSeconds, FLOOR_SECONDS));
  // What begins after the answer to a deletion has what that gives.
  const isAcknowledged = deleted.some(({ acknowledgedAtMs = beganAtMs }) => acknowledgedAtMs < beganAtMs);
  const isFirst = (facts.deleting.get(instance.uid) ?? 0) >= (deleted[0]?.askedAtMs ?? 0);
  if (isAcknowledged && isFirst && facts.jumpedAtMs < beganAtMs) return new Set(asked);
  const loaded = [...facts.candidateViews(instance.uid), ...facts.viewsAround(beganAtMs)];
  const views = loaded.flatMap((view) => view.claims.get(instance.key) ?? []);
  const siblings = [...facts.instances.values()].filter(({ uid }) => uid === instance.uid);
  const recorded = facts.recordedPod(instance.uid);
  const pods = [...views, ...siblings, ...(recorded ? [{ pod: recorded }] : [])].map(({ pod }) => pod);
  const lost = facts.lostRecords.has(instance.uid) ? [DEFAULT_SECONDS] : [];
  const seconds = pods.map((pod) => graceIn(pod, instance));
  // What is evicted gets no more than the floor.
  if (facts.records.get(instance.uid as PodUid)?.ended?.reason === 'Evicted') seconds.push(FLOOR_SECONDS);
  return new Set([...seconds, ...lost, ...asked].map((each) => Math.max(each, FLOOR_SECONDS)));
}

/** A container that is stopped for failing a probe has that probe's, where it has one. */
function graceIn({ spec }: Pod, { name, stop }: Instance): number {
  const container = [...spec.containers, ...(spec.initContainers ?? [])].find((each) => each.name === name);
  switch (stop?.cause) {
    case 'startup':
    case 'liveness': {
      const probe = container?.[`${stop.cause}Probe`];
      return probe?.terminationGracePeriodSeconds ?? spec.terminationGracePeriodSeconds;
    }
    case 'restartAll':
      return FLOOR_SECONDS;
    default:
      return spec.terminationGracePeriodSeconds;
  }
}

function killedBy(facts: Facts, { name, request }: Call): Instance[] {
  const doomed = (instance: Instance): boolean => {
    if (name === 'RemoveContainer') return instance.id === request.container_id;
    return (
      (name === 'StopPodSandbox' || name === 'RemovePodSandbox') &&
      instance.sandboxId === request.pod_sandbox_id
    );
  };
  return [...facts.instances.values()].filter(
    (instance) =>
      doomed(instance) &&
      facts.isRunning(instance) &&
      instance.startedUnseen !== true &&
      (instance.stop?.failures ?? 0) < PATIENCE,
  );
}
