import {
  annotation,
  type Container,
  type ContainerId,
  containerHashMatches,
  isSidecar,
  type ObservedContainer,
  type Pod,
  restartVerdict,
  sandboxHashMatches,
} from '../pod/index.ts';
import { podReadiness } from '../status/index.ts';
import type { PlanInput } from './plan-input.ts';

type Seen = Pick<PlanInput, 'observed' | 'health' | 'record' | 'hook'>;

/**
 * Whether all containers of this very version run and are Ready (kubelet: GenerateContainersReadyCondition), or it has Succeeded. Never
 * for pods with readiness gates that nobody has opened.
 */
export function isVersionReady(pod: Pod, seen: Seen): boolean {
  const { containers, initContainers = [] } = pod.spec;
  if (containers.every((container) => hasSucceeded(container, pod, seen))) return true;
  const [sandbox] = seen.observed.sandboxes;
  if (sandbox?.state !== 'ready' || !isReady(pod, seen)) return false;
  const living = [...initContainers.filter((container) => isSidecar(container, pod)), ...containers];
  return living.every((container) => {
    const instance = instanceOf(container, pod, seen);
    return instance?.state === 'running' && instance.sandboxId === sandbox.id;
  });
}

/** As its status tells it: also a postStart hook that is not over keeps a pod from being Ready. */
function isReady(pod: Pod, { observed, health, record, hook }: Seen): boolean {
  const hookEnd = (id: ContainerId): 'done' | 'failed' | undefined => {
    const { state } = hook(id, 'postStart');
    return state === 'done' || state === 'failed' ? state : undefined;
  };
  return podReadiness({ pod, observed, health, record, hookEnd, terminating: false }).ready;
}

function hasSucceeded(container: Container, pod: Pod, seen: Seen): boolean {
  const instance = instanceOf(container, pod, seen);
  const details = instance && seen.observed.containerDetails.get(instance.id);
  if (instance?.state !== 'exited' || details === undefined) return false;
  return details.exitCode === 0 && restartVerdict(container, pod, 0) === 'done';
}

/** Its newest instance, if that is of this version and not about to be replaced. */
function instanceOf(
  container: Container,
  pod: Pod,
  { observed, record }: Seen,
): ObservedContainer | undefined {
  const latest = observed.containers.find(({ name }) => name === container.name);
  if (latest === undefined || record?.stops[latest.id] !== undefined) return undefined;
  return isMadeFrom(latest, container, pod) ? latest : undefined;
}

/** Whether an instance is what this version asks for. */
export function isMadeFrom({ annotations }: ObservedContainer, container: Container, pod: Pod): boolean {
  return (
    sandboxHashMatches(annotations[annotation.sandboxHash], pod) &&
    containerHashMatches(annotations[annotation.containerHash], container, pod)
  );
}
