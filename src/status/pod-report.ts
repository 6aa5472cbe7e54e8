import type {
  Container,
  ContainerDetails,
  ObservedContainer,
  Pod,
  PodObservation,
  PodUid,
} from '../pod/index.ts';
import type { ContainerReport, ContainerStateReport, PodPhase, PodReport, WaitReport } from './report.ts';

/** What a pod's report is made from. */
export interface PodReportInput {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  /** Undefined where the manifest is lost. */
  readonly pod: Pod | undefined;
  readonly observed: PodObservation;
  readonly waiting: readonly WaitReport[];
  readonly terminating: boolean;
  readonly stale: boolean;
  /** Epoch milliseconds; undefined until the pod was recorded. */
  readonly createdAtMs: number | undefined;
  /** Why this version was ended for good. */
  readonly ended: { readonly reason: string; readonly message: string } | undefined;
}

/** A pod as core/v1 PodStatus would tell it (kubelet: getPhase, convertToAPIContainerStatuses). Pure. */
export function podReport(input: PodReportInput): PodReport {
  const initContainers = (input.pod?.spec.initContainers ?? []).map((each) => containerReport(each, input));
  const initialized = initContainers.every(hasSucceeded);
  const notBegun = initialized ? 'ContainerCreating' : 'PodInitializing';
  const containers = (input.pod?.spec.containers ?? []).map((each) => containerReport(each, input, notBegun));
  const sandbox = input.observed.sandboxes[0];
  return {
    namespace: input.namespace,
    name: input.name,
    uid: input.uid,
    file: input.file,
    phase: input.ended === undefined ? phaseOf({ containers, initContainers }, input.pod) : 'Failed',
    ...(input.ended && { reason: input.ended.reason, message: input.ended.message }),
    terminating: input.terminating,
    stale: input.stale,
    podIPs: (sandbox && input.observed.sandboxDetails.get(sandbox.id)?.ips) ?? [],
    hostNetwork: input.pod?.spec.hostNetwork ?? false,
    ...(input.createdAtMs !== undefined && { startTime: timestamp(input.createdAtMs) }),
    ...(initContainers.length > 0 && { initContainers }),
    containers,
    waiting: input.waiting,
  };
}

/** Epoch milliseconds as Kubernetes writes times: RFC 3339, whole seconds. */
export function timestamp(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

function containerReport(
  container: Container,
  { observed, waiting }: PodReportInput,
  notBegun = 'PodInitializing',
): ContainerReport {
  const [latest, previous] = observed.containers.filter(({ name }) => name === container.name);
  const wait = waiting.find((each) => each.container === container.name);
  const state = stateOf(latest, wait, observed, notBegun);
  const last = latest?.state === 'exited' && 'waiting' in state ? latest : previous;
  const lastState = last && terminatedState(last, observed);
  return {
    name: container.name,
    image: container.image,
    ready: 'running' in state,
    // Where the runtime forgot them all, the count goes on from the log files.
    restartCount: latest?.attempt ?? observed.nextAttempts.get(container.name) ?? 0,
    ...(latest && { containerID: `containerd://${latest.id}` }),
    state,
    ...(lastState && { lastState }),
  };
}

function stateOf(
  latest: ObservedContainer | undefined,
  wait: WaitReport | undefined,
  observed: PodObservation,
  notBegun: string,
): ContainerStateReport {
  if (latest?.state === 'running') {
    return {
      running: {
        startedAt: timestamp(observed.containerDetails.get(latest.id)?.startedAtMs ?? latest.createdAtMs),
      },
    };
  }
  if (wait !== undefined) return { waiting: { reason: wait.reason, message: wait.message } };
  return (latest && terminatedState(latest, observed)) ?? { waiting: { reason: notBegun } };
}

function terminatedState(
  container: ObservedContainer,
  observed: PodObservation,
): ContainerStateReport | undefined {
  const details = observed.containerDetails.get(container.id);
  if (container.state !== 'exited' || details === undefined) return undefined;
  return {
    terminated: {
      exitCode: details.exitCode,
      reason: reasonOf(details),
      ...messageOf(details),
      startedAt: timestamp(details.startedAtMs),
      finishedAt: timestamp(details.finishedAtMs),
    },
  };
}

/** What the runtime says and what the container left, as the kubelet puts them together. */
function messageOf({ message, terminationMessage }: ContainerDetails): { readonly message?: string } {
  const parts = [message, terminationMessage ?? ''].filter((part) => part !== '');
  return parts.length === 0 ? {} : { message: parts.join(': ') };
}

function reasonOf({ reason, exitCode }: ContainerDetails): string {
  if (reason !== '') return reason;
  return exitCode === 0 ? 'Completed' : 'Error';
}

function hasSucceeded({ state }: ContainerReport): boolean {
  return 'terminated' in state && state.terminated.exitCode === 0;
}

interface PodContainers {
  readonly containers: readonly ContainerReport[];
  readonly initContainers: readonly ContainerReport[];
}

function phaseOf({ containers, initContainers }: PodContainers, pod: Pod | undefined): PodPhase {
  if (pod === undefined || containers.length === 0) return 'Unknown';
  const begun = containers.some(({ state, lastState }) => !('waiting' in state) || lastState !== undefined);
  if (!begun && initContainers.some((each) => !hasSucceeded(each))) {
    const failed = initContainers.some(
      ({ state }) => 'terminated' in state && state.terminated.exitCode !== 0,
    );
    return failed && pod.spec.restartPolicy === 'Never' ? 'Failed' : 'Pending';
  }
  const states = containers.map(({ state }) => state);
  const neverRan = containers.some(({ state, lastState }) => 'waiting' in state && lastState === undefined);
  if (neverRan) return 'Pending';
  if (states.some((state) => 'running' in state)) return 'Running';
  const ends = states.map((state) => ('terminated' in state ? state.terminated.exitCode : undefined));
  const restarts = ends.some((code) => code === undefined || willRestart(pod, code));
  if (restarts) return 'Running';
  return ends.every((code) => code === 0) ? 'Succeeded' : 'Failed';
}

function willRestart({ spec }: Pod, exitCode: number): boolean {
  return spec.restartPolicy === 'Always' || (spec.restartPolicy === 'OnFailure' && exitCode !== 0);
}
