import type { ContainerSecurityContext } from '../pod/index.ts';
import type { Subject } from './subject.ts';

/** A container's own settings, and the pod's where it has none (kubelet: DetermineEffectiveSecurityContext). */
export function effectiveSecurity({ pod, container }: Subject): ContainerSecurityContext {
  const { runAsUser, runAsGroup, runAsNonRoot, seLinuxOptions, seccompProfile } =
    pod.spec.securityContext ?? {};
  return {
    ...(runAsUser !== undefined && { runAsUser }),
    ...(runAsGroup !== undefined && { runAsGroup }),
    ...(runAsNonRoot !== undefined && { runAsNonRoot }),
    ...(seLinuxOptions !== undefined && { seLinuxOptions }),
    ...(seccompProfile !== undefined && { seccompProfile }),
    ...container.securityContext,
  };
}
