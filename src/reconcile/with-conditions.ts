import { type JsonObject, textAt } from '../base/index.ts';
import type { GivenCondition, PodRecord } from '../state/index.ts';
import { isOwnCondition, timestamp } from '../status/index.ts';

/**
 * The record with these conditions in place of those that others gave before: what is the kubelet's own, or has no type, is left out. One
 * that changes its status without saying when does so now. The same record where nothing changes.
 */
export function withConditions(
  record: PodRecord,
  { given, nowMs }: { readonly given: readonly JsonObject[]; readonly nowMs: number },
): PodRecord {
  const byType = new Map(
    given
      .map((each) => conditionOf(each, record.conditions ?? [], nowMs))
      .filter(({ type }) => type !== '' && !isOwnCondition(type))
      .map((each) => [each.type, each]),
  );
  const conditions = [...byType.values()];
  if (JSON.stringify(conditions) === JSON.stringify(record.conditions ?? [])) return record;
  return { ...record, conditions };
}

function conditionOf(given: JsonObject, before: readonly GivenCondition[], nowMs: number): GivenCondition {
  const [type, status] = [textAt(given, 'type'), textAt(given, 'status')];
  const known = before.find((each) => each.type === type);
  const changedAt = known?.status === status ? known.lastTransitionTime : timestamp(nowMs);
  const [reason, message] = [textAt(given, 'reason'), textAt(given, 'message')];
  return {
    ...{ type, status },
    lastProbeTime: textAt(given, 'lastProbeTime') || null,
    lastTransitionTime: textAt(given, 'lastTransitionTime') || changedAt,
    ...(reason !== '' && { reason }),
    ...(message !== '' && { message }),
  };
}
