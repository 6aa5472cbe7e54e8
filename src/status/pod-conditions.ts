import { allContainers, isSidecar, type Pod } from '../pod/index.ts';
import { type PodCondition, type PodConditionType, type PodPhase, timestamp } from './core-v1.ts';
import type { Statuses } from './pod-phase.ts';
import type { PodStatusInput } from './status-input.ts';

/** What a condition says; when it began to say so is known by comparison with the last time. */
type Finding = Pick<PodCondition, 'reason' | 'message'> & { readonly status: 'True' | 'False' };

const TRUE: Finding = { status: 'True' };

/** Also those that it has only now and then (kubelet: PodConditionByKubelet, PodConditionSharedByKubelet). */
const OWN_TYPES: ReadonlySet<string> = new Set<
  PodConditionType | 'PodResizePending' | 'PodResizeInProgress' | 'DisruptionTarget'
>([
  ...(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'] as const),
  ...(['AllContainersRestarting', 'PodResizePending', 'PodResizeInProgress', 'DisruptionTarget'] as const),
]);

/** Whether nobody but the node says so of a pod. */
export function isOwnCondition(type: string): boolean {
  return OWN_TYPES.has(type);
}

/** What others have given the pod, then what the kubelet owns, in its order (kubelet: generateAPIPodStatus, status/generate.go). */
export function podConditions(
  phase: PodPhase,
  statuses: Statuses,
  input: PodStatusInput,
): readonly PodCondition[] {
  const { pod, record } = input;
  const findings: readonly (readonly [PodConditionType, Finding])[] = [
    ['PodReadyToStartContainers', { status: hasSandbox(input) ? 'True' : 'False' }],
    ['Initialized', initialized(phase, statuses, pod)],
    ['Ready', readyFinding(phase, statuses, input)],
    ['ContainersReady', containersReady(phase, statuses, pod)],
    ['PodScheduled', TRUE],
    ...(mayRestartAll(pod)
      ? [['AllContainersRestarting', allRestarting(phase, record?.restartingAll !== undefined)] as const]
      : []),
  ];
  const own = findings.map(([type, finding]) => ({
    type,
    status: finding.status,
    lastProbeTime: null,
    lastTransitionTime: changedAt(type, finding, input),
    ...(finding.reason !== undefined && { reason: finding.reason }),
    ...(finding.message !== undefined && { message: finding.message }),
  }));
  return [...(record?.conditions ?? []), ...own];
}

/** Whether the pod counts as Ready. Readiness gates are conditions that others set (kubelet: GeneratePodReadyCondition). */
export function readyFinding(
  phase: PodPhase,
  statuses: Statuses,
  { pod, record }: Pick<PodStatusInput, 'pod' | 'record'>,
): Finding {
  const containers = containersReady(phase, statuses, pod);
  if (containers.status !== 'True') return containers;
  const closed = (pod.spec.readinessGates ?? []).flatMap((gate) => {
    const status = record?.conditions?.find(({ type }) => type === gate)?.status;
    if (status === 'True') return [];
    const name = JSON.stringify(gate);
    return status === undefined
      ? `corresponding condition of pod readiness gate ${name} does not exist.`
      : `the status of pod readiness gate ${name} is not "True", but ${status}`;
  });
  if (closed.length === 0) return TRUE;
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: closed.join(', ') };
}

function containersReady(phase: PodPhase, statuses: Statuses, pod: Pod): Finding {
  if (phase === 'Unknown') return { status: 'False', reason: 'UnknownContainerStatuses' };
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const { initContainers = [], containers } = pod.spec;
  const counted = [...initContainers.filter((each) => isSidecar(each, pod)), ...containers];
  const unready = counted.filter(({ name }) => statuses.get(name)?.ready !== true);
  return unready.length === 0 ? TRUE : notYet('ContainersNotReady', 'unready', unready);
}

function initialized(phase: PodPhase, statuses: Statuses, pod: Pod): Finding {
  const { initContainers = [], containers } = pod.spec;
  if (phase === 'Unknown') return { status: 'False', reason: 'UnknownContainerStatuses' };
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  // Sidecars that start again do not undo it.
  if (containers.some(({ name }) => hasRun(name, statuses))) return TRUE;
  const incomplete = initContainers.filter((each) => {
    const status = statuses.get(each.name);
    return isSidecar(each, pod) ? status?.started !== true : status?.ready !== true;
  });
  return incomplete.length === 0 ? TRUE : notYet('ContainersNotInitialized', 'incomplete', incomplete);
}

function hasRun(name: string, statuses: Statuses): boolean {
  const status = statuses.get(name);
  return status !== undefined && !('waiting' in status.state);
}

function notYet(reason: string, word: string, containers: readonly { readonly name: string }[]): Finding {
  const names = containers.map(({ name }) => name).join(' ');
  return { status: 'False', reason, message: `containers with ${word} status: [${names}]` };
}

/** What containers can be started in: the newest sandbox, with an address unless the pod is on the machine's network. */
function hasSandbox({ pod, observed }: PodStatusInput): boolean {
  const newest = observed.sandboxes[0];
  if (newest?.state !== 'ready') return false;
  return pod.spec.hostNetwork || observed.sandboxDetails.get(newest.id)?.ips.length !== 0;
}

function mayRestartAll(pod: Pod): boolean {
  return allContainers(pod).some(({ restartPolicyRules = [] }) =>
    restartPolicyRules.some(({ action }) => action === 'RestartAllContainers'),
  );
}

function allRestarting(phase: PodPhase, isRestarting: boolean): Finding {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  if (!isRestarting) return { status: 'False' };
  const message = 'container exited with restart policy rule';
  return { status: 'True', reason: 'RestartAllContainersStarted', message };
}

/** A transition is a change of the status alone (kubelet: updateLastTransitionTime). */
function changedAt(type: PodConditionType, finding: Finding, { previous, nowMs }: PodStatusInput): string {
  const before = previous?.conditions.find((condition) => condition.type === type);
  return before?.status === finding.status ? before.lastTransitionTime : timestamp(nowMs);
}
