export interface Trouble {
  readonly reason: string;
  readonly message: string;
}

/** Who hears late of an image that cannot be had hears of the wait between two tries: what is wrong stands behind it (images/pull-backoff.ts). */
export function imageTrouble({ reason, message }: Trouble): Trouble {
  const [, first, words] = /^Back-off pulling image ".*?": (\w+): (.*)$/s.exec(message) ?? [];
  if (reason !== 'ImagePullBackOff' || first === undefined || words === undefined) return { reason, message };
  return { reason: first, message: words };
}
