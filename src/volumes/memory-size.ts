import { type Pod, type ResourceRequirements, unitsOf } from '../pod/index.ts';

/**
 * The size of a tmpfs of the pod: the least of the machine's memory, what the pod may use at most, and the volume's own limit
 * (kubelet: calculateEmptyDirMemorySize).
 */
export function memoryVolumeBytes(pod: Pod, nodeMemoryBytes: number, sizeLimit: string | undefined): number {
  const limits = [podMemoryLimit(pod), unitsOf(sizeLimit)].filter((bytes) => bytes > 0n).map(Number);
  return Math.min(nodeMemoryBytes, ...limits);
}

/** Bytes; 0 where the pod has no limit: it says none, and one of its containers has none (kubelet: ResourceConfigForPod). */
function podMemoryLimit(pod: Pod): bigint {
  const own = memoryLimit(pod.spec.resources);
  const each = pod.spec.containers.map(({ resources }) => memoryLimit(resources));
  const sum = each.includes(0n) ? 0n : each.reduce((total, limit) => total + limit, 0n);
  const limit = own > 0n ? own : sum;
  return limit > 0n ? limit + unitsOf(pod.spec.overhead?.memory) : 0n;
}

function memoryLimit(resources: ResourceRequirements | undefined): bigint {
  return unitsOf(resources?.limits?.memory);
}
