import type { Pod, ResourceList, ResourceRequirements } from './pod.ts';
import type { QosClass } from './pod-cgroup.ts';
import { formatQuantity, parseQuantity, type Quantity } from './quantity.ts';

/** Only these two decide the class. */
const COMPUTE = ['cpu', 'memory'];

/**
 * Whose memory goes first when it runs out (core/v1 helper: qos.ComputePodQOS). Guaranteed pods limit everything to what they request,
 * BestEffort ones request nothing. Pod-level resources, where they are set, decide alone.
 */
export function qosClass({ spec }: Pod): QosClass {
  const asked =
    spec.resources === undefined ? spec.containers.map(({ resources }) => resources) : [spec.resources];
  const requests = sumOf(asked.map((each) => computeOf(each?.requests)));
  const limits = sumOf(asked.map((each) => computeOf(each?.limits)));
  if (Object.keys(requests).length + Object.keys(limits).length === 0) return 'BestEffort';
  const limited = asked.every((each) => COMPUTE.every((name) => name in computeOf(each?.limits)));
  return limited && COMPUTE.every((name) => sameAmount(requests[name], limits[name]))
    ? 'Guaranteed'
    : 'Burstable';
}

/**
 * What the pod asks for: the sum of its containers', pod-level requests in place of it, and its overhead (component-helpers:
 * resource.PodRequests). `overhead` is what a RuntimeClass adds to a pod that names none; `{}` leaves it out.
 */
export function podRequests({ spec }: Pod, overhead: ResourceList = spec.overhead ?? {}): ResourceList {
  return sumOf([{ ...sumOfContainers(spec.containers, 'requests'), ...spec.resources?.requests }, overhead]);
}

/** What the pod may have. Overhead is added only to what has a limit (component-helpers: resource.PodLimits). */
export function podLimits({ spec }: Pod, overhead: ResourceList = spec.overhead ?? {}): ResourceList {
  const limits = { ...sumOfContainers(spec.containers, 'limits'), ...spec.resources?.limits };
  return sumOf([limits, pick(overhead, (name) => name in limits)]);
}

/** What the containers ask for together, whatever the pod itself says. */
export function sumOfContainers(
  containers: Pod['spec']['containers'],
  what: keyof ResourceRequirements,
): ResourceList {
  return sumOf(containers.map(({ resources }) => resources?.[what] ?? {}));
}

function computeOf(list: ResourceList = {}): ResourceList {
  return pick(list, (name, text) => COMPUTE.includes(name) && (parseQuantity(text)?.nanos ?? 0n) > 0n);
}

/** One amount may be written in more than one way. */
function sameAmount(a = '0', b = '0'): boolean {
  return parseQuantity(a)?.nanos === parseQuantity(b)?.nanos;
}

function pick(list: ResourceList, keep: (name: string, text: string) => boolean): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([name, text]) => keep(name, text)));
}

function sumOf(lists: readonly ResourceList[]): ResourceList {
  const sums = new Map<string, Quantity>();
  for (const [name, text] of lists.flatMap((list) => Object.entries(list))) {
    const value = parseQuantity(text);
    if (value === undefined) continue;
    const sum = sums.get(name);
    sums.set(name, sum === undefined ? value : { ...sum, nanos: sum.nanos + value.nanos });
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, formatQuantity(sum)]));
}
