import { createServer } from 'node:http';
import { errnoOf } from '../base/index.ts';
import { bindPort, type TcpAddress } from './bind-port.ts';
import type { Guard } from './guard.ts';
import { keepTrying } from './keep-trying.ts';
import type { Route } from './route.ts';
import { createRouter } from './router.ts';
import { type HttpService, httpOptions, type ServedHttp, serveHttp } from './serve-http.ts';

/** A port in the clear, with routes of its own and no others. */
export interface PlainDoor {
  /** Addresses of the loopback. One that the machine does not have (IPv6) is left out, unless it is the only one. */
  readonly addresses: readonly TcpAddress[];
  readonly guard: Guard;
  /** Asked for with the first request. */
  readonly routes: () => Promise<readonly Route[]>;
  /** Told of each address that it listens on. */
  readonly opened: (address: TcpAddress) => void;
}

export interface OpenDoor {
  close(): Promise<void>;
}

/** What the system says where there is no such address. */
const NO_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** Listens until it is closed. Where a port is taken it says so once and tries again. */
export function servePlain(door: PlainDoor, service: Omit<HttpService, 'guard' | 'router'>): OpenDoor {
  const { clock, logger } = service;
  const closing = new AbortController();
  const { signal } = closing;
  const router = createRouter([], logger, door.routes);
  const open: ServedHttp[] = [];
  const listen = async (address: TcpAddress): Promise<undefined> => {
    const server = createServer(httpOptions(service.limits));
    const served = serveHttp(server, { ...service, router, guard: door.guard });
    try {
      const port = await bindPort(server, address);
      if (signal.aborted) return void (await served.close());
      server.on('error', (err) => logger.error({ err }, 'api server failed'));
      open.push(served);
      door.opened({ ...address, port });
    } catch (error) {
      const isExtra = door.addresses.length > 1 && NO_ADDRESS.includes(errnoOf(error) ?? '');
      if (!isExtra) throw error;
    }
  };
  for (const address of door.addresses) {
    const tell = (err: string): void => logger.warn({ ...address, err }, 'port cannot be listened on yet');
    void keepTrying(() => listen(address), { clock, signal, tell });
  }
  return {
    async close() {
      closing.abort();
      await Promise.all(open.map((served) => served.close()));
    },
  };
}
