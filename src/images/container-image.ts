import type { ImageInfo } from '../cri/index.ts';
import type { ObservedContainer } from '../pod/index.ts';
import { namesOf } from './pulled-images.ts';

/** Whether a container was made from the image, however the runtime names it there. */
export function isOf(image: ImageInfo): (container: ObservedContainer) => boolean {
  const names = new Set([image.id, ...namesOf(image)]);
  return (container) => names.has(container.image) || names.has(container.imageRef);
}
