import { dirname } from 'node:path';
import { type Clock, type Logger, sleep } from '../base/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { ContainerStatus, PodStatus } from '../status/index.ts';
import { removePods } from './remove-pods.ts';

/** A pod of the node, as far as it matters how long it is kept. */
export interface KeptPod {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  readonly record: Pick<PodRecord, 'ended' | 'deletionStartedAtMs'> | undefined;
  readonly status: () => PodStatus | undefined;
}

export interface Retention {
  readonly nowMs: number;
  /** How long a pod stays after its end. */
  readonly forMs: number;
  /** The directory of the objects that were made through the API: files elsewhere are not ours to remove. */
  readonly directory: string;
}

/** The pods that have been over for long enough. One of which nobody knows when it ended stays. Pure. */
export function pastRetention<P extends KeptPod>(
  pods: readonly P[],
  { nowMs, forMs, directory }: Retention,
): readonly P[] {
  return pods.filter((pod) => {
    if (dirname(pod.file) !== directory || pod.record?.deletionStartedAtMs !== undefined) return false;
    const endedAtMs = endOf(pod);
    return endedAtMs !== undefined && nowMs - endedAtMs >= forMs;
  });
}

/** When the last of its containers ended, or it was ended as a whole. */
export function endOf({ record, status }: KeptPod): number | undefined {
  const told = status();
  if (told === undefined || (told.phase !== 'Succeeded' && told.phase !== 'Failed')) return undefined;
  const ends = [...(told.initContainerStatuses ?? []), ...told.containerStatuses].flatMap(endOfContainer);
  const all = [...ends, ...(record?.ended === undefined ? [] : [record.ended.atMs])];
  return all.length === 0 ? undefined : Math.max(...all);
}

function endOfContainer({ state }: ContainerStatus): readonly number[] {
  const at = 'terminated' in state ? state.terminated.finishedAt : null;
  return at === null ? [] : [Date.parse(at)];
}

export interface TerminatedPodsPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pods: () => readonly KeptPod[];
  readonly remove: (pod: KeptPod) => Promise<unknown>;
}

/** (kubelet: ContainerGCPeriod) */
const PERIOD_MS = 60_000;

const WORDS = {
  removed: 'pod deleted: it ended longer ago than terminated pods are kept',
  failed: 'terminated pod cannot be deleted',
};

/** Deletes what is past its retention, every minute until the signal. Never rejects: what cannot be deleted is tried again. */
export async function removeTerminatedPods(
  { pods, ...ports }: TerminatedPodsPorts,
  retention: Omit<Retention, 'nowMs'>,
  signal: AbortSignal,
): Promise<void> {
  const due = () => pastRetention(pods(), { ...retention, nowMs: ports.clock.nowMs() });
  await sleep(ports.clock, PERIOD_MS, signal);
  await removePods({ ...ports, due, periodMs: PERIOD_MS, words: WORDS }, signal);
}
