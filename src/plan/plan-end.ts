import { unitsOf } from '../pod/index.ts';
import type { PodEnd, PodRecord } from '../state/index.ts';
import type { Action, Plan } from './actions.ts';
import type { PlanInputFor } from './plan-input.ts';
import { planStops } from './plan-stops.ts';
import { isAlive } from './survey.ts';

type RunInput = PlanInputFor<'run'>;

/** An evicted pod gets no more than the shortest grace period (kubelet: immediateEvictionGracePeriodSeconds). */
const EVICTION_GRACE_SECONDS = 1;

/** Whether this version of the pod is over for good, or when it will be (wall clock). Undefined where it has no end. */
export function endOf(
  { target: { pod }, observed, nowMs }: RunInput,
  record: PodRecord,
): { readonly ended: PodEnd } | { readonly ended?: undefined; readonly atMs: number } | undefined {
  if (record.ended !== undefined) return { ended: record.ended };
  for (const { name, source } of pod.spec.volumes ?? []) {
    const used = observed.volumeUsage.get(name);
    if (source.kind !== 'emptyDir' || source.sizeLimit === undefined || used === undefined) continue;
    if (BigInt(used) > unitsOf(source.sizeLimit)) {
      const message = `Usage of EmptyDir volume "${name}" exceeds the limit "${source.sizeLimit}". `;
      return { ended: { reason: 'Evicted', message, atMs: nowMs } };
    }
  }
  const { activeDeadlineSeconds } = pod.spec;
  if (activeDeadlineSeconds === undefined) return undefined;
  const atMs = (record.changedAtMs ?? record.createdAtMs) + activeDeadlineSeconds * 1000;
  if (nowMs < atMs) return { atMs };
  const message = 'Pod was active on the node longer than the specified deadline';
  return { ended: { reason: 'DeadlineExceeded', message, atMs: nowMs } };
}

/** What an evicted pod has on disk goes before another version of it begins: it would be evicted for the same. */
export function isToBeCleared({ record, prepared }: RunInput): boolean {
  return record?.ended?.reason === 'Evicted' && prepared.cleared !== true;
}

/**
 * The end is recorded before its first step; then everything is stopped, the sandbox given back, and of an evicted pod the disk, too
 * (kubelet: volumes of terminated pods are torn down). Dead containers stay.
 */
export function planEnded(input: RunInput, record: PodRecord): Plan {
  const { target, observed, prepared } = input;
  const alive = observed.containers.filter(isAlive);
  const isEviction = record.ended?.reason === 'Evicted';
  if (alive.length > 0) {
    const { terminationGracePeriodSeconds } = target.pod.spec;
    const graceSeconds = isEviction ? EVICTION_GRACE_SECONDS : terminationGracePeriodSeconds;
    const stops = alive.map((instance) => ({ instance }));
    return planStops(stops, { pod: target.pod, record, graceSeconds }, input);
  }
  const saving: Action[] =
    input.record?.ended === undefined || input.record.file !== record.file
      ? [{ type: 'save-record', record }]
      : [];
  const live = observed.sandboxes.filter(({ state }) => state === 'ready');
  return {
    actions: [
      ...saving,
      ...live.map(({ id }): Action => ({ type: 'stop-sandbox', id })),
      ...(isEviction && !prepared.cleared
        ? [{ type: 'tear-down-volumes', uid: target.uid, why: 'the pod was evicted' } as const]
        : []),
    ],
    waits: [],
  };
}
