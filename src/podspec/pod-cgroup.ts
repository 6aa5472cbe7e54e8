import {
  allContainers,
  milliOf,
  type Pod,
  type PodCgroup,
  type PodUid,
  podLimits,
  podRequests,
  type QosClass,
  qosClass,
  type ResourceList,
  type ResourceRequirements,
  unitsOf,
} from '../pod/index.ts';
import { hugepageBytes } from './hugepages.ts';
import { cpuQuotaUs, cpuShares, QUOTA_PERIOD_US } from './linux-resources.ts';
import type { Place } from './place.ts';
import { overheadOf } from './runtime-class.ts';

const CLASS_PATHS: Readonly<Record<QosClass, string>> = {
  Guaranteed: '/kubepods',
  Burstable: '/kubepods/burstable',
  BestEffort: '/kubepods/besteffort',
};

/**
 * Whether pods have cgroups of their own: this daemon must reach the machine's tree, and the runtime must take plain paths in it.
 * systemd keeps its part of the tree to itself, and of a runtime that does not tell its driver nothing is assumed.
 */
export function hasPodCgroups({ node, runtime }: Place): boolean {
  return node.cgroups.shared && runtime.cgroupDriver === 'cgroupfs';
}

/** The pod's own cgroup (kubelet: GetPodContainerName, ResourceConfigForPod); undefined where it has none. */
export function podCgroup(pod: Pod, uid: PodUid, place: Place): PodCgroup | undefined {
  if (!hasPodCgroups(place)) return undefined;
  const qos = qosClass(pod);
  const overhead = overheadOf(pod, place.uses);
  const requests = podRequests(pod, overhead);
  const hugepages = hugepageBytes(requests);
  const sizes = place.node.hugepageSizes.map((size) => [size, Number(hugepages.get(size) ?? 0n)] as const);
  return {
    path: `${CLASS_PATHS[qos]}/pod${uid}`,
    qos,
    cpuShares: Number(cpuShares(qos === 'BestEffort' ? 0n : milliOf(requests.cpu))),
    ...(qos !== 'BestEffort' && ceilings(pod, podLimits(pod, overhead))),
    ...(sizes.length > 0 && { hugepageLimits: Object.fromEntries(sizes) }),
  };
}

/** The sum of limits is a limit only where every container has one, or the pod itself. */
function ceilings(
  pod: Pod,
  limits: ResourceList,
): Pick<PodCgroup, 'cpuQuotaUs' | 'cpuPeriodUs' | 'memoryLimitBytes'> {
  const isLimited = (name: string): boolean =>
    has(pod.spec.resources, name) || allContainers(pod).every(({ resources }) => has(resources, name));
  return {
    ...(isLimited('cpu') && {
      cpuQuotaUs: Number(cpuQuotaUs(milliOf(limits.cpu))),
      cpuPeriodUs: Number(QUOTA_PERIOD_US),
    }),
    ...(isLimited('memory') && { memoryLimitBytes: Number(unitsOf(limits.memory)) }),
  };
}

function has(resources: ResourceRequirements | undefined, limit: string): boolean {
  return milliOf(resources?.limits?.[limit]) > 0n;
}
