import type { ContainerReport, PodReport } from '../status/index.ts';
import { humanAge } from './human-age.ts';

/**
 * The STATUS column of `kubectl get pods`: the phase, unless a container has something more telling to say. With several,
 * the first container's word wins. Source of the rules: printPod in kubernetes pkg/printers/internalversion/printers.go. Why a pod
 * was ended as a whole wins over how its containers went, which there it does only while they are unknown.
 */
export function statusWord(pod: PodReport): string {
  const finished = pod.phase === 'Succeeded' || pod.phase === 'Failed';
  if (pod.terminating && !finished) return 'Terminating';
  if (pod.reason !== undefined) return pod.reason;
  const initializing = initWord(pod.initContainers ?? []);
  if (initializing !== undefined && !begun(pod)) return initializing;
  const word = pod.containers.map(containerWord).find((candidate) => candidate !== undefined) ?? pod.phase;
  const running = pod.containers.some((container) => container.ready && 'running' in container.state);
  if (word !== 'Completed' || !running) return word;
  return pod.containers.every((container) => container.ready) ? 'Running' : 'NotReady';
}

/** `Init:1/3`, or what the first one that has not succeeded has to say. */
function initWord(containers: readonly ContainerReport[]): string | undefined {
  const index = containers.findIndex(
    ({ state }) => !('terminated' in state && state.terminated.exitCode === 0),
  );
  const current = containers[index];
  if (current === undefined) return undefined;
  const word = containerWord(current);
  return word === undefined || word === 'PodInitializing'
    ? `Init:${index}/${containers.length}`
    : `Init:${word}`;
}

/** A container has run: the init containers were over once, whatever is left of them. */
function begun({ containers }: PodReport): boolean {
  return containers.some(({ state, lastState }) => !('waiting' in state) || lastState !== undefined);
}

/** The READY column: `1/2`. */
export function readyWord(pod: PodReport): string {
  const ready = pod.containers.filter((container) => container.ready && 'running' in container.state).length;
  return `${ready}/${pod.containers.length}`;
}

/** The RESTARTS column: `3`, or `3 (2m ago)` where the last one is known. Until the containers begin it is that of the init containers. */
export function restartsWord(pod: PodReport, nowMs: number): string {
  const counted = begun(pod) ? pod.containers : [...(pod.initContainers ?? []), ...pod.containers];
  const restarts = counted.reduce((sum, container) => sum + container.restartCount, 0);
  const endedMs = counted.flatMap(lastEndMs);
  if (restarts === 0 || endedMs.length === 0) return String(restarts);
  return `${restarts} (${humanAge(nowMs - Math.max(...endedMs))} ago)`;
}

/** The AGE column. */
export function ageWord(pod: PodReport, nowMs: number): string {
  const startMs = Date.parse(pod.startTime ?? '');
  return Number.isNaN(startMs) ? '<unknown>' : humanAge(nowMs - startMs);
}

function containerWord({ state }: ContainerReport): string | undefined {
  if ('waiting' in state) return state.waiting.reason === '' ? undefined : state.waiting.reason;
  if ('running' in state) return undefined;
  const { reason, exitCode } = state.terminated;
  return reason === '' ? `ExitCode:${exitCode}` : reason;
}

function lastEndMs({ lastState }: ContainerReport): readonly number[] {
  if (lastState === undefined || !('terminated' in lastState)) return [];
  const endMs = Date.parse(lastState.terminated.finishedAt);
  return Number.isNaN(endMs) ? [] : [endMs];
}
