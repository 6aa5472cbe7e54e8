import type { Need, Pod, RuntimeFacts } from '../pod/index.ts';
import type { Place } from './place.ts';
import { hasPodCgroups } from './pod-cgroup.ts';
import { runtimeHandler } from './runtime-class.ts';

/** Whether the place has what a field of the pod needs: as the runtime tells, or else by containerd's version. */
export function offers(pod: Pod, need: Need, place: Place): boolean {
  const { runtime, node, uses } = place;
  const features = runtime.handlers.get(runtimeHandler(pod, uses));
  switch (need) {
    case 'image-volumes':
      return isAtLeast(runtime, 2, 1);
    case 'image-sub-path':
      return isAtLeast(runtime, 2, 2);
    case 'cdi':
      return isAtLeast(runtime, 1, 7);
    case 'recursive-read-only':
      return features?.recursiveReadOnlyMounts === true;
    case 'user-namespaces':
      return features?.userNamespaces === true;
    case 'strict-supplemental-groups':
      return runtime.supplementalGroupsPolicy;
    case 'pod-cgroups':
      return hasPodCgroups(place);
    case 'app-armor':
      return node.appArmor;
  }
}

/**
 * Versions are containerd's, with whatever a distribution puts around them (`v2.1.9`, `1.6.20~ds1`, `2.2.0-rc.1`). Another runtime,
 * or a build without a version, answers for itself: it refuses what it cannot do.
 */
function isAtLeast({ name, version }: RuntimeFacts, major: number, minor: number): boolean {
  const [, ownMajor, ownMinor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (name !== 'containerd' || ownMajor === undefined) return true;
  const own = Number(ownMajor);
  return own > major || (own === major && Number(ownMinor) >= minor);
}
