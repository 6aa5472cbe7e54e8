import { isIPv6 } from 'node:net';
import { allContainers, type Pod, type QosClass, qosClass } from '../pod/index.ts';
import { containerStatus } from './container-status.ts';
import { type ContainerStatus, type PodPhase, type PodStatus, timestamp } from './core-v1.ts';
import { podConditions, readyFinding } from './pod-conditions.ts';
import { podPhase, type Statuses } from './pod-phase.ts';
import type { PodStatusInput } from './status-input.ts';

/** A pod's core/v1 PodStatus, as its kubelet would tell it (kubelet: generateAPIPodStatus). Pure. */
export function podStatus(input: PodStatusInput): PodStatus {
  const { pod, record, hostIPs } = input;
  const statuses = statusesOf(input);
  const phase = podPhase(statuses, input);
  const podIPs = podIPsOf(input);
  const initContainers = pod.spec.initContainers ?? [];
  return {
    phase,
    conditions: podConditions(outcome(phase, input), statuses, input),
    ...(phase === 'Failed' &&
      record?.ended && { reason: record.ended.reason, message: record.ended.message }),
    ...addresses('host', hostIPs),
    ...addresses('pod', podIPs),
    ...(record && { startTime: timestamp(record.changedAtMs ?? record.createdAtMs) }),
    ...(initContainers.length > 0 && { initContainerStatuses: inOrder(initContainers, statuses) }),
    containerStatuses: [...inOrder(pod.spec.containers, statuses)].sort(byName),
    ...ephemeralStatuses(input),
    qosClass: qosOf(pod),
  };
}

/** What is about to end counts as ended where readiness is asked for (kubelet: generateAPIPodStatus). */
function outcome(phase: PodPhase, { record }: PodStatusInput): PodPhase {
  return record?.ended === undefined ? phase : 'Failed';
}

/** (kubelet: prober_manager UpdatePodStatus passes them over) */
function ephemeralStatuses(input: PodStatusInput): Pick<PodStatus, 'ephemeralContainerStatuses'> {
  const { ephemeralContainers } = input.pod.spec;
  if (ephemeralContainers === undefined) return {};
  const ephemeralContainerStatuses = ephemeralContainers.map((container) => {
    const { started: _, ...status } = containerStatus(container, input);
    return { ...status, ready: false };
  });
  return { ephemeralContainerStatuses };
}

/** What of a status the plan needs. */
export interface PodReadiness {
  readonly phase: PodPhase;
  readonly ready: boolean;
}

/** Phase and readiness alone: the same answer as the whole status gives, for a fraction of its cost. Waits do not change it. */
export function podReadiness(input: Omit<PodStatusInput, 'waits' | 'hostIPs' | 'nowMs'>): PodReadiness {
  const whole: PodStatusInput = { ...input, waits: [], hostIPs: [], nowMs: 0 };
  const statuses = statusesOf(whole);
  const phase = podPhase(statuses, whole);
  return { phase, ready: readyFinding(outcome(phase, whole), statuses, input).status === 'True' };
}

export function isPodReady({ conditions }: Pick<PodStatus, 'conditions'>): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Pods are immutable: the sums are made once for each. */
const classes = new WeakMap<Pod, QosClass>();

function qosOf(pod: Pod): QosClass {
  const known = classes.get(pod) ?? qosClass(pod);
  classes.set(pod, known);
  return known;
}

function statusesOf(input: PodStatusInput): Statuses {
  return new Map(allContainers(input.pod).map((each) => [each.name, containerStatus(each, input)]));
}

function inOrder(containers: Pod['spec']['containers'], statuses: Statuses): readonly ContainerStatus[] {
  return containers.flatMap(({ name }) => statuses.get(name) ?? []);
}

/** By code unit, as Go sorts. */
function byName(a: ContainerStatus, b: ContainerStatus): number {
  return a.name < b.name ? -1 : 1;
}

/** One for each family, that of the machine's primary address first; of a pod on the machine's network the machine's own. */
function podIPsOf({ pod, observed, hostIPs }: PodStatusInput): readonly string[] {
  const newest = observed.sandboxes[0];
  if (pod.spec.hostNetwork) return newest?.state === 'ready' ? hostIPs : [];
  const told = (newest && observed.sandboxDetails.get(newest.id)?.ips) ?? [];
  const prefers6 = isIPv6(hostIPs[0] ?? '');
  const first = told.find((ip) => isIPv6(ip) === prefers6);
  const second = told.find((ip) => isIPv6(ip) !== prefers6);
  return [first, second].filter((ip) => ip !== undefined);
}

function addresses(
  of: 'host' | 'pod',
  ips: readonly string[],
): Pick<PodStatus, 'hostIP' | 'hostIPs' | 'podIP' | 'podIPs'> {
  const [first] = ips;
  if (first === undefined) return {};
  const all = ips.map((ip) => ({ ip }));
  return of === 'host' ? { hostIP: first, hostIPs: all } : { podIP: first, podIPs: all };
}
