import {
  allContainers,
  containersTogether,
  type NodeFacts,
  type Pod,
  qosClass,
  unitsOf,
} from '../pod/index.ts';
import type { Subject } from './subject.ts';

const GUARANTEED = -997;
const BEST_EFFORT = 1000;
/** Burstable containers go after Guaranteed ones, whatever they ask for, and before BestEffort ones. */
const BURSTABLE_MIN = 1000 + GUARANTEED;
const BURSTABLE_MAX = BEST_EFFORT - 1;

/** Who is ended first when the machine runs out of memory (kubelet: qos.GetContainerOOMScoreAdjust). */
export function oomScoreAdj({ pod, container }: Subject, { memoryBytes }: NodeFacts): number {
  if (pod.spec.priorityClassName === 'system-node-critical') return GUARANTEED;
  const qos = qosClass(pod);
  if (qos !== 'Burstable') return qos === 'Guaranteed' ? GUARANTEED : BEST_EFFORT;
  const request = unitsOf(container.resources?.requests?.memory) + leftOver(pod);
  const capacity = BigInt(Math.max(1, Math.trunc(memoryBytes)));
  const score = 1000 - Number((1000n * request) / capacity);
  return Math.min(Math.max(score, BURSTABLE_MIN), BURSTABLE_MAX);
}

/** What the pod asks for beyond its containers is shared equally. */
function leftOver(pod: Pod): bigint {
  const ofPod = unitsOf(pod.spec.resources?.requests?.memory);
  const rest = ofPod - unitsOf(containersTogether(pod, 'requests').memory);
  return rest > 0n ? rest / BigInt(allContainers(pod).length) : 0n;
}
