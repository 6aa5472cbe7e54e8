import type { PodRecord } from '../state/index.ts';

/**
 * The record of a pod that is deleted now, with a grace period in seconds or the pod's own. One that is being deleted already keeps its
 * beginning and may only be given less time (Kubernetes: rest.BeforeDelete). The same record where nothing changes.
 */
export function withDeletion(
  record: PodRecord,
  { graceSeconds, nowMs }: { readonly graceSeconds: number | undefined; readonly nowMs: number },
): PodRecord {
  const ofPod = record.pod.spec.terminationGracePeriodSeconds;
  if (record.deletionStartedAtMs === undefined)
    return { ...record, deletionStartedAtMs: nowMs, deletionGraceSeconds: graceSeconds ?? ofPod };
  const before = record.deletionGraceSeconds ?? ofPod;
  return graceSeconds === undefined || graceSeconds >= before
    ? record
    : { ...record, deletionGraceSeconds: graceSeconds };
}
