import {
  type Container,
  type ContainerDetails,
  type ContainerId,
  everyContainer,
  healthOf,
  initFailed,
  isSidecar,
  type ObservedContainer,
  type PodObservation,
  restartVerdict,
} from '../pod/index.ts';
import {
  type ContainerState,
  type ContainerStateTerminated,
  type ContainerStatus,
  timestamp,
} from './core-v1.ts';
import { firstBytes } from './first-bytes.ts';
import type { PodStatusInput } from './status-input.ts';

/** All messages of a pod's ended containers together (kubelet: MaxPodTerminationMessageLogLength, normalizeStatus). */
const MESSAGES_BYTES = 12_288;

/**
 * One container as the kubelet tells it (kubelet: convertToAPIContainerStatuses, prober_manager UpdatePodStatus). The two newest
 * instances count: the state is the newest one's, or why there is no other yet; lastState is the end of the one before.
 */
export function containerStatus(container: Container, input: PodStatusInput): ContainerStatus {
  const { observed } = input;
  const [latest, before] = instancesOf(container, input);
  const previous = previousOf(container, input);
  if (latest === undefined) return statusOfNone(container, before, previous, input);
  const state = stateOf(container, latest, input);
  const end = terminatedState(latest, observed);
  const waitsAfterEnd = end !== undefined && 'waiting' in state;
  const lastState = waitsAfterEnd ? end : before && terminatedState(before, observed);
  return {
    name: container.name,
    state: cut(state, input),
    ...(lastState && { lastState: cut(lastState, input) }),
    ...livelinessOf(container, latest, state, input),
    restartCount: latest.attempt,
    image: container.image,
    imageID: observed.containerDetails.get(latest.id)?.imageRef ?? latest.imageRef,
    containerID: containerIdOf(latest.id),
  };
}

/** Newest first. An init container that ran in another sandbox is to run again in this one: what it did there is over. */
function instancesOf(
  container: Container,
  { pod, observed }: PodStatusInput,
): readonly [ObservedContainer | undefined, ObservedContainer | undefined] {
  const all = observed.containers.filter(({ name }) => name === container.name);
  const [latest, before] = all;
  const sandbox = observed.sandboxes[0];
  const isInit = pod.spec.initContainers?.includes(container) === true;
  return isInit && sandbox?.state === 'ready' && latest !== undefined && latest.sandboxId !== sandbox.id
    ? [undefined, latest]
    : [latest, before];
}

function previousOf(container: Container, { previous }: PodStatusInput): ContainerStatus | undefined {
  if (previous === undefined) return undefined;
  const { initContainerStatuses = [], containerStatuses, ephemeralContainerStatuses = [] } = previous;
  const ephemeral = ephemeralContainerStatuses.map((each) => ({ ...each, started: false }));
  return [...containerStatuses, ...initContainerStatuses, ...ephemeral].find(
    ({ name }) => name === container.name,
  );
}

/** No instance of it is there: not yet, or the runtime lost it or gave it up since it was told last. */
function statusOfNone(
  container: Container,
  before: ObservedContainer | undefined,
  previous: ContainerStatus | undefined,
  input: PodStatusInput,
): ContainerStatus {
  const { observed } = input;
  const wait = waitingState(container, input);
  const end = before && terminatedState(before, observed);
  const isEnd =
    end === undefined && wait === undefined && previous !== undefined && 'terminated' in previous.state;
  if (isEnd) return previous;
  const lastState = end ?? lastStateOfVanished(previous);
  return {
    name: container.name,
    state: wait ?? { waiting: { reason: reasonOfNotBegun(input) } },
    ...(lastState && { lastState: cut(lastState, input) }),
    ready: false,
    started: false,
    // Where the runtime forgot them all, the count goes on from the log files.
    restartCount: before?.attempt ?? observed.nextAttempts.get(container.name) ?? previous?.restartCount ?? 0,
    image: container.image,
    imageID: '',
  };
}

function lastStateOfVanished(previous: ContainerStatus | undefined): ContainerState | undefined {
  if (previous === undefined) return undefined;
  if ('terminated' in previous.state) return previous.state;
  if (!('running' in previous.state) || previous.lastState !== undefined) return previous.lastState;
  return unknownEnd(
    'The container could not be located when the pod was deleted.  The container used to be Running',
  );
}

function stateOf(container: Container, latest: ObservedContainer, input: PodStatusInput): ContainerState {
  const { observed } = input;
  const details = observed.containerDetails.get(latest.id);
  switch (latest.state) {
    case 'running':
      // A container counts as begun when its hook has ended (core/v1: Lifecycle.postStart).
      if (isHookPending(container, latest.id, input)) return { waiting: { reason: reasonOfNotBegun(input) } };
      return { running: { startedAt: timestamp(details?.startedAtMs ?? latest.createdAtMs) } };
    case 'created':
      // The kubelet is never seen between making a container and starting it, and would tell no reason.
      return waitingState(container, input) ?? { waiting: { reason: reasonOfNotBegun(input) } };
    case 'unknown':
      // Details of it were only ever asked for while it ran.
      return details === undefined
        ? { waiting: {} }
        : unknownEnd('The container could not be located when the pod was terminated');
    case 'exited': {
      const end = terminatedState(latest, observed);
      const succeeded = details !== undefined && !initFailed(details) && isPlainInit(container, input);
      if (succeeded) return end ?? { waiting: {} };
      return waitingState(container, input) ?? hookError(container, latest, input) ?? end ?? { waiting: {} };
    }
  }
}

/** What the plan waits for. That it is about to be made says nothing that would be worth hiding an end for. */
function waitingState(container: Container, input: PodStatusInput): ContainerState | undefined {
  const wait = input.waits.find((each) => each.container === container.name);
  const isAboutToBegin = wait?.reason === 'ContainerCreating' || wait?.reason === 'PodInitializing';
  if (wait !== undefined && !isAboutToBegin) {
    const { reason, message } = wait;
    return { waiting: { reason, ...(message !== '' && { message }) } };
  }
  if (input.record?.restartingAll !== undefined) return { waiting: { reason: 'RestartingAllContainers' } };
  const hasInstance = input.observed.containers.some(({ name }) => name === container.name);
  if (wait === undefined || hasInstance) return undefined;
  return { waiting: { reason: reasonOfNotBegun(input), message: wait.message } };
}

/** One that was stopped since its postStart hook failed and that runs again, until it does or waits for that (kubelet: startContainer). */
function hookError(
  container: Container,
  { id }: ObservedContainer,
  { pod, observed, record, terminating }: PodStatusInput,
): ContainerState | undefined {
  const details = observed.containerDetails.get(id);
  const isFault = record?.stops[id]?.cause === 'postStart' && record.ended === undefined && !terminating;
  if (!isFault || details === undefined) return undefined;
  if (restartVerdict(container, pod, details.exitCode, details.reason) === 'done') return undefined;
  return { waiting: { reason: 'PostStartHookError', message: 'PostStartHook failed' } };
}

function reasonOfNotBegun({ pod }: PodStatusInput): string {
  return (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating';
}

function livelinessOf(
  container: Container,
  { id }: ObservedContainer,
  state: ContainerState,
  input: PodStatusInput,
): Pick<ContainerStatus, 'ready' | 'started'> {
  if (isPlainInit(container, input)) {
    const ready = 'terminated' in state && !initFailed(state.terminated);
    return { ready, started: 'running' in state };
  }
  if (!('running' in state) || hookEndOf(id, input) === 'failed') return { ready: false, started: false };
  // A daemon that came back may know that it has started before it has probed it.
  if (!input.health.has(id) && input.record?.starts?.[id]?.started === true)
    return { ready: container.readinessProbe === undefined, started: true };
  const { ready, started } = healthOf(container, id, input.health);
  return { ready: started && ready, started };
}

function isPlainInit(container: Container, { pod }: PodStatusInput): boolean {
  return pod.spec.initContainers?.includes(container) === true && !isSidecar(container, pod);
}

function isHookPending(container: Container, id: ContainerId, input: PodStatusInput): boolean {
  return container.lifecycle?.postStart !== undefined && hookEndOf(id, input) === undefined;
}

function hookEndOf(id: ContainerId, { record, hookEnd }: PodStatusInput): 'done' | 'failed' | undefined {
  const recorded = record?.starts?.[id]?.postStart;
  return recorded === 'done' || recorded === 'failed' ? recorded : hookEnd?.(id);
}

function terminatedState(
  { id, state }: ObservedContainer,
  observed: PodObservation,
): { readonly terminated: ContainerStateTerminated } | undefined {
  const details = observed.containerDetails.get(id);
  if (state !== 'exited' || details === undefined) return undefined;
  return {
    terminated: {
      exitCode: details.exitCode,
      reason: reasonOf(details),
      ...messageOf(details),
      startedAt: timestamp(details.startedAtMs),
      finishedAt: timestamp(details.finishedAtMs),
      containerID: containerIdOf(id),
    },
  };
}

/** An end that nobody saw (kubelet: ContainerReasonStatusUnknown). */
function unknownEnd(message: string): { readonly terminated: ContainerStateTerminated } {
  const reason = 'ContainerStatusUnknown';
  return { terminated: { exitCode: 137, reason, message, startedAt: null, finishedAt: null } };
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

function cut(state: ContainerState, { pod }: PodStatusInput): ContainerState {
  if (!('terminated' in state) || state.terminated.message === undefined) return state;
  const limitBytes = Math.floor(MESSAGES_BYTES / everyContainer(pod).length);
  return { terminated: { ...state.terminated, message: firstBytes(state.terminated.message, limitBytes) } };
}

function containerIdOf(id: ContainerId): string {
  return `containerd://${id}`;
}
