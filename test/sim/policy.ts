import { annotation, type Container, isSidecar, type Pod, type RestartRule } from '../../src/pod/index.ts';
import type { Instance } from './instance.ts';
import { sameContainer, samePodLevel } from './same-version.ts';

/** The restart rules of the manual, told once more and differently. */

export type Verdict = 'stays' | 'again' | 'all again';

/** What a version of the pod says to the exit of one of its containers. */
export function verdictOn(pod: Pod, name: string, exitCode: number): Verdict {
  const init = pod.spec.initContainers?.find((each) => each.name === name);
  const container = init ?? pod.spec.containers.find((each) => each.name === name);
  if (container === undefined) return 'stays';
  const rule = container.restartPolicyRules?.find((each) => matches(each, exitCode));
  if (rule?.action === 'RestartAllContainers') return 'all again';
  if (isPlainInit(container, pod) && exitCode === 0) return 'stays';
  if (rule !== undefined) return 'again';
  if (isPlainInit(container, pod))
    return exitCode !== 0 && policyOf(container, pod) !== 'Never' ? 'again' : 'stays';
  switch (policyOf(container, pod)) {
    case 'Always':
      return 'again';
    case 'OnFailure':
      return exitCode === 0 ? 'stays' : 'again';
    case 'Never':
      return 'stays';
  }
}

export function policyOf(container: Container, pod: Pod): Pod['spec']['restartPolicy'] {
  return container.restartPolicy ?? pod.spec.restartPolicy;
}

/** An init container that runs to its end. */
export function isPlainInit(container: Container, pod: Pod): boolean {
  return pod.spec.initContainers?.includes(container) === true && !isSidecar(container, pod);
}

function matches({ operator, exitCodes }: RestartRule, exitCode: number): boolean {
  return operator === 'In' ? exitCodes.some((each) => each === exitCode) : !exitCodes.includes(exitCode);
}

const RESET_AFTER_MS = 600_000;
const DELAYS_SECONDS = [0, 10, 20, 40, 80, 160, 300];
/** Stops for a probe: what follows is decided as after an exit, but beforehand. After a failed postStart hook it is as after an exit. */
const FAULTS: readonly unknown[] = ['startup', 'liveness'];

/** How long nothing may follow the exit of this instance, if it ended by itself. */
export function delayAfter(history: readonly Instance[], index: number, pod: Pod): number {
  const instance = history[index];
  if (instance === undefined || ranLong(instance)) return 0;
  return delayMs(stepsBefore(history, index), Math.min(longestMs(pod), longestMs(instance.pod)));
}

/** When one that was stopped for its own fault may be made again, by the wall clock: as its predecessor's exit has it. */
export function dueAfterFault(history: readonly Instance[], index: number, pod: Pod): number {
  const [instance, before] = [history[index], history[index - 1]];
  if (instance === undefined || before?.exitedAtWallMs === undefined || ranLong(instance)) return 0;
  const longest = Math.min(longestMs(pod), longestMs(instance.pod), longestMs(before.pod));
  return before.exitedAtWallMs + delayMs(stepsBefore(history, index), longest);
}

export function isFault({ stop }: Instance): boolean {
  return FAULTS.includes(stop?.cause);
}

/** It was stopped for another version or another sandbox: its exit says nothing. */
export function wasReplaced(instance: Instance): boolean {
  const { stop } = instance;
  return stop !== undefined && !isFault(instance) && stop.cause !== 'postStart' && stop.cause !== 'shutdown';
}

/** How many exits in a row led to this instance. */
function stepsBefore(history: readonly Instance[], index: number): number {
  const [instance, before] = [history[index], history[index - 1]];
  if (instance === undefined || before === undefined || instance.isRenewed) return 0;
  if (!governs(before, instance.pod)) return 0;
  if (before.exitedAtMs === undefined || before.stop?.cause === 'shutdown')
    return stepsBefore(history, index - 1);
  // The kubelet counts a fault from the exit before it: the first one counts for nothing.
  if (isFault(before) && history[index - 2] === undefined) return 0;
  return ranLong(before) ? 1 : stepsBefore(history, index - 1) + 1;
}

/** An instance that was stopped to be replaced, or is of another version, has no say over the next one. */
export function governs(before: Instance, pod: Pod): boolean {
  return !wasReplaced(before) && samePodLevel(before.pod, pod) && sameContainer(before, pod);
}

function delayMs(steps: number, longest: number): number {
  const seconds = DELAYS_SECONDS[Math.min(steps, DELAYS_SECONDS.length - 1)] ?? 0;
  return Math.min(seconds * 1_000, longest);
}

function longestMs({ metadata }: Pod): number {
  const text = metadata.annotations[annotation.crashLoopMax];
  return text === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(text, 10) * 1_000;
}

function ranLong({ startedAtMs, exitedAtMs }: Instance): boolean {
  return startedAtMs !== undefined && exitedAtMs !== undefined && exitedAtMs - startedAtMs > RESET_AFTER_MS;
}
