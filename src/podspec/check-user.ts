import type { Subject } from './subject.ts';

/** Who an image runs as where the pod does not say: a number, a name, or neither (root). */
export interface ImageUser {
  readonly uid?: number;
  readonly username: string;
}

/** Why the container must not run as the user it would have; undefined where it may. */
export function checkUser(_subject: Subject, _user: ImageUser | undefined): string | undefined {
  return undefined;
}
