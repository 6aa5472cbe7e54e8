import {
  allContainers,
  type Container,
  initFailed,
  isSidecar,
  restartPolicyOf,
  restartVerdict,
} from '../pod/index.ts';
import type { StopRecord } from '../state/index.ts';
import type { ContainerStateTerminated, ContainerStatus, PodPhase } from './core-v1.ts';
import type { PodStatusInput } from './status-input.ts';

/** The statuses by container name. */
export type Statuses = ReadonlyMap<string, ContainerStatus>;

/** Where the containers are, counted as the kubelet does. */
interface Count {
  /** Init containers, and sidecars, that have not got where the others may begin. */
  initPending: number;
  sidecarsPending: number;
  initFailed: boolean;
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
  restartable: number;
}

/**
 * The phase, from how the containers are; an end of the pod as a whole is told by the record. No end is told while something of the pod
 * lives (kubelet: status_manager mergePodStatus): whoever waits for it may take what the pod held for free.
 */
export function podPhase(statuses: Statuses, input: PodStatusInput): PodPhase {
  const counted = countedPhase(statuses, input);
  const isAlive = input.observed.containers.some(({ state }) => state === 'running' || state === 'unknown');
  if (!isAlive) return input.record?.ended === undefined ? counted : 'Failed';
  if (counted !== 'Succeeded' && counted !== 'Failed') return counted;
  return hasBegun(input) ? 'Running' : 'Pending';
}

/** (kubelet: getPhase) */
function countedPhase(statuses: Statuses, input: PodStatusInput): PodPhase {
  const { pod } = input;
  const count = countUp(statuses, input);
  if (count.initFailed) return 'Failed';
  // What is left of the init containers does not count once the others have begun: their instances may be gone.
  if (count.initPending + count.sidecarsPending > 0 && !hasBegun(input)) return 'Pending';
  if (count.waiting > 0 || pod.spec.containers.length === 0) return 'Pending';
  if (count.running > 0 || count.restartable > 0) return 'Running';
  return count.stopped === count.succeeded ? 'Succeeded' : 'Failed';
}

function countUp(statuses: Statuses, input: PodStatusInput): Count {
  const { pod } = input;
  const count: Count = {
    ...{ initPending: 0, sidecarsPending: 0, initFailed: false },
    ...{ running: 0, waiting: 0, stopped: 0, succeeded: 0, restartable: 0 },
  };
  for (const container of allContainers(pod)) {
    const status = statuses.get(container.name);
    if (status === undefined) continue;
    if (isSidecar(container, pod)) countSidecar(status, count);
    else if (pod.spec.initContainers?.includes(container)) countInit(container, status, count, input);
    else countRegular(container, status, count, input);
  }
  return count;
}

function countInit(container: Container, status: ContainerStatus, count: Count, input: PodStatusInput): void {
  const end = endOf(status);
  if (end === undefined) count.initPending += 1;
  else if (hasFailed(container, end, input) && !willRestart(container, end, input)) count.initFailed = true;
}

/** However it ended: what was stopped since nobody knew how it was has failed. */
function hasFailed(container: Container, end: ContainerStateTerminated, input: PodStatusInput): boolean {
  return initFailed(end) || stopOf(container, input)?.cause === 'unknown';
}

/** One that has ended counts for nothing: it is started again, and the pod goes on meanwhile. */
function countSidecar(status: ContainerStatus, count: Count): void {
  if ('running' in status.state) count.running += 1;
  else if (endOf(status) === undefined) count.waiting += 1;
  if (!status.started && ('running' in status.state || endOf(status) === undefined))
    count.sidecarsPending += 1;
}

function countRegular(
  container: Container,
  status: ContainerStatus,
  count: Count,
  input: PodStatusInput,
): void {
  if ('running' in status.state) {
    count.running += 1;
    return;
  }
  const end = endOf(status);
  if (end === undefined) {
    count.waiting += 1;
    return;
  }
  count.stopped += 1;
  if (end.exitCode === 0 && 'terminated' in status.state) count.succeeded += 1;
  if (willRestart(container, end, input)) count.restartable += 1;
}

/** Of its end, or of the one before what it waits for. */
function endOf({ state, lastState }: ContainerStatus): ContainerStateTerminated | undefined {
  if ('terminated' in state) return state.terminated;
  return 'waiting' in state && lastState !== undefined && 'terminated' in lastState
    ? lastState.terminated
    : undefined;
}

/**
 * One that was stopped for a probe starts again whatever it exits with, and one that was stopped to be replaced always. After a postStart
 * hook that failed the exit decides.
 */
function willRestart(
  container: Container,
  { exitCode, reason }: ContainerStateTerminated,
  input: PodStatusInput,
): boolean {
  const { pod } = input;
  const stop = input.terminating ? undefined : stopOf(container, input);
  if (stop !== undefined && stop.cause !== 'postStart')
    return stop.cause === undefined || restartPolicyOf(container, pod) !== 'Never';
  return restartVerdict(container, pod, exitCode, reason) !== 'done';
}

function stopOf({ name }: Container, { observed, record }: PodStatusInput): StopRecord | undefined {
  const latest = observed.containers.find((each) => each.name === name);
  return latest && record?.stops[latest.id];
}

/** A regular container was started in the newest sandbox: the pod does not go back to Pending for its sidecars. */
function hasBegun({ pod, observed }: PodStatusInput): boolean {
  const names = new Set(pod.spec.containers.map(({ name }) => name));
  const newest = observed.sandboxes[0];
  return observed.containers.some(
    ({ name, sandboxId, state }) =>
      names.has(name) && sandboxId === newest?.id && (state === 'running' || state === 'exited'),
  );
}
