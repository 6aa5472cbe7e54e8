import { type Container, isSidecar, type Pod, type RestartPolicy } from './pod.ts';

/** What the manifest says becomes of a container that has exited. */
export type RestartVerdict = 'done' | 'restart' | 'restart-all';

/**
 * The first rule that matches, else the container's policy, else the pod's (kubelet: ContainerShouldRestart). An init container that
 * has succeeded is done, whatever rule restarts it alone (kubelet: isInitContainerFailed comes first).
 */
export function restartVerdict(
  container: Container,
  pod: Pod,
  exitCode: number,
  reason = '',
): RestartVerdict {
  const isInit = isRunToEnd(container, pod);
  const failed = isInit ? initFailed({ exitCode, reason }) : exitCode !== 0;
  for (const { operator, exitCodes, action } of container.restartPolicyRules ?? []) {
    if (exitCodes.includes(exitCode) !== (operator === 'In')) continue;
    if (action === 'RestartAllContainers') return 'restart-all';
    return isInit && !failed ? 'done' : 'restart';
  }
  const policy = restartPolicyOf(container, pod);
  return policy === 'Never' || (policy === 'OnFailure' && !failed) ? 'done' : 'restart';
}

/** Of an init container that ran to its end. The kernel may have killed a part of it, and its main process ends well (kubelet: isInitContainerFailed). */
export function initFailed({
  exitCode,
  reason,
}: {
  readonly exitCode: number;
  readonly reason: string;
}): boolean {
  return exitCode !== 0 || reason === 'OOMKilled';
}

/** Init containers that run to their end are restarted for failing alone. */
export function restartPolicyOf(container: Container, pod: Pod): RestartPolicy {
  const policy = container.restartPolicy ?? pod.spec.restartPolicy;
  return policy === 'Always' && isRunToEnd(container, pod) ? 'OnFailure' : policy;
}

function isRunToEnd(container: Container, pod: Pod): boolean {
  return pod.spec.initContainers?.includes(container) === true && !isSidecar(container, pod);
}
