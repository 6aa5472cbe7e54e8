import type { Pod, PodUid } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { VERSION_ANNOTATION } from '../random-pods.ts';
import type { CheckOf } from './check.ts';

const MAKING = new Set(['RunPodSandbox', 'CreateContainer', 'StartContainer']);
/** From the plan that first sees a version to its record. */
const SLACK_MS = 1_000;

/** A pod is ended for good when its time is over or its disk too full, not before, and that version of it never runs again. */
export const ended: CheckOf = (facts, violate) => {
  const firstSavedAtMs = new Map<string, number>();
  return {
    onSaved(record, before) {
      const version = versionOf(record.pod);
      const key = `${record.uid} ${version}`;
      // What a daemon wrote while it was killed was written at a time that nobody saw.
      const isSeen = before === undefined || versionOf(before.pod) !== version;
      if (!firstSavedAtMs.has(key))
        firstSavedAtMs.set(key, isSeen ? facts.clock.monotonicMs() : Number.NEGATIVE_INFINITY);
      if (before?.ended !== undefined && record.ended === undefined && versionOf(before.pod) === version)
        violate('ended', record.name, 'is to run again, and its manifest is the same');
      if (record.ended === undefined || before?.ended !== undefined) return;
      const { activeDeadlineSeconds = Number.POSITIVE_INFINITY } = asWritten(record).spec;
      const dueMs = (firstSavedAtMs.get(key) ?? 0) + activeDeadlineSeconds * 1000 - SLACK_MS;
      const isEarly = facts.clock.monotonicMs() < dueMs && facts.jumpedAtMs === Number.NEGATIVE_INFINITY;
      if (record.ended.reason === 'DeadlineExceeded' && isEarly)
        violate('ended-early', record.name, 'before its deadline');
      if (record.ended.reason === 'Evicted' && !isTooFull(record))
        violate('ended-early', record.name, 'has room left');
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

  /** The manifest, whatever the daemon made of it. */
  function asWritten({ pod }: PodRecord): Pod {
    return facts.versions.of(pod.metadata.annotations) ?? pod;
  }

  function isTooFull(record: PodRecord): boolean {
    return (asWritten(record).spec.volumes ?? []).some(
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
