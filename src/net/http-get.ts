import { TinyletError } from '../base/index.ts';
import { addressText } from './address-text.ts';
import { failureWords } from './failure-words.ts';
import { type HttpExchange, httpExchange, readBody } from './http-exchange.ts';
import { hostHeader, requestHeaders } from './request-headers.ts';
import { isDeadline } from './with-deadline.ts';

/** One GET of a probe or a hook, with nothing left to look up. */
export interface HttpGet {
  readonly scheme: 'HTTP' | 'HTTPS';
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Sent unless the manifest names one of its own, e.g. `kube-probe/1.36`. */
  readonly userAgent: string;
}

/** What came of it. */
export interface HttpAnswer {
  readonly status: number;
  /** At most 10 KiB of it. */
  readonly body: string;
  /** The address of a redirect to another host, which is not followed. */
  readonly redirectedTo?: string;
  /** What kept the body from being read, though the status is known. */
  readonly bodyFailure?: string;
}

/** As Go's http.Client. */
const MAX_REQUESTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * A GET as the kubelet sends it (kubelet: pkg/probe/http): certificates are not checked, no proxy, no connection kept, redirects
 * followed on the same host only. The signal ends it at any time. Rejects with NET_FAILED in Go's words where no status was answered.
 */
export async function httpGet(request: HttpGet, signal: AbortSignal): Promise<HttpAnswer> {
  const first = firstHop(request);
  let hop = first;
  for (let sent = 1; ; sent += 1) {
    const answer = await httpExchange(hop.exchange, signal).catch((error: unknown) => {
      throw failed(hop, wordsFor(error, hop, signal), error);
    });
    try {
      const { statusCode: status = 0, headers } = answer;
      const location = REDIRECTS.has(status) ? (headers.location ?? '') : '';
      const next = location === '' ? undefined : targetOf(location, hop);
      if (next === undefined) return { status, ...(await bodyOf(answer, signal)) };
      if (next.hostname !== first.url.hostname)
        return { status, redirectedTo: next.href, ...(await bodyOf(answer, signal)) };
      if (sent === MAX_REQUESTS) throw failed(hop, `stopped after ${MAX_REQUESTS} redirects`);
      hop = nextHop(hop, next, { request, relative: !URL.canParse(location) });
    } finally {
      answer.destroy();
    }
  }
}

/** A request and where it goes, once as a URL and once as the manifest writes it. */
interface Hop {
  readonly url: URL;
  readonly text: string;
  readonly exchange: HttpExchange;
}

function firstHop(request: HttpGet): Hop {
  const { host, port } = request;
  const scheme = request.scheme === 'HTTPS' ? 'https' : 'http';
  const path = onTheWire(request.path);
  const text = `${scheme}://${addressText(host, port)}${path}`;
  if (!URL.canParse(text))
    throw new TinyletError('NET_FAILED', `parse ${JSON.stringify(text)}: invalid host or port`);
  const headers = { ...requestHeaders(request), Host: hostHeader(request) ?? addressText(host, port) };
  return { url: new URL(text), text, exchange: { scheme, host, port, path, headers } };
}

/** A Host header of the manifest goes on while redirects name no host themselves (Go: http.Client). */
function nextHop(
  { exchange: { headers } }: Hop,
  url: URL,
  { request, relative }: { request: HttpGet; relative: boolean },
): Hop {
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port) || (scheme === 'https' ? 443 : 80);
  const asked = relative ? hostHeader(request) : undefined;
  const exchange = { scheme, host, port, path: `${url.pathname}${url.search}` } as const;
  return {
    url,
    text: url.href,
    exchange: { ...exchange, headers: { ...headers, Host: asked ?? url.host } },
  };
}

/** Where an answer points to; what is no address that can be asked is an error, as in Go. */
function targetOf(location: string, hop: Hop): URL {
  if (!URL.canParse(location, hop.url.href))
    throw failed(hop, `failed to parse Location header ${JSON.stringify(location)}`);
  const url = new URL(location, hop.url.href);
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw failed(hop, `unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`);
}

/** Begins with a slash, has no fragment, and nothing in it that a request line cannot hold. */
function onTheWire(path: string): string {
  const [request = ''] = path.split('#');
  const whole = request.startsWith('/') ? request : `/${request}`;
  return whole.replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, escaped);
}

function escaped(char: string): string {
  return [...Buffer.from(char, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

async function bodyOf(
  answer: Parameters<typeof readBody>[0],
  signal: AbortSignal,
): Promise<{ body: string; bodyFailure?: string }> {
  const { body, broken } = await readBody(answer);
  if (broken === undefined) return { body };
  if (!signal.aborted) return { body, bodyFailure: 'unexpected EOF' };
  return {
    body,
    bodyFailure: isDeadline(signal)
      ? 'context deadline exceeded (Client.Timeout or context cancellation while reading body)'
      : 'context canceled',
  };
}

function wordsFor(error: unknown, { exchange: { host, port } }: Hop, signal: AbortSignal): string {
  if (!signal.aborted) return failureWords(error, host, port);
  return isDeadline(signal)
    ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    : 'context canceled';
}

function failed({ text }: Hop, words: string, cause?: unknown): TinyletError {
  return new TinyletError('NET_FAILED', `Get ${JSON.stringify(text)}: ${words}`, { cause });
}
