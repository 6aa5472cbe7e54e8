import { dirname } from 'node:path';
import type { Clock, Logger } from '../base/index.ts';
import { type Pod, wishesOf } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import { removePods } from './remove-pods.ts';
import { endOf, type KeptPod } from './terminated-pods.ts';

/** The pods that requests wait for, by their uids. */
export class AttendedRuns {
  readonly #uids = new Set<string>();

  /** The answer tells that nobody waits for it any more. */
  attend(uid: string): () => void {
    this.#uids.add(uid);
    return () => void this.#uids.delete(uid);
  }

  has(uid: string): boolean {
    return this.#uids.has(uid);
  }
}

export interface OneShotPod extends KeptPod {
  readonly pod: Pod | undefined;
  readonly record: (NonNullable<KeptPod['record']> & Partial<Pick<PodRecord, 'createdAtMs'>>) | undefined;
}

interface Attendance {
  readonly nowMs: number;
  /** The directory of the objects that were made through the API: files elsewhere are not ours to remove. */
  readonly directory: string;
  readonly attended: Pick<AttendedRuns, 'has'>;
}

/** Who made a pod for one run and has not fetched its end by now will not come any more. */
const CLIENT_PATIENCE_MS = 60_000;
/** No client waits longer for its container to run (cli/commands/run-command.ts: --timeout). */
const LONGEST_START_MS = 3_600_000;

/** The pods of single runs whose time is over: nobody waits for them. Pure. */
export function forsakenPods<P extends OneShotPod>(
  pods: readonly P[],
  { nowMs, directory, attended }: Attendance,
): readonly P[] {
  return pods.filter((each) => {
    if (dirname(each.file) !== directory || each.record?.deletionStartedAtMs !== undefined) return false;
    switch (each.pod && wishesOf(each.pod).oneShot) {
      case 'request':
        return !attended.has(each.uid);
      case 'client':
        return isOver(each)
          ? nowMs - (endOf(each) ?? 0) >= CLIENT_PATIENCE_MS
          : neverRan(each) &&
              nowMs - (each.record?.createdAtMs ?? nowMs) >= LONGEST_START_MS + CLIENT_PATIENCE_MS;
      default:
        return false;
    }
  });
}

/** An end that nobody saw was long ago. */
function isOver({ status }: OneShotPod): boolean {
  const phase = status()?.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Its image cannot be had: who waited for that may have been killed, and it would be tried for ever. */
function neverRan({ status }: OneShotPod): boolean {
  return status()?.phase === 'Pending';
}

export interface OneShotPodsPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pods: () => readonly OneShotPod[];
  readonly remove: (pod: OneShotPod) => Promise<unknown>;
}

const PERIOD_MS = 10_000;

const WORDS = {
  removed: 'pod deleted: nobody waits for its run any more',
  failed: 'pod of a run cannot be deleted',
};

/** Deletes what nobody waits for: at once what an earlier daemon has left, then every ten seconds until the signal. Never rejects. */
export function removeOneShotPods(
  { pods, ...ports }: OneShotPodsPorts,
  given: Omit<Attendance, 'nowMs'>,
  signal: AbortSignal,
): Promise<void> {
  const due = () => forsakenPods(pods(), { ...given, nowMs: ports.clock.nowMs() });
  return removePods({ ...ports, due, periodMs: PERIOD_MS, words: WORDS }, signal);
}
