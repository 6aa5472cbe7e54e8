import { allContainers, type Container, isSidecar, restartPolicyOf, restartVerdict } from '../pod/index.ts';
import type { ContainerStatus, PodPhase } from './core-v1.ts';
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

/** The phase, from how the containers are (kubelet: getPhase). An end of the pod as a whole is told by the record. */
export function podPhase(statuses: Statuses, input: PodStatusInput): PodPhase {
  const { pod, record } = input;
  if (record?.ended !== undefined) return 'Failed';
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
  const exitCode = exitCodeOf(status);
  if (exitCode === undefined) count.initPending += 1;
  else if (exitCode !== 0 && !willRestart(container, exitCode, input)) count.initFailed = true;
}

/** One that has ended counts for nothing: it is started again, and the pod goes on meanwhile. */
function countSidecar(status: ContainerStatus, count: Count): void {
  if ('running' in status.state) count.running += 1;
  else if (exitCodeOf(status) === undefined) count.waiting += 1;
  if (!status.started && ('running' in status.state || exitCodeOf(status) === undefined))
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
  const exitCode = exitCodeOf(status);
  if (exitCode === undefined) {
    count.waiting += 1;
    return;
  }
  count.stopped += 1;
  if (exitCode === 0 && 'terminated' in status.state) count.succeeded += 1;
  if (willRestart(container, exitCode, input)) count.restartable += 1;
}

/** Of its end, or of the one before what it waits for. */
function exitCodeOf({ state, lastState }: ContainerStatus): number | undefined {
  if ('terminated' in state) return state.terminated.exitCode;
  return 'waiting' in state && lastState !== undefined && 'terminated' in lastState
    ? lastState.terminated.exitCode
    : undefined;
}

/** One that was stopped for its own fault starts again whatever it exits with, and one that was stopped to be replaced always. */
function willRestart(container: Container, exitCode: number, input: PodStatusInput): boolean {
  const { pod, observed, record, terminating } = input;
  const latest = observed.containers.find(({ name }) => name === container.name);
  const stop = latest && !terminating ? record?.stops[latest.id] : undefined;
  if (stop !== undefined) return stop.cause === undefined || restartPolicyOf(container, pod) !== 'Never';
  return restartVerdict(container, pod, exitCode) !== 'done';
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
