import type { ManifestMessage, ManifestSnapshot } from '../manifest/index.ts';
import type { ObservedSandbox, Pod, PodKey, PodObservation, PodUid, UsedObjects } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Readiness } from './start-after.ts';
import type { Target } from './target.ts';

export interface TargetsInput {
  readonly manifests: ManifestSnapshot;
  readonly records: readonly PodRecord[];
  /** This daemon's sandboxes. */
  readonly own: readonly ObservedSandbox[];
  /** This daemon's containers, by pod: also those whose sandbox is gone. */
  readonly pods?: ReadonlyMap<PodUid, Pick<PodObservation, 'containers'>>;
  /** Sandboxes of other tinylets on the same runtime. */
  readonly foreign: readonly ObservedSandbox[];
  /** The UID for a pod that appears for the first time; the same answer for the same key until the pod is recorded. */
  readonly newUid: (key: PodKey) => PodUid;
  /** The objects a pod names. */
  readonly usedBy: (pod: Pod) => UsedObjects;
  /** The version of a pod that was last read and taken in this daemon's life, in force or not. */
  readonly lastRead?: (uid: PodUid) => Pod | undefined;
  /** Pods whose new sandbox may not be listed yet, with the versions that it may be of. */
  readonly making?: ReadonlyMap<PodUid, readonly Pod[]>;
  /** Pods that have no sandbox and need none any more. */
  readonly finished?: ReadonlyMap<Pod, UsedObjects>;
  /** How far a pod is that others start after. */
  readonly readinessOf?: (uid: PodUid) => Readiness;
  /** Absent as long as the node is not shut down. */
  readonly shutdown?: Shutdown;
}

/** When the node's shutdown began (wall clock), and how long its pods have to end. */
export interface Shutdown {
  readonly startedAtMs: number;
  readonly forMs: number;
}

export interface Targets {
  readonly targets: ReadonlyMap<PodUid, Target>;
  /** What only all files together tell to be wrong: pods that are defined twice, pods that wait for each other. */
  readonly refused: readonly ManifestMessage[];
}
