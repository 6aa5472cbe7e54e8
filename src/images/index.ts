/**
 * images: from a container's image text and pull policy to the id that containers are created with. Pulls run beside the loop,
 * one for each image however many pods want it, with the kubelet's back-off and reasons, and with the credentials that are for the
 * image: a pod's own, then the machine's. What the pulls brought is on record, and when the disk gets full it goes again, least recently
 * used first. Invariants: nothing of a credential is in a message or a log; no image is removed that anyone else may have brought or needs.
 */
export type { DiskSpace } from './disk-use.ts';
export { ImageGc, type ImageGcPorts, type ImageGcSettings } from './image-gc.ts';
export { ImageKeeper, type ImageKeeperOptions } from './image-keeper.ts';
export type { ImageNeed, ImageState, ImageUser } from './image-need.ts';
export {
  createNodeCredentials,
  type NodeCredentials,
  type NodeCredentialsOptions,
} from './node-credentials.ts';
export type { PullSecret } from './pull-secret.ts';
export { type PullClaims, PulledImages, type PulledImagesPorts } from './pulled-images.ts';
export { type ImageReference, parseReference, pullName } from './reference.ts';
