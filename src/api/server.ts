import { createServer } from 'node:http';
import type { Clock, Logger } from '../base/index.ts';
import { API_LIMITS, type ApiLimits } from './api-limits.ts';
import { refuseOrigin } from './guard.ts';
import { type OpenDoor, type PlainDoor, servePlain } from './plain-listener.ts';
import type { Route } from './route.ts';
import { createRouter } from './router.ts';
import { httpOptions, serveHttp } from './serve-http.ts';
import { serveTcp, type TcpOptions } from './tcp-listener.ts';
import { type BoundSocket, bindPrivately } from './unix-socket.ts';

export interface ApiServerOptions {
  readonly socketPath: string;
  readonly routes: readonly Route[];
  /** Asked for once, when a request comes that none of those takes. */
  readonly furtherRoutes?: () => Promise<readonly Route[]>;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Whether the API is served over TCP, too. */
  readonly tcp?: TcpOptions;
  /** Ports in the clear, for a part of it. */
  readonly plainDoors?: readonly PlainDoor[];
  readonly limits?: Partial<ApiLimits>;
}

export interface ApiServer {
  /** Listens on the Unix socket. Throws STATE_IO where it cannot be had; see bindPrivately. */
  listen(): Promise<void>;
  /** Begins to listen on TCP ports, and returns at once: it may take certificates, and a port may be taken for now. */
  listenTcp(): void;
  /** Stops listening, lets answers in flight end for three seconds, removes the socket. Safe to repeat. */
  close(): Promise<void>;
}

/** HTTP over a Unix socket, and over TCP with TLS. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { socketPath, logger, clock, tcp, plainDoors = [] } = options;
  const limits = { ...API_LIMITS, ...options.limits };
  const service = {
    router: createRouter(options.routes, logger, options.furtherRoutes),
    limits,
    logger,
    clock,
  };
  const server = createServer(httpOptions(limits));
  const local = serveHttp(server, { ...service, guard: refuseOrigin });
  let bound: BoundSocket | undefined;
  let doors: readonly OpenDoor[] | undefined;
  return {
    async listen() {
      bound = await bindPrivately(server, socketPath);
      server.on('error', (err) => logger.error({ err }, 'api server failed'));
      logger.info({ socket: socketPath }, 'api is served');
    },
    listenTcp() {
      doors ??= [
        ...(tcp === undefined ? [] : [serveTcp(tcp, service)]),
        ...plainDoors.map((door) => servePlain(door, { limits, logger, clock })),
      ];
    },
    async close() {
      const [socket, open = []] = [bound, doors];
      bound = undefined;
      doors = [];
      // First the name, so that nobody connects to a server that is about to go.
      await socket?.release();
      await Promise.all([
        socket === undefined ? undefined : local.close(),
        ...open.map((door) => door.close()),
      ]);
    },
  };
}
