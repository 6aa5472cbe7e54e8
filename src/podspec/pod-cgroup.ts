import type { Pod, PodCgroup, PodUid } from '../pod/index.ts';
import type { Place } from './place.ts';

/** The pod's own cgroup; undefined where this daemon cannot make one. */
export function podCgroup(_pod: Pod, _uid: PodUid, _place: Place): PodCgroup | undefined {
  return undefined;
}
