import { bindPort, type TcpAddress } from './bind-port.ts';
import { createTokenGuard, type Guard } from './guard.ts';
import { keepTrying } from './keep-trying.ts';
import type { OpenDoor } from './plain-listener.ts';
import { type HttpService, httpOptions, type ServedHttp, serveHttp } from './serve-http.ts';

/** What the door shows its clients, and what it asks of them. PEM. */
export interface TcpCredentials {
  readonly certificate: string;
  readonly key: string;
  readonly token: string;
  /** What a client may call this node in the `Host` of a request, without ports and brackets. */
  readonly names: readonly string[];
}

/** Who may come in over TCP; access/ has it, daemon/ hands it in. */
export interface TcpAccess {
  /** Asked before the port is taken and every day: certificates end. Rejects where they cannot be had for now. */
  credentials(): Promise<TcpCredentials>;
  /** Told when the port is listened on, and whenever the credentials were looked at: writes the kubeconfig. */
  serving(port: number): Promise<void>;
}

export interface TcpOptions {
  readonly address: TcpAddress;
  readonly access: TcpAccess;
}

const RENEWAL_MS = 24 * 3_600_000;
const HANDSHAKE_MS = 10_000;

const CANNOT_LISTEN = 'api cannot be served over TCP yet';
const CANNOT_RENEW = 'what gives access to the api over TCP cannot be renewed yet';

/** Listens with TLS until it is closed. Where the port is taken, it says so once and tries again. */
export function serveTcp({ address, access }: TcpOptions, service: Omit<HttpService, 'guard'>): OpenDoor {
  const { clock, logger } = service;
  const closing = new AbortController();
  const { signal } = closing;
  let open: Listening | undefined;
  const serve = async (): Promise<number | undefined> => {
    const credentials = await access.credentials();
    if (signal.aborted) return undefined;
    if (open === undefined) open = await openDoor(address, credentials, service);
    else open.admit(credentials);
    if (signal.aborted) {
      await open.served.close();
      return undefined;
    }
    await access.serving(open.port);
    return RENEWAL_MS;
  };
  const tell = (err: string): void =>
    logger.warn({ ...address, err }, open === undefined ? CANNOT_LISTEN : CANNOT_RENEW);
  void keepTrying(serve, { clock, signal, tell });
  return {
    async close() {
      // What is under way may take long to end: whatever it opens by then it closes itself.
      closing.abort();
      await open?.served.close();
    },
  };
}

interface Listening {
  readonly served: ServedHttp;
  readonly port: number;
  admit(credentials: TcpCredentials): void;
}

async function openDoor(
  address: TcpAddress,
  credentials: TcpCredentials,
  service: Omit<HttpService, 'guard'>,
): Promise<Listening> {
  const { createServer } = await import('node:https');
  let guard = guardOf(credentials);
  const server = createServer({
    ...httpOptions(service.limits),
    ...pem(credentials),
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_MS,
  });
  const served = serveHttp(server, { ...service, guard: (headers) => guard(headers) });
  const port = await bindPort(server, address);
  server.on('error', (err) => service.logger.error({ err }, 'api server failed'));
  service.logger.info({ host: address.host, port }, 'api is served over TCP');
  const admit = (renewed: TcpCredentials): void => {
    guard = guardOf(renewed);
    server.setSecureContext({ ...pem(renewed), minVersion: 'TLSv1.2' });
  };
  return { served, port, admit };
}

function guardOf({ token, names }: TcpCredentials): Guard {
  return createTokenGuard(token, names);
}

function pem({ certificate, key }: TcpCredentials): { cert: string; key: string } {
  return { cert: certificate, key };
}
