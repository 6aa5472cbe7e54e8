import { type Container, isSidecar, type Pod, type RestartPolicy } from './pod.ts';

/** What the manifest says becomes of a container that has exited. */
export type RestartVerdict = 'done' | 'restart' | 'restart-all';

/**
 * The first rule that matches, else the container's policy, else the pod's (kubelet: ContainerShouldRestart). An init container that
 * has succeeded is done, whatever rule restarts it alone (kubelet: isInitContainerFailed comes first).
 */
export function restartVerdict(container: Container, pod: Pod, exitCode: number): RestartVerdict {
  for (const { operator, exitCodes, action } of container.restartPolicyRules ?? []) {
    if (exitCodes.includes(exitCode) !== (operator === 'In')) continue;
    if (action === 'RestartAllContainers') return 'restart-all';
    return exitCode === 0 && isRunToEnd(container, pod) ? 'done' : 'restart';
  }
  const policy = restartPolicyOf(container, pod);
  return policy === 'Never' || (policy === 'OnFailure' && exitCode === 0) ? 'done' : 'restart';
}

/** Init containers that run to their end are restarted for failing alone. */
export function restartPolicyOf(container: Container, pod: Pod): RestartPolicy {
  const policy = container.restartPolicy ?? pod.spec.restartPolicy;
  return policy === 'Always' && isRunToEnd(container, pod) ? 'OnFailure' : policy;
}

function isRunToEnd(container: Container, pod: Pod): boolean {
  return pod.spec.initContainers?.includes(container) === true && !isSidecar(container, pod);
}
