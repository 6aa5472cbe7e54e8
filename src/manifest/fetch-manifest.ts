import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import { type Clock, errnoOf, messageOf } from '../base/index.ts';

export interface ManifestRequest {
  /** http or https. */
  readonly url: string;
  readonly headers: OutgoingHttpHeaders;
  /** A longer answer is given up. */
  readonly maxBytes: number;
  readonly clock: Clock;
  /** Gives it up. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** What a URL answered. */
export type FetchedManifest =
  | {
      readonly state: 'answered';
      readonly bytes: Buffer;
      readonly contentType: string;
      /** False where the server told neither length nor end: it may have been cut short on the way. */
      readonly isWhole: boolean;
      readonly etag?: string;
    }
  /** What the headers asked about is still so. */
  | { readonly state: 'unchanged' }
  /** A sentence without a full stop, for people. */
  | { readonly state: 'failed'; readonly reason: string };

/** Of the whole exchange, redirects included. (kubelet: the client of its URL source) */
const TIMEOUT_MS = 10_000;

const MAX_REDIRECTS = 5;
/** Of an ETag and the like. */
const MAX_VALIDATOR_CHARACTERS = 1024;
const REDIRECTS: readonly (number | undefined)[] = [301, 302, 303, 307, 308];

/** What Node calls certificates that no authority it knows vouches for. */
const UNTRUSTED = [
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT'],
  ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
];

/** An answer that came and is not to be used; the message says why. */
class UnusableAnswer extends Error {}

/** One GET. Never rejects, and never takes longer than its timeout, however slowly the other side speaks. */
export async function fetchManifest(request: ManifestRequest): Promise<FetchedManifest> {
  const { clock, signal, timeoutMs = TIMEOUT_MS } = request;
  const cut = new AbortController();
  const giveUp = (): void => cut.abort();
  let isLate = false;
  const timer = clock.setTimer(timeoutMs, () => {
    isLate = true;
    cut.abort();
  });
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    if (signal.aborted) cut.abort();
    return await follow(request, cut.signal);
  } catch (error) {
    if (isLate) return { state: 'failed', reason: `took more than ${timeoutMs / 1000} s to answer` };
    return { state: 'failed', reason: reasonOf(error) };
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', giveUp);
  }
}

/** Goes where it is sent, as long as that is the same server: a manifest must not be had from somewhere its user never named. */
async function follow(request: ManifestRequest, signal: AbortSignal): Promise<FetchedManifest> {
  let url = new URL(request.url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await send(url, request.headers, signal);
    const { location } = response.headers;
    if (!REDIRECTS.includes(response.statusCode) || location === undefined)
      return await read(response, request.maxBytes);
    response.destroy();
    url = sameServer(location, url);
  }
  throw new UnusableAnswer(`redirects more than ${MAX_REDIRECTS} times`);
}

function sameServer(location: string, from: URL): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to === undefined) throw new UnusableAnswer('redirects to what is no URL');
  if (to.protocol === from.protocol && to.host === from.host && to.username === '' && to.password === '')
    return to;
  throw new UnusableAnswer(
    `redirects to ${to.protocol}//${to.host}; only the same scheme, host and port are followed: give that URL itself`,
  );
}

async function send(url: URL, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<IncomingMessage> {
  // No connection is kept: the next request comes when a server has closed it.
  const options: RequestOptions = { method: 'GET', headers, agent: false, signal };
  const [http, https] =
    url.protocol === 'https:'
      ? [undefined, await import('node:https')]
      : [await import('node:http'), undefined];
  return new Promise((resolve, reject) => {
    const sent = http?.request(url, options) ?? https?.request(url, { ...options, rejectUnauthorized: true });
    sent
      ?.on('response', resolve)
      // Nobody asked for another protocol. Node tells of that answer by this event alone, and without a listener by none at all.
      .on('upgrade', (response, socket) => {
        socket.destroy();
        resolve(response);
      })
      .on('error', reject)
      .on('close', () => reject(new UnusableAnswer('hangs up without an answer')))
      .end();
  });
}

async function read(response: IncomingMessage, maxBytes: number): Promise<FetchedManifest> {
  try {
    const { statusCode, headers } = response;
    if (statusCode === 304) return { state: 'unchanged' };
    if (statusCode !== 200) throw new UnusableAnswer(`answers with status ${statusCode}`);
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new UnusableAnswer('answers in an encoding that was not asked for');
    const bytes = await readBody(response, maxBytes);
    return {
      ...{ state: 'answered', bytes, contentType: headers['content-type'] ?? '' },
      isWhole: headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined,
      ...(isSentBack(headers.etag) && { etag: headers.etag }),
    };
  } finally {
    response.destroy();
  }
}

/** What it says of its length is not believed, only taken as a reason not to begin. */
async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = `answers with more than ${maxBytes} bytes, the most that is read (--max-manifest-bytes)`;
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw new UnusableAnswer(tooLarge);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > maxBytes) throw new UnusableAnswer(tooLarge);
    chunks.push(chunk);
  }
  if (!response.complete) throw new UnusableAnswer('breaks off within its answer');
  return Buffer.concat(chunks);
}

function reasonOf(error: unknown): string {
  if (error instanceof UnusableAnswer) return error.message;
  const code = errnoOf(error) ?? '';
  // Where several addresses were tried the error itself says nothing.
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  const message = messageOf(cause) === '' ? code : messageOf(cause);
  const hint = UNTRUSTED.includes(code)
    ? '; NODE_EXTRA_CA_CERTS names a file of further authorities to trust'
    : '';
  return `cannot be fetched: ${message}${hint}`;
}

/** A server may refuse a request for the length of what another one has once made it say. */
function isSentBack(validator: string | undefined): validator is string {
  return validator !== undefined && validator.length <= MAX_VALIDATOR_CHARACTERS;
}
