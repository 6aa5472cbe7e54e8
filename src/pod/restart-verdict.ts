import { type Container, isSidecar, type Pod, type RestartPolicy } from './pod.ts';

/** What the manifest says becomes of a container that has exited. */
export type RestartVerdict = 'done' | 'restart' | 'restart-all';

/** The first rule that matches, else the container's policy, else the pod's (kubelet: ContainerShouldRestart). */
export function restartVerdict(container: Container, pod: Pod, exitCode: number): RestartVerdict {
  for (const { operator, exitCodes, action } of container.restartPolicyRules ?? []) {
    if (exitCodes.includes(exitCode) === (operator === 'In'))
      return action === 'Restart' ? 'restart' : 'restart-all';
  }
  const policy = restartPolicyOf(container, pod);
  return policy === 'Never' || (policy === 'OnFailure' && exitCode === 0) ? 'done' : 'restart';
}

/** Init containers that run to their end are restarted for failing alone. */
export function restartPolicyOf(container: Container, pod: Pod): RestartPolicy {
  const policy = container.restartPolicy ?? pod.spec.restartPolicy;
  const isInit = pod.spec.initContainers?.includes(container) === true;
  return isInit && policy === 'Always' && !isSidecar(container, pod) ? 'OnFailure' : policy;
}
