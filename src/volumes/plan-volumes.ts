import type { Pod, PodFacts, UsedObjects } from '../pod/index.ts';
import type { VolumesRequest } from './volume-setup.ts';

export interface VolumesPlan {
  readonly request: VolumesRequest;
  /** Why the pod cannot have its volumes yet, in the kubelet's words; empty where nothing is missing. */
  readonly missing: readonly string[];
}

/** What the volumes of a pod are to be on this machine. Image volumes need nothing here: the runtime mounts them. */
export function planVolumes(pod: Pod, facts: PodFacts, uses: UsedObjects): VolumesPlan {
  return {
    request: { setups: [] },
    missing: [`not written yet: ${pod.metadata.name} ${facts.uid} ${uses.claims.size}`],
  };
}
