import type { PodUid, PullPolicy } from '../pod/index.ts';
import type { PullSecret } from './pull-secret.ts';

/** One container instance that is to be created and needs its image. */
export interface ImageNeed {
  readonly uid: PodUid;
  /** The pod's, for events. */
  readonly namespace: string;
  readonly name: string;
  /** Which container of the pod it is for, as events name it; absent where it is for a volume. */
  readonly fieldPath?: string;
  readonly container: string;
  readonly attempt: number;
  readonly image: string;
  readonly policy: PullPolicy;
  /** The pod's own registry credentials, tried before the node's. */
  readonly pullSecrets?: readonly PullSecret[];
}

/** Who an image runs as where the pod does not say: a number, a name, or neither (root). */
export interface ImageUser {
  readonly uid?: number;
  readonly username: string;
}

/**
 * Where the image of a need stands. `failed` holds until `untilMs` (wall clock); then it may be asked for again, and until that has an
 * outcome the failure is still what is known (kubelet: reasonCache): `last`.
 */
export type ImageState =
  | { readonly state: 'unknown'; readonly last?: { readonly reason: string; readonly message: string } }
  | { readonly state: 'pulling' }
  | { readonly state: 'ready'; readonly imageId: string; readonly user?: ImageUser }
  | { readonly state: 'failed'; readonly reason: string; readonly message: string; readonly untilMs: number };
