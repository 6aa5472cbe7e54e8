import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiFailure } from '../apimachinery/index.ts';
import { type Clock, type Logger, sleep } from '../base/index.ts';
import type { ApiLimits } from './api-limits.ts';
import type { Guard } from './guard.ts';
import type { ApiResponse, UpgradeRequest } from './message.ts';
import { BodyRoom, readRequestBody, readTarget } from './read-request.ts';
import type { Router } from './router.ts';
import { rawResponse, sendStream, sendWhole } from './send-response.ts';
import { failureResponse, statusError } from './status-error.ts';

/** How long closing lets answers in flight be finished: the last word on a run comes when its end is on a disk that may be slow. */
const CLOSE_GRACE_MS = 3_000;
/** How long a client that asked for another protocol may take to read why not. */
const HANG_UP_MS = 1000;
/** After this much silence the system asks whether the other side is still there: watches and terminals may be silent for hours. */
const KEEP_ALIVE_PROBE_MS = 30_000;

export interface HttpService {
  readonly router: Router;
  readonly guard: Guard;
  readonly limits: ApiLimits;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface ServedHttp {
  /** Takes no more requests, tells those under way, and ends what is left after three seconds. */
  close(): Promise<void>;
}

/** What node:http and node:https are to be created with; `serveHttp` does the rest. */
export function httpOptions(limits: ApiLimits): ServerOptions {
  return {
    maxHeaderSize: limits.headerBytes,
    // Of two Hosts the guard would else see the first alone, and some proxy before us the second (RFC 9112, 3.2).
    joinDuplicateHeaders: true,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
  };
}

/** Answers the requests of a server, on whatever it listens. */
export function serveHttp(server: Server, service: HttpService): ServedHttp {
  const { limits, clock } = service;
  const open = new OpenExchanges(limits.pipelined);
  const room = new BodyRoom(limits.bodiesBytes);
  server.timeout = limits.idleMs;
  server.maxConnections = limits.connections;
  server.on('request', (request, response) => {
    // What ends after the server began to close leaves a connection that nobody needs any more.
    response.once('close', () => {
      if (!server.listening) server.closeIdleConnections();
    });
    if (open.tooMany(request, response)) request.socket.destroy();
    else
      void answer({
        request,
        response,
        service,
        room,
        signal: open.begin(response, () => response.writableFinished),
      });
  });
  server.on('upgrade', (request, socket, head) => {
    void upgrade({ request, socket, head, service, signal: open.begin(socket, () => false) });
  });
  return {
    async close() {
      const waiting = new AbortController();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      open.tellClosing();
      server.closeIdleConnections();
      await Promise.race([closed, sleep(clock, CLOSE_GRACE_MS, waiting.signal)]);
      waiting.abort();
      server.closeAllConnections();
      open.cut();
      await closed;
    },
  };
}

/** Answers and changed protocols under way. */
class OpenExchanges {
  readonly #gone = new Map<ServerResponse | Duplex, AbortController>();
  readonly #pending = new WeakMap<Duplex, number>();
  readonly #pipelined: number;

  constructor(pipelined: number) {
    this.#pipelined = pipelined;
  }

  /** True of a request that comes while too many of its connection are without an answer. */
  tooMany({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const pending = (this.#pending.get(socket) ?? 0) + 1;
    if (pending > this.#pipelined) return true;
    this.#pending.set(socket, pending);
    response.once('close', () => this.#pending.set(socket, (this.#pending.get(socket) ?? 1) - 1));
    return false;
  }

  /** Aborted when the client is gone, or the server closes, before the answer or the connection has ended in good order. */
  begin(exchange: ServerResponse | Duplex, isDone: () => boolean): AbortSignal {
    const gone = new AbortController();
    this.#gone.set(exchange, gone);
    exchange.once('close', () => {
      this.#gone.delete(exchange);
      if (!isDone()) gone.abort();
    });
    return gone.signal;
  }

  tellClosing(): void {
    for (const gone of this.#gone.values()) gone.abort();
  }

  cut(): void {
    for (const exchange of this.#gone.keys()) exchange.destroy();
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly service: HttpService;
  readonly room: BodyRoom;
  readonly signal: AbortSignal;
}

async function answer(exchange: Exchange): Promise<void> {
  const { request, response, service } = exchange;
  const refused = service.guard(request.headers);
  try {
    if (refused === undefined) await respond(exchange);
    else await send(exchange, refused);
  } catch (err) {
    // Whose client hung up has nobody to tell.
    if (!response.destroyed) service.logger.error({ err, path: request.url }, 'answer was cut off');
    response.destroy();
  }
}

async function respond(exchange: Exchange): Promise<void> {
  const { request, service, room, signal } = exchange;
  const target = readTarget(request);
  if (target === undefined) return send(exchange, statusError('BadRequest', 'the URL cannot be read'));
  const read = await readRequestBody(request, room, service.limits.bodyBytes).catch((error: unknown) => {
    if (error instanceof ApiFailure) return error;
    throw error;
  });
  if (read instanceof ApiFailure) {
    const refusal = failureResponse(read);
    return send(exchange, { ...refusal, headers: { ...refusal.headers, connection: 'close' } });
  }
  try {
    // Routes have deadlines of their own, and a stream may be silent for as long as it likes.
    request.socket.setTimeout(0);
    const { headers } = request;
    const made = await service.router.answer({ ...target, headers, body: read.body, signal });
    await send(exchange, made).finally(() => made.release?.());
  } finally {
    read.release();
  }
}

async function send({ request, response, service, signal }: Exchange, answer: ApiResponse): Promise<void> {
  const { body } = answer;
  if (response.destroyed) return;
  if (typeof body === 'function') return sendStream(response, { ...answer, body }, signal);
  // Who does not fetch what is ready is not waited for.
  request.socket.setTimeout(service.limits.idleMs);
  await sendWhole(request, response, { ...answer, body });
}

interface ProtocolChange {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly service: HttpService;
  readonly signal: AbortSignal;
}

async function upgrade({ request, socket, head, service, signal }: ProtocolChange): Promise<void> {
  const writtenBefore = request.socket.bytesWritten;
  // Whoever takes the connection hears of its errors by listeners of its own.
  socket.on('error', () => undefined);
  request.socket.setTimeout(0);
  const refusal =
    service.guard(request.headers) ?? (await passOn({ request, socket, head, service, signal }));
  if (refusal === undefined) return;
  if (request.socket.bytesWritten > writtenBefore) socket.destroy();
  else await hangUp(socket, rawResponse(refusal), service.clock);
}

function passOn({
  request,
  socket,
  head,
  service,
  signal,
}: ProtocolChange): Promise<ApiResponse | undefined> {
  const target = readTarget(request);
  if (target === undefined) return Promise.resolve(statusError('BadRequest', 'the URL cannot be read'));
  const { headers, rawHeaders } = request;
  const asked: Omit<UpgradeRequest, 'params'> = { ...target, headers, rawHeaders, socket, head, signal };
  return service.router.upgrade(asked);
}

/** The last words on a connection. What its client has sent meanwhile is read, or the system would take them back. */
async function hangUp(socket: Duplex, words: Buffer, clock: Clock): Promise<void> {
  const read = new AbortController();
  for (const event of ['end', 'close']) socket.once(event, () => read.abort());
  socket.end(words);
  socket.resume();
  await sleep(clock, HANG_UP_MS, read.signal);
  socket.destroy();
}
