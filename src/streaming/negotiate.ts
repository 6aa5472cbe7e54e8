import type { IncomingHttpHeaders } from 'node:http';
import { ApiFailure } from '../apimachinery/index.ts';

/** The protocols that a header names, in its order. */
export function offeredIn(headers: IncomingHttpHeaders, name: string): readonly string[] {
  return [headers[name] ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '');
}

/** The first that both know. Throws ApiFailure in Kubernetes' words (apimachinery: pkg/util/httpstream). */
export function negotiate(offered: readonly string[], accepted: readonly string[]): string {
  const chosen = offered.find((protocol) => accepted.includes(protocol));
  if (chosen !== undefined) return chosen;
  const [theirs, ours] = [offered.join(' '), accepted.join(' ')];
  throw new ApiFailure(
    'Forbidden',
    `unable to upgrade: unable to negotiate protocol: client supports [${theirs}], server accepts [${ours}]`,
  );
}
