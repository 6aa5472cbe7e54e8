import { dirname } from 'node:path';
import { ApiFailure } from '../apimachinery/index.ts';
import { type Clock, type Logger, messageOf, sleep } from '../base/index.ts';
import { type Pod, wishesOf } from '../pod/index.ts';
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
}

interface Attendance {
  readonly nowMs: number;
  /** The directory of the objects that were made through the API: files elsewhere are not ours to remove. */
  readonly directory: string;
  readonly attended: Pick<AttendedRuns, 'has'>;
}

/** Who made a pod for one run and has not fetched its end by now will not come any more. */
const CLIENT_PATIENCE_MS = 60_000;

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
        return isOver(each) && nowMs - (endOf(each) ?? 0) >= CLIENT_PATIENCE_MS;
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

export interface OneShotPodsPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pods: () => readonly OneShotPod[];
  readonly remove: (pod: OneShotPod) => Promise<unknown>;
}

const PERIOD_MS = 10_000;

/**
 * Deletes what nobody waits for: at once what an earlier daemon has left, then every ten seconds until the signal. Never rejects: what
 * cannot be deleted is tried again.
 */
export async function removeOneShotPods(
  { clock, logger, pods, remove }: OneShotPodsPorts,
  given: Omit<Attendance, 'nowMs'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const forsaken = (): readonly OneShotPod[] => forsakenPods(pods(), { ...given, nowMs: clock.nowMs() });
    for (const pod of forsaken()) {
      // While one was removed another may have taken the name of the next.
      if (signal.aborted || !forsaken().some(({ uid }) => uid === pod.uid)) continue;
      const facts = { pod: `${pod.namespace}/${pod.name}` };
      try {
        await remove(pod);
        logger.info(facts, 'pod deleted: nobody waits for its run any more');
      } catch (error) {
        // Its request has deleted it meanwhile.
        if (error instanceof ApiFailure && error.reason === 'NotFound') continue;
        logger.warn({ ...facts, err: messageOf(error) }, 'pod of a run cannot be deleted');
      }
    }
    await sleep(clock, PERIOD_MS, signal);
  }
}
