import type { Pod, PodUid } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { asWritten, isSameSpec } from '../as-written.ts';
import { VERSION_ANNOTATION } from '../random-pods.ts';
import type { CheckOf } from './check.ts';

const MAKING = new Set(['RunPodSandbox', 'CreateContainer', 'StartContainer']);
/** From the plan that first sees a version to its record. */
const SLACK_MS = 1_000;

/**
 * A pod is ended for good when its time is over or its disk too full, not before, and never runs again as long as its spec is the same:
 * labels and annotations revive nothing (kubelet: generateAPIPodStatus), nor do they put a deadline off (active_deadline.go).
 */
export const ended: CheckOf = (facts, violate) => {
  /** Since when each pod has the spec that it has. */
  const sinceMs = new Map<string, number>();
  return {
    onSaved(record, before) {
      const { uid, name } = record;
      const isSame = before !== undefined && isSameSpec(facts, before, record);
      // What a daemon wrote while it was killed was written at a time that nobody saw.
      if (!isSame) sinceMs.set(uid, facts.clock.monotonicMs());
      else if (!sinceMs.has(uid)) sinceMs.set(uid, Number.NEGATIVE_INFINITY);
      const isEdited = isSame && versionOf(before.pod) !== versionOf(record.pod);
      if (isSame && before.ended !== undefined && record.ended === undefined)
        violate('ended', name, 'is to run again, and its spec is the same');
      if (
        isEdited &&
        (before.changedAtMs ?? before.createdAtMs) !== (record.changedAtMs ?? record.createdAtMs)
      )
        violate('ended', name, 'has its time once more, and its spec is the same');
      if (record.ended === undefined || before?.ended !== undefined) return;
      const { activeDeadlineSeconds = Number.POSITIVE_INFINITY } = asWritten(facts, record).spec;
      const dueMs = (sinceMs.get(uid) ?? 0) + activeDeadlineSeconds * 1000 - SLACK_MS;
      const isEarly = facts.clock.monotonicMs() < dueMs && facts.jumpedAtMs === Number.NEGATIVE_INFINITY;
      if (record.ended.reason === 'DeadlineExceeded' && isEarly)
        violate('ended-early', name, 'before its deadline');
      if (record.ended.reason === 'Evicted' && !isTooFull(record))
        violate('ended-early', name, 'has room left');
    },
    onCall({ name, request, uid = '' }) {
      const record = facts.records.get(uid as PodUid);
      if (!MAKING.has(name) || record?.ended === undefined) return;
      const config = name === 'CreateContainer' ? request.sandbox_config : request.config;
      const version = config?.annotations?.[VERSION_ANNOTATION];
      if (version === undefined || version === versionOf(record.pod))
        violate('ended', name, 'for', record.name, 'which has ended');
    },
  };

  function isTooFull(record: PodRecord): boolean {
    return (asWritten(facts, record).spec.volumes ?? []).some(
      ({ name, source }) =>
        source.kind === 'emptyDir' &&
        source.sizeLimit !== undefined &&
        facts.volumes.bytesIn(record.uid, name) > Number(source.sizeLimit),
    );
  }
};

function versionOf({ metadata }: Pod): string | undefined {
  return metadata.annotations[VERSION_ANNOTATION];
}
