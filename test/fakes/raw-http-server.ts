import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** What is done about a request: its head as text, and the connection to write to. */
export type Reply = (request: string, socket: Socket) => void;

/** A server on loopback that answers byte by byte as it is told, also what no real one would. */
export class RawHttpServer {
  /** Heads of the requests that came, oldest first. */
  readonly requests: string[] = [];
  reply: Reply = (_, socket) => void socket.end(whole('503 Service Unavailable', ''));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(tls: TlsOptions | undefined) {
    const onConnection = (socket: Socket): void => this.#serve(socket);
    this.#server = tls === undefined ? createServer(onConnection) : createTlsServer(tls, onConnection);
  }

  static async start({ port = 0, tls }: { port?: number; tls?: TlsOptions } = {}): Promise<RawHttpServer> {
    const server = new RawHttpServer(tls);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/pods.yaml`;
  }

  /** From now on every request gets this, whole and with its length. */
  answers(status: string, body: string | Buffer, headers: readonly string[] = []): void {
    this.reply = (_, socket) => void socket.end(whole(status, body, headers));
  }

  /** Breaks off what is under way. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    let head = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      head += chunk;
      if (!head.includes('\r\n\r\n')) return;
      this.requests.push(head);
      this.reply(head, socket);
      head = '';
    });
  }
}

/** An answer as a careful server gives it. */
export function whole(status: string, body: string | Buffer, headers: readonly string[] = []): Buffer {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  const head = [`HTTP/1.1 ${status}`, length, 'Connection: close', ...headers, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}
