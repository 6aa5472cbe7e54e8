/** Who an image runs as where the pod does not say: a number, a name, or neither (root). */
export interface ImageUser {
  readonly uid?: number;
  readonly username: string;
}

/**
 * The image's user as a number; undefined for a name. A name of digits is a number too: left to the runtime, a line of the image's
 * own /etc/passwd could make any user of it.
 */
export function imageUid({ uid, username }: ImageUser): number | undefined {
  if (uid !== undefined) return uid;
  if (username === '') return 0;
  return /^[+-]?\d+$/.test(username) ? Number(username) : undefined;
}
