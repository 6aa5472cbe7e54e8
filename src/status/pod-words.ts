import { initFailed } from '../pod/index.ts';
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

/** What of a pod's containers counts, in JSON as in a Pod of ours. */
export interface PodContainers {
  readonly containers: readonly unknown[];
  /** Those with the policy `Always` are sidecars. */
  readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
}

/**
 * The words of kubectl's table (kubernetes: printPod in pkg/printers/internalversion/printers.go). Why a pod was ended as a whole wins
 * over how its containers went, which there it does only while they are unknown.
 */
export function podWords(spec: PodContainers, status: PodStatus, terminating: boolean): PodWords {
  const { containerStatuses } = status;
  const inits = status.initContainerStatuses ?? [];
  const sidecars = inits.filter(({ name }) => isSidecarNamed(name, spec));
  const stuck = initWord(inits, spec);
  const isBegun = stuck === undefined || isInitialized(status);
  const running = isBegun ? containerStatuses.filter((each) => each.ready && 'running' in each.state) : [];
  const ready = sidecars.filter((each) => each.started && each.ready).length + running.length;
  const counted = isBegun ? [...sidecars, ...containerStatuses] : inits;
  const lastRestartAt = counted.flatMap(endBefore).sort().at(-1);
  return {
    ready: `${ready}/${spec.containers.length + sidecarCount(spec)}`,
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
function initWord(statuses: readonly ContainerStatus[], spec: PodContainers): string | undefined {
  const index = statuses.findIndex(
    ({ name, state, started }) =>
      !('terminated' in state && !initFailed(state.terminated)) && !(started && isSidecarNamed(name, spec)),
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

function isSidecarNamed(name: string, { initContainers = [] }: PodContainers): boolean {
  return initContainers.some((each) => each.name === name && each.restartPolicy === 'Always');
}

function sidecarCount({ initContainers = [] }: PodContainers): number {
  return initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always').length;
}

function endBefore({ lastState }: ContainerStatus): readonly string[] {
  if (lastState === undefined || !('terminated' in lastState)) return [];
  const { finishedAt } = lastState.terminated;
  return finishedAt === null ? [] : [finishedAt];
}
