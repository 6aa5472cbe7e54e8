/**
 * images: from a container's image text and pull policy to the id that containers are created with. Pulls run beside the loop,
 * one for each image however many pods want it, with the kubelet's back-off and reasons, and with the credentials that are for the
 * image: a pod's own, then the machine's. Invariant: nothing of a credential is in a message or a log.
 */
export {
  ImageKeeper,
  type ImageKeeperOptions,
  type ImageNeed,
  type ImageState,
  type ImageUser,
} from './image-keeper.ts';
export {
  createNodeCredentials,
  type NodeCredentials,
  type NodeCredentialsOptions,
} from './node-credentials.ts';
export type { PullSecret } from './pull-secret.ts';
export { type ImageReference, parseReference, pullName } from './reference.ts';
