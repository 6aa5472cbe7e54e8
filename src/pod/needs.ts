/**
 * What a field may need of the runtime or of the machine. Where it is missing the manifest stays valid and the pod waits with this
 * reason.
 */
export const needs = {
  'image-volumes': 'containerd 2.1',
  'image-sub-path': 'containerd 2.2',
  'recursive-read-only':
    'a runtime handler with recursive read-only mounts (containerd 2.0, runc 1.1, Linux 5.12)',
  'user-namespaces': 'a runtime handler with user namespaces (containerd 2.0, runc 1.2, Linux 6.3)',
  'strict-supplemental-groups': 'containerd 2.0',
  cdi: 'containerd 1.7 with CDI enabled',
  'pod-cgroups': "the machine's own cgroup tree and the runtime's cgroupfs driver",
  'app-armor': 'AppArmor',
} as const satisfies Readonly<Record<string, string>>;

export type Need = keyof typeof needs;
