import type { PodUid } from './identity.ts';

/** Which pods there are at one moment. */
export interface PodPresence {
  /** Pods that are wanted, on record, or in the runtime. */
  readonly knownUids: ReadonlySet<PodUid>;
  /** Manifests, records and the runtime were all read: only then does absence say anything. */
  readonly complete: boolean;
}

/** Whether nobody knows of a pod, as far as that can be said. */
export function isUnknownPod({ complete, knownUids }: PodPresence, uid: PodUid): boolean {
  return complete && !knownUids.has(uid);
}
