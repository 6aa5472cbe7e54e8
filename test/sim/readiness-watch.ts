import { unreadySinceMs } from './readiness.ts';
import type { World } from './world.ts';

/** A look at the runtime, a pass, and time to spare: later than that a status is wrong. */
const LAG_MS = 10_000;

/** A report of all pods costs something: it is asked for no more often. */
const EVERY_MS = 4_000;

/** A watch that looks when it is asked to, now and then. */
export function readinessWatch(world: World): () => void {
  let nextMs = 0;
  return () => {
    const nowMs = world.clock.monotonicMs();
    if (nowMs < nextMs) return;
    nextMs = nowMs + EVERY_MS;
    watchReadiness(world);
  };
}

/** Holds what the daemon says of its pods against what they are: none is Ready while a container of it is not. */
function watchReadiness({ daemon, clock, facts, safety }: World): void {
  for (const { uid, name, conditions } of daemon?.reconciler.report().pods ?? []) {
    const record = facts.records.get(uid);
    const isSaid = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    const sinceMs = isSaid && record !== undefined ? unreadySinceMs(facts, record) : undefined;
    // What slowed the daemon down may excuse it.
    const excusedMs = Math.max(facts.disturbedAtMs, facts.daemonStartedMs) + LAG_MS;
    if (sinceMs !== undefined && clock.monotonicMs() > Math.max(sinceMs + LAG_MS, excusedMs))
      safety.violate('ready', name, 'is said to be Ready and is not');
  }
}
