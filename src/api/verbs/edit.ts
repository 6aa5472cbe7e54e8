import type { JsonObject } from '../../base/index.ts';
import type { WriteOptions } from './write-options.ts';

/** What a request makes of an object, whatever it sends: a whole object, or one of four kinds of patches. */
export interface Edit {
  readonly options: WriteOptions;
  /** What there is to say about the body itself. */
  readonly warnings: readonly string[];
  /** Pure; throws ApiFailure where the object cannot be edited so. */
  apply(current: JsonObject): Edited;
  /** Of server-side apply: the object where there is none yet. */
  readonly create?: () => JsonObject;
}

export interface Edited {
  readonly object: JsonObject;
  readonly warnings: readonly string[];
  /** Who owns what is written down already. */
  readonly isTracked: boolean;
}
