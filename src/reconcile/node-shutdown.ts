import type { PodKey, PodUid } from '../pod/index.ts';
import type { Shutdown, Target } from '../targets/index.ts';
import { keyOf } from './pod-worker.ts';
import type { Snapshot } from './snapshot.ts';

/** What of the period is kept for clearing up after the last pods, at the most. */
const CLEARING_MS = 2_000;

/** The shutdown of a node that is to be over within `periodMs`. */
export function shutdownWithin(periodMs: number, nowMs: number): Shutdown {
  return { startedAtMs: nowMs, forMs: periodMs - Math.min(periodMs / 10, CLEARING_MS) };
}

/** Whether the targets were found since the shutdown began. */
export function isHalted(targets: ReadonlyMap<PodUid, Target>): boolean {
  return [...targets.values()].every(({ kind }) => kind === 'halt' || kind === 'remove');
}

/** Pods that something of runs, as far as was seen, or that are not removed yet. */
export function notStopped(
  targets: ReadonlyMap<PodUid, Target>,
  { own }: Pick<Snapshot, 'own'>,
): readonly PodKey[] {
  const live = new Set(own.filter(({ state }) => state === 'ready').map(({ uid }) => uid));
  return [...targets.values()].filter(({ kind, uid }) => kind === 'remove' || live.has(uid)).map(keyOf);
}
