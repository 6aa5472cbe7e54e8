/**
 * images: from a container's image text and pull policy to the id that containers are created with. Pulls run beside the loop,
 * one for each image however many pods want it, with the kubelet's back-off and reasons.
 */
export {
  ImageKeeper,
  type ImageKeeperOptions,
  type ImageNeed,
  type ImageState,
  type ImageUser,
  type PullSecret,
} from './image-keeper.ts';
export { type ImageReference, parseReference, pullName } from './reference.ts';
