import {
  allContainers,
  type Container,
  type Pod,
  type PodSpec,
  type ResourceList,
  type ResourceRequirements,
} from './pod.ts';
import type { QosClass } from './pod-cgroup.ts';
import { formatQuantity, parseQuantity, type Quantity } from './quantity.ts';

/** Only these two decide the class. */
const COMPUTE = ['cpu', 'memory'];

/**
 * Whose memory goes first when it runs out (core/v1 helper: qos.ComputePodQOS). Guaranteed pods limit everything to what they request,
 * BestEffort ones request nothing. Pod-level resources, where they are set, decide alone.
 */
export function qosClass(pod: Pod): QosClass {
  const { resources } = pod.spec;
  const asked = resources === undefined ? allContainers(pod).map((each) => each.resources) : [resources];
  const requests = sumOf(asked.map((each) => computeOf(each?.requests)));
  const limits = sumOf(asked.map((each) => computeOf(each?.limits)));
  if (Object.keys(requests).length + Object.keys(limits).length === 0) return 'BestEffort';
  const limited = asked.every((each) => COMPUTE.every((name) => name in computeOf(each?.limits)));
  return limited && COMPUTE.every((name) => amountOf(requests[name]) === amountOf(limits[name]))
    ? 'Guaranteed'
    : 'Burstable';
}

/**
 * What the pod asks for: that of its containers, pod-level requests in place of it, and its overhead (component-helpers:
 * resource.PodRequests). `overhead` is what a RuntimeClass adds to a pod that names none; `{}` leaves it out.
 */
export function podRequests(pod: Pod, overhead: ResourceList = pod.spec.overhead ?? {}): ResourceList {
  return sumOf([{ ...containersTogether(pod, 'requests'), ...pod.spec.resources?.requests }, overhead]);
}

/** What the pod may have. Overhead is added only to what has a limit (component-helpers: resource.PodLimits). */
export function podLimits(pod: Pod, overhead: ResourceList = pod.spec.overhead ?? {}): ResourceList {
  const limits = { ...containersTogether(pod, 'limits'), ...pod.spec.resources?.limits };
  return sumOf([limits, pick(overhead, (name) => name in limits)]);
}

/**
 * What the containers come to, whatever the pod itself says: the sum of those that run side by side, sidecars among them, or the most
 * that one init container takes together with the sidecars that began before it (component-helpers: AggregateContainerRequests).
 */
export function containersTogether(
  { spec }: { readonly spec: Pick<PodSpec, 'containers' | 'initContainers'> },
  what: keyof ResourceRequirements,
): ResourceList {
  const ofEach = (container: Container): ResourceList => container.resources?.[what] ?? {};
  let sidecars: ResourceList = {};
  let alone: ResourceList = {};
  for (const container of spec.initContainers ?? []) {
    const together = sumOf([sidecars, ofEach(container)]);
    if (container.restartPolicy === 'Always') sidecars = together;
    else alone = most(alone, together);
  }
  return most(sumOf([sidecars, ...spec.containers.map(ofEach)]), alone);
}

function most(a: ResourceList, b: ResourceList): ResourceList {
  return { ...a, ...pick(b, (name, text) => amountOf(text) > amountOf(a[name])) };
}

function computeOf(list: ResourceList = {}): ResourceList {
  return pick(list, (name, text) => COMPUTE.includes(name) && amountOf(text) > 0n);
}

/** One amount may be written in more than one way. */
function amountOf(text = '0'): bigint {
  return parseQuantity(text)?.nanos ?? 0n;
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
