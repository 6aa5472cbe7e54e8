import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, type Logger, sleep } from '../base/index.ts';
import type { ApiRequest, ApiResponse } from './message.ts';
import type { Route } from './route.ts';
import { createRouter, type Handler } from './router.ts';
import { statusError } from './status-error.ts';
import { type BoundSocket, bindPrivately } from './unix-socket.ts';

/** No client, however slow or greedy, can hold a connection or memory for longer or larger than this. */
export interface ApiLimits {
  readonly headerBytes: number;
  readonly bodyBytes: number;
  /** For the headers to arrive, and for the whole request. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
  readonly connections: number;
}

const LIMITS: ApiLimits = {
  headerBytes: 16 * 1024,
  /** No route takes a body yet; a small one is read and forgotten. */
  bodyBytes: 64 * 1024,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 30_000,
  connections: 256,
};

/** How long closing lets answers in flight be finished. */
const CLOSE_GRACE_MS = 500;
const KEEP_ALIVE_MS = 5000;

export interface ApiServerOptions {
  readonly socketPath: string;
  readonly routes: readonly Route[];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits?: Partial<ApiLimits>;
}

export interface ApiServer {
  /** Throws STATE_IO where the socket cannot be had; see bindPrivately. */
  listen(): Promise<void>;
  /** Stops listening, lets answers in flight end for half a second, removes the socket. Safe to repeat. */
  close(): Promise<void>;
}

/** HTTP over a Unix socket. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { socketPath, logger, clock } = options;
  const server = createHttpServer(createRouter(options.routes, logger), { ...LIMITS, ...options.limits });
  let bound: BoundSocket | undefined;
  return {
    async listen() {
      bound = await bindPrivately(server, socketPath);
      server.on('error', (err) => logger.error({ err }, 'api server failed'));
      logger.info({ socket: socketPath }, 'api is served');
    },
    async close() {
      const socket = bound;
      bound = undefined;
      // First the name, so that nobody connects to a server that is about to go.
      await socket?.release();
      if (socket !== undefined) await drain(server, clock);
    },
  };
}

function createHttpServer(handler: Handler, limits: ApiLimits): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(1000, limits.headersMs),
    },
    async (request, response) => {
      const answer = await answerTo(request, handler, limits.bodyBytes);
      if (answer === undefined) response.destroy();
      else send(response, answer);
    },
  );
  server.timeout = limits.idleMs;
  server.maxConnections = limits.connections;
  return server;
}

async function drain(server: Server, clock: Clock): Promise<void> {
  const waiting = new AbortController();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await Promise.race([closed, sleep(clock, CLOSE_GRACE_MS, waiting.signal)]);
  waiting.abort();
  server.closeAllConnections();
  await closed;
}

/** Undefined where reading failed: the client hung up, and there is nobody to tell. */
async function answerTo(
  request: IncomingMessage,
  handler: Handler,
  bodyBytes: number,
): Promise<ApiResponse | undefined> {
  const parsed = parseRequest(request);
  if (parsed === undefined) return statusError('BadRequest', 'the URL cannot be read');
  try {
    if (await bodyExceeds(request, bodyBytes)) {
      const refusal = statusError('RequestEntityTooLarge', `the body exceeds ${bodyBytes} bytes`);
      return { ...refusal, headers: { ...refusal.headers, connection: 'close' } };
    }
  } catch {
    return undefined;
  }
  return handler(parsed);
}

function parseRequest({ method = 'GET', url = '/' }: IncomingMessage): ApiRequest | undefined {
  if (!url.startsWith('/')) return undefined;
  const split = url.indexOf('?');
  const path = split === -1 ? url : url.slice(0, split);
  const query = new URLSearchParams(split === -1 ? '' : url.slice(split + 1));
  return { method: method === 'HEAD' ? 'GET' : method, path, query };
}

async function bodyExceeds(request: IncomingMessage, limitBytes: number): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += Buffer.byteLength(chunk);
    if (bytes > limitBytes) return true;
  }
  return false;
}

function send(response: ServerResponse, { status, headers, body }: ApiResponse): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
