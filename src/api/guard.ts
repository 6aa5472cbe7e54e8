import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../base/index.ts';
import type { ApiResponse } from './message.ts';
import { statusError } from './status-error.ts';

/** Looks at a request before anything else of it is read; answers the refusal of one that may not come in. */
export type Guard = (headers: IncomingHttpHeaders) => ApiResponse | undefined;

/** Nobody closes a connection that was refused for what its next request might say. */
const CLOSE = { connection: 'close' };

/**
 * Of the Unix socket, which only its owner can open. An Origin is only sent for a web page, and no page has any business here:
 * whatever lent it the socket is not to lend it the node.
 */
export function refuseOrigin({ origin }: IncomingHttpHeaders): ApiResponse | undefined {
  return origin === undefined
    ? undefined
    : statusError('Forbidden', 'requests of web pages are refused', {}, CLOSE);
}

/**
 * Of a TCP port, which every user of the machine and every page in a browser can reach: only `Authorization: Bearer` with the token, no
 * cookie and no query; only under a name that is ours, so that no name in somebody else's DNS can be made to lead here.
 */
export function createTokenGuard(token: string, names: readonly string[]): Guard {
  const expected = digestOf(token);
  const ours = new Set(names.map((name) => name.toLowerCase()));
  return (headers) => {
    const refused = refuseOrigin(headers);
    if (refused !== undefined) return refused;
    if (!ours.has(hostOf(headers.host ?? '')))
      return statusError('Forbidden', 'the Host of the request is no name of this node', {}, CLOSE);
    const given = /^bearer +([^ ]+) *$/i.exec(headers.authorization ?? '')?.[1];
    // Digests are of one length, so that comparing them tells neither where the texts differ nor how long the right one is.
    if (given !== undefined && timingSafeEqual(digestOf(given), expected)) return undefined;
    return statusError('Unauthorized', 'Unauthorized', {}, { ...CLOSE, 'www-authenticate': 'Bearer' });
  };
}

/**
 * Of a port in the clear on the loopback, which every user of the machine may use, and no web page: neither one that says where it is from, nor
 * one whose name was made to lead here. `refuseFetch` looks for what browsers send along with whatever they fetch, Origin or not.
 */
export function createLoopbackGuard({ refuseFetch }: { readonly refuseFetch: boolean }): Guard {
  return (headers) => {
    const refused = refuseOrigin(headers);
    if (refused !== undefined) return refused;
    if (!isLoopback(hostOf(headers.host ?? '')))
      return statusError('Forbidden', 'the Host of the request is not this machine itself', {}, CLOSE);
    return refuseFetch && Object.keys(headers).some((name) => name.startsWith('sec-fetch-'))
      ? statusError('Forbidden', 'requests of browsers are refused', {}, CLOSE)
      : undefined;
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `localhost:10250` and `[::1]:10250` without port and brackets; empty for what is neither. */
function hostOf(header: string): string {
  const match = /^(?:\[([0-9a-f.]*:[0-9a-f:.]*)\]|([^:[\]\s]+))(?::\d{1,5})?$/i.exec(header);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase();
}
