import type { HugepageLimit, Int64, LinuxContainerResources } from '../cri/index.ts';
import {
  milliOf,
  type NodeFacts,
  type Pod,
  podLimits,
  podRequests,
  type ResourceList,
  unitsOf,
} from '../pod/index.ts';
import { hugepageBytes } from './hugepages.ts';
import { oomScoreAdj } from './oom-score.ts';
import type { Place } from './place.ts';
import { overheadOf } from './runtime-class.ts';
import type { Subject } from './subject.ts';

/** kubelet: cm/helpers_linux.go. */
const SHARES_MIN = 2n;
const SHARES_MAX = 262_144n;
const SHARES_PER_CPU = 1024n;
const QUOTA_MIN_US = 1000n;
export const QUOTA_PERIOD_US = 100_000n;

const INT64_MAX = 2n ** 63n - 1n;

/** What one container gets of the machine (kubelet: generateLinuxContainerResources). */
export function containerResources(subject: Subject, { node }: Place): LinuxContainerResources {
  const { pod, container } = subject;
  const { limits = {}, requests = {} } = container.resources ?? {};
  const ofPod = pod.spec.resources?.limits ?? {};
  const share = computeResources(node, {
    cpuRequest: requests.cpu,
    cpuLimit: set(limits.cpu) ?? ofPod.cpu,
    memoryLimit: set(limits.memory) ?? ofPod.memory,
  });
  const hugepages = hugepageLimits(limits, node);
  return withoutSwap(
    {
      ...share,
      oom_score_adj: oomScoreAdj(subject, node),
      ...(hugepages.length > 0 && { hugepage_limits: hugepages }),
    },
    node,
  );
}

/** What the whole pod gets, without its overhead (kubelet: calculateSandboxResources). */
export function sandboxResources(pod: Pod, { node }: Place): LinuxContainerResources {
  const limits = podLimits(pod, {});
  return computeResources(node, {
    cpuRequest: podRequests(pod, {}).cpu,
    cpuLimit: limits.cpu,
    memoryLimit: limits.memory,
  });
}

/** What running the pod costs beside its containers; undefined where nobody says (kubelet: convertOverheadToLinuxResources). */
export function sandboxOverhead(pod: Pod, { node, uses }: Place): LinuxContainerResources | undefined {
  const overhead = overheadOf(pod, uses);
  if (overhead === undefined) return undefined;
  return computeResources(node, {
    cpuRequest: overhead.cpu,
    cpuLimit: overhead.cpu,
    memoryLimit: overhead.memory,
  });
}

/** Weight of so many thousandths of a CPU. */
export function cpuShares(milli: bigint): bigint {
  const shares = (milli * SHARES_PER_CPU) / 1000n;
  return shares < SHARES_MIN ? SHARES_MIN : shares > SHARES_MAX ? SHARES_MAX : shares;
}

/** Microseconds of each period; 0 is no limit. */
export function cpuQuotaUs(milli: bigint): bigint {
  const quota = (milli * QUOTA_PERIOD_US) / 1000n;
  return milli === 0n || quota >= QUOTA_MIN_US ? quota : QUOTA_MIN_US;
}

interface Compute {
  readonly cpuRequest: string | undefined;
  readonly cpuLimit: string | undefined;
  readonly memoryLimit: string | undefined;
}

/** kubelet: calculateLinuxResources. Without a request the limit counts as one. */
function computeResources(node: NodeFacts, asked: Compute): LinuxContainerResources {
  const quota = cpuQuotaUs(milliOf(asked.cpuLimit));
  const memory = unitsOf(asked.memoryLimit);
  return {
    cpu_period: int64(QUOTA_PERIOD_US),
    cpu_shares: int64(cpuShares(milliOf(asked.cpuRequest ?? asked.cpuLimit))),
    ...(quota !== 0n && { cpu_quota: int64(quota) }),
    ...(memory !== 0n && { memory_limit_in_bytes: int64(memory) }),
    // A container that has no memory left is ended as a whole.
    ...(node.cgroups.version === 2 && { unified: { 'memory.oom.group': '1' } }),
  };
}

/** Pods from files never swap (kubelet: ConfigureNoSwap; every static pod is critical). */
function withoutSwap(resources: LinuxContainerResources, { cgroups }: NodeFacts): LinuxContainerResources {
  if (!cgroups.swap) return resources;
  if (cgroups.version === 2)
    return { ...resources, unified: { ...resources.unified, 'memory.swap.max': '0' } };
  const limit = resources.memory_limit_in_bytes;
  return limit === undefined ? resources : { ...resources, memory_swap_limit_in_bytes: limit };
}

/** One for every page size the machine has: what is not asked for is forbidden. */
function hugepageLimits(limits: ResourceList, node: NodeFacts): HugepageLimit[] {
  const asked = hugepageBytes(limits);
  return node.hugepageSizes.map((size) => ({ page_size: size, limit: int64(asked.get(size) ?? 0n) }));
}

/** A limit of zero is none. */
function set(limit: string | undefined): string | undefined {
  return limit === undefined || limit === '0' ? undefined : limit;
}

/** As a number where it is exact. What does not fit is no limit that anybody could reach. */
function int64(value: bigint): Int64 {
  if (value <= Number.MAX_SAFE_INTEGER) return Number(value);
  return String(value < INT64_MAX ? value : INT64_MAX);
}
