import type { Pod } from '../pod/index.ts';
import type { Place } from './place.ts';

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** Why the pod cannot run at this place as it is written; undefined where it can. */
export function admit(_pod: Pod, _place: Place): Rejection | undefined {
  return undefined;
}
