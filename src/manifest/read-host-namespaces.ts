import type { Fields } from './fields.ts';

/** Which of the machine's namespaces a pod shares, and whether its containers share one for processes. */
interface HostNamespaces {
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  /** False where the pod gets a user namespace of its own. */
  readonly hostUsers: boolean;
  readonly shareProcessNamespace: boolean;
}

export function readHostNamespaces(spec: Fields): HostNamespaces {
  const namespaces = {
    hostNetwork: spec.boolean('hostNetwork') ?? false,
    hostPID: spec.boolean('hostPID') ?? false,
    hostIPC: spec.boolean('hostIPC') ?? false,
  };
  const hostUsers = spec.boolean('hostUsers') ?? true;
  // A user namespace has no rights in namespaces of the machine.
  for (const [name, isShared] of Object.entries(namespaces)) {
    if (!hostUsers && isShared) spec.report(name, 'Forbidden: when `pod.Spec.HostUsers` is false');
  }
  const shareProcessNamespace = spec.boolean('shareProcessNamespace') ?? false;
  if (shareProcessNamespace && namespaces.hostPID) {
    const rule = 'ShareProcessNamespace and HostPID cannot both be enabled';
    spec.report('shareProcessNamespace', `Invalid value: true: ${rule}`);
  }
  return { ...namespaces, hostUsers, shareProcessNamespace };
}
