import { allContainers, type Pod, podLimits, type UsedObjects, unitsOf } from '../pod/index.ts';

/** Whose memory a volume takes. */
export interface MemoryGiven {
  readonly pod: Pod;
  readonly uses: UsedObjects;
  readonly nodeMemoryBytes: number;
}

/**
 * The size of a tmpfs of the pod: the least of the machine's memory, what the pod may use at most, and the volume's own limit
 * (kubelet: calculateEmptyDirMemorySize).
 */
export function memoryVolumeBytes(sizeLimit: string | undefined, given: MemoryGiven): number {
  const limits = [podMemoryLimit(given), unitsOf(sizeLimit)].filter((bytes) => bytes > 0n).map(Number);
  return Math.min(given.nodeMemoryBytes, ...limits);
}

/** Bytes; 0 where the pod has no limit: it says none, and one of its containers has none (kubelet: ResourceConfigForPod). */
function podMemoryLimit({ pod, uses }: MemoryGiven): bigint {
  const isLimited = hasLimit(pod.spec) || allContainers(pod).every(hasLimit);
  return isLimited ? unitsOf(podLimits(pod, pod.spec.overhead ?? uses.runtimeClass?.overhead).memory) : 0n;
}

function hasLimit({ resources }: Pick<Pod['spec'], 'resources'>): boolean {
  return unitsOf(resources?.limits?.memory) > 0n;
}
