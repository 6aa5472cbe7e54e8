import { isSidecar, type Pod } from '../pod/index.ts';
import type { ContainerStatus, PodStatus } from './core-v1.ts';
import { isPodReady } from './pod-status.ts';

/** What `kubectl get pods` says of a pod in its columns. */
export interface PodWords {
  /** READY: `1/2`, sidecars counted. */
  readonly ready: string;
  /** STATUS: the phase, unless a container has something more telling to say. */
  readonly status: string;
  /** RESTARTS; until the pod is initialized those of all init containers, then those of the sidecars and the others. */
  readonly restarts: number;
  /** When the last instance before these ended, where that is known. */
  readonly lastRestartAt?: string;
}

/**
 * The words of kubectl's table (kubernetes: printPod in pkg/printers/internalversion/printers.go). Why a pod was ended as a whole wins
 * over how its containers went, which there it does only while they are unknown.
 */
export function podWords(pod: Pod, status: PodStatus, terminating: boolean): PodWords {
  const { containerStatuses } = status;
  const inits = status.initContainerStatuses ?? [];
  const sidecars = inits.filter(({ name }) => isSidecarNamed(name, pod));
  const stuck = initWord(inits, pod);
  const isBegun = stuck === undefined || isInitialized(status);
  const running = isBegun ? containerStatuses.filter((each) => each.ready && 'running' in each.state) : [];
  const ready = sidecars.filter((each) => each.started && each.ready).length + running.length;
  const counted = isBegun ? [...sidecars, ...containerStatuses] : inits;
  const lastRestartAt = counted.flatMap(endBefore).sort().at(-1);
  return {
    ready: `${ready}/${pod.spec.containers.length + sidecarCount(pod)}`,
    status: statusWord(status, {
      stuck: isBegun ? undefined : stuck,
      anyRunning: running.length > 0,
      terminating,
    }),
    restarts: counted.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...(lastRestartAt !== undefined && { lastRestartAt }),
  };
}

interface Signs {
  /** What the first init container that holds up the others has to say. */
  readonly stuck: string | undefined;
  readonly anyRunning: boolean;
  readonly terminating: boolean;
}

function statusWord(status: PodStatus, { stuck, anyRunning, terminating }: Signs): string {
  const { phase, reason, containerStatuses } = status;
  if (terminating && phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating';
  if (reason !== undefined) return reason;
  if (stuck !== undefined) return stuck;
  // The first container's word wins.
  const word = containerStatuses.map(containerWord).find((candidate) => candidate !== undefined) ?? phase;
  if (word !== 'Completed' || !anyRunning) return word;
  return isPodReady(status) ? 'Running' : 'NotReady';
}

/** `Init:1/3`, or what the first init container that has not got where the next may begin has to say. */
function initWord(statuses: readonly ContainerStatus[], pod: Pod): string | undefined {
  const index = statuses.findIndex(
    ({ name, state, started }) =>
      !('terminated' in state && state.terminated.exitCode === 0) && !(started && isSidecarNamed(name, pod)),
  );
  const current = statuses[index];
  if (current === undefined) return undefined;
  const word = containerWord(current);
  return word === undefined || word === 'PodInitializing'
    ? `Init:${index}/${statuses.length}`
    : `Init:${word}`;
}

function containerWord({ state }: ContainerStatus): string | undefined {
  if ('waiting' in state) return state.waiting.reason;
  if ('running' in state) return undefined;
  const { reason, exitCode } = state.terminated;
  return reason === '' ? `ExitCode:${exitCode}` : reason;
}

function isInitialized({ conditions }: PodStatus): boolean {
  return conditions.some(({ type, status }) => type === 'Initialized' && status === 'True');
}

function isSidecarNamed(name: string, pod: Pod): boolean {
  return pod.spec.initContainers?.some((each) => each.name === name && isSidecar(each, pod)) === true;
}

function sidecarCount(pod: Pod): number {
  return (pod.spec.initContainers ?? []).filter((each) => isSidecar(each, pod)).length;
}

function endBefore({ lastState }: ContainerStatus): readonly string[] {
  if (lastState === undefined || !('terminated' in lastState)) return [];
  const { finishedAt } = lastState.terminated;
  return finishedAt === null ? [] : [finishedAt];
}
