import type { Pod, PodUid } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import { isOwnCondition, type PodStatus } from '../status/index.ts';
import type { Target } from '../targets/index.ts';
import { statusBeforeFirstPass } from './pass-status.ts';
import { keyOf, type LastPass } from './pod-worker.ts';

/** A pod as it is wanted and as it is, for whoever shows it. */
export interface NodePod {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  /** The version that is wanted; while it is being removed, the one on record. Undefined where its manifest is lost. */
  readonly pod: Pod | undefined;
  readonly record: PodRecord | undefined;
  /** What the values below are made from: as long as each part is the same, so is the status. */
  readonly basis: readonly unknown[];
  readonly status: () => PodStatus | undefined;
}

export interface NodePodInput {
  readonly target: Target;
  readonly record: PodRecord | undefined;
  readonly last: LastPass | undefined;
  readonly startedAtMs: number;
}

export function nodePod({ target, record, last, startedAtMs }: NodePodInput): NodePod {
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
