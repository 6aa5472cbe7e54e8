import type { PodRecord } from '../state/index.ts';
import { isOwnCondition, type PodStatus } from '../status/index.ts';
import type { PodView } from '../store/index.ts';
import type { Target } from '../targets/index.ts';
import { statusBeforeFirstPass } from './pass-status.ts';
import { keyOf, type LastPass } from './pod-worker.ts';

export interface NodePodInput {
  readonly target: Target;
  readonly record: PodRecord | undefined;
  readonly last: LastPass | undefined;
  readonly startedAtMs: number;
}

/** A pod as it is wanted and as it is, for whoever shows it. */
export function nodePod({ target, record, last, startedAtMs }: NodePodInput): PodView {
  const [namespace = '', name = ''] = keyOf(target).split('/');
  const pod = target.kind === 'run' ? target.pod : record?.pod;
  const isLost = pod?.spec.containers.length === 0;
  return {
    ...{ uid: target.uid, namespace, name, file: target.file, record },
    pod: isLost ? undefined : pod,
    basis: [target.kind, target.file, pod, record, last?.told],
    status: () => {
      const sinceMs = record?.createdAtMs ?? startedAtMs;
      const told = last?.told ?? statusBeforeFirstPass(target, record, sinceMs);
      return told && withGiven(told.status, record);
    },
  };
}

/** What others say of the pod is shown when it is on record; what follows from it is for the next pass to tell. */
function withGiven(status: PodStatus, record: PodRecord | undefined): PodStatus {
  const own = status.conditions.filter(({ type }) => isOwnCondition(type));
  return { ...status, conditions: [...(record?.conditions ?? []), ...own] };
}
