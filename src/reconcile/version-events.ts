import { type PodEvent, sameVersion } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';

/** What a record says of the pod's versions for the first time: that another one is in force, or that it was given up. */
export function eventsOfVersion(
  before: PodRecord | undefined,
  { pod, rejected }: PodRecord,
): readonly Pick<PodEvent, 'type' | 'reason' | 'message'>[] {
  if (before === undefined || sameVersion(before.pod, pod)) return [];
  return rejected === undefined
    ? [{ type: 'Normal', reason: 'Updating', message: 'the version that the manifest has now is taken up' }]
    : [{ type: 'Warning', reason: 'RolledBack', message: rejected.message }];
}
