import { isJsonObject, type JsonObject } from '../base/index.ts';
import type { PodStatus } from './core-v1.ts';
import { type PodContainers, type PodWords, podWords } from './pod-words.ts';

/** The same words of a Pod as the API shows it. One without a status that can be read is told as one that nobody has looked at yet. */
export function shownPodWords({ metadata, spec, status }: JsonObject): PodWords {
  const isTerminating = isJsonObject(metadata) && metadata.deletionTimestamp !== undefined;
  return podWords(
    hasContainers(spec) ? spec : { containers: [] },
    isPodStatus(status) ? status : UNTOLD,
    isTerminating,
  );
}

const UNTOLD: PodStatus = {
  phase: 'Pending',
  conditions: [],
  containerStatuses: [],
  qosClass: 'BestEffort',
};

/** Looks at what a reader would stumble over; the rest is as `podStatus` makes it. */
function isPodStatus(value: unknown): value is PodStatus {
  if (!isJsonObject(value) || typeof value.phase !== 'string') return false;
  const { conditions, containerStatuses, initContainerStatuses = [] } = value;
  return (
    Array.isArray(conditions) &&
    conditions.every(isJsonObject) &&
    [containerStatuses, initContainerStatuses].every(
      (statuses) => Array.isArray(statuses) && statuses.every(isContainerStatus),
    )
  );
}

function isContainerStatus(value: unknown): boolean {
  if (!isJsonObject(value) || !isJsonObject(value.state)) return false;
  const { waiting, running, terminated } = value.state;
  return [waiting, running, terminated].some(isJsonObject);
}

function hasContainers(value: unknown): value is PodContainers {
  if (!isJsonObject(value)) return false;
  const { containers, initContainers = [] } = value;
  return Array.isArray(containers) && Array.isArray(initContainers) && initContainers.every(isJsonObject);
}
