import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { inflateRawSync, constants as zlib } from 'node:zlib';
import { FrameReader } from '../../src/streaming/spdy/frame-reader.ts';
import { control, dataHead, FLAG_FIN, FRAME, streamIdAt } from '../../src/streaming/spdy/frames.ts';

/** One stream as the runtime sees it. */
export class RuntimeStream {
  readonly headers: Readonly<Record<string, string>>;
  readonly #connection: Duplex;
  readonly #id: number;
  readonly #parts: Buffer[] = [];
  ended = false;

  constructor(connection: Duplex, id: number, headers: Readonly<Record<string, string>>) {
    this.#connection = connection;
    this.#id = id;
    this.headers = headers;
  }

  /** All that came so far. */
  get received(): Buffer {
    return Buffer.concat(this.#parts);
  }

  take(part: Buffer): void {
    this.#parts.push(part);
  }

  /** Returns whether there is room for more. */
  say(data: string | Uint8Array): boolean {
    const bytes = Buffer.from(data);
    this.#connection.write(dataHead(this.#id, bytes.length));
    return this.#connection.write(bytes);
  }

  end(): void {
    this.#connection.write(dataHead(this.#id, 0, FLAG_FIN));
  }
}

/** A connection to the runtime that speaks SPDY. */
export class RuntimeSession {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly streams: RuntimeStream[] = [];
  readonly closed: Promise<unknown>;
  /** Every control frame but those that open streams, as type and payload. */
  readonly control: [number, Buffer][] = [];
  readonly #byId = new Map<number, RuntimeStream>();
  readonly #reader = new FrameReader();
  /** The deflated header blocks so far, without what a zlib stream begins with. */
  #deflated: Buffer = Buffer.alloc(0);
  #inflatedBytes = 0;
  zlibStart: Buffer = Buffer.alloc(0);
  readonly #accepts: boolean;

  constructor(request: IncomingMessage, socket: Socket, accepts: boolean) {
    this.request = request;
    this.#accepts = accepts;
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** The stream of a type, once it is there. */
  async stream(type: string, port?: string): Promise<RuntimeStream> {
    for (;;) {
      const found = this.streams.find(
        ({ headers }) => headers.streamtype === type && (port === undefined || headers.port === port),
      );
      if (found !== undefined) return found;
      await moment();
    }
  }

  #take(chunk: Buffer): void {
    for (const frame of this.#reader.read(chunk)) {
      if (frame.kind === 'data') {
        const stream = this.#byId.get(frame.streamId);
        stream?.take(frame.part);
        if (frame.fin && stream !== undefined) stream.ended = true;
      } else if (frame.type === FRAME.synStream) this.#open(frame.payload);
      else this.control.push([frame.type, frame.payload]);
    }
  }

  #open(payload: Buffer): void {
    const id = streamIdAt(payload);
    const stream = new RuntimeStream(this.socket, id, this.#headersIn(payload.subarray(10)));
    this.#byId.set(id, stream);
    this.streams.push(stream);
    const reply = Buffer.alloc(4);
    reply.writeUInt32BE(id, 0);
    if (this.#accepts) this.socket.write(control(FRAME.synReply, reply));
  }

  #headersIn(block: Buffer): Record<string, string> {
    const isFirst = this.#deflated.length === 0;
    if (isFirst) this.zlibStart = block.subarray(0, 6);
    this.#deflated = Buffer.concat([this.#deflated, isFirst ? block.subarray(6) : block]);
    const all = inflateRawSync(this.#deflated, { finishFlush: zlib.Z_SYNC_FLUSH });
    const bytes = all.subarray(this.#inflatedBytes);
    this.#inflatedBytes = all.length;
    let at = 4;
    const text = (): string => {
      const length = bytes.readUInt32BE(at);
      at += 4 + length;
      return bytes.toString('utf8', at - length, at);
    };
    const count = bytes.readUInt32BE(0);
    return Object.fromEntries(Array.from({ length: count }, () => [text(), text()]));
  }
}

/** A runtime's streaming server: HTTP that becomes SPDY, and whatever else a test wants it to be. */
export class FakeSpdyRuntime {
  readonly sessions: RuntimeSession[] = [];
  /** Answered in place of SPDY. */
  refusal: { readonly status: number; readonly words: string } | undefined;
  /** False for a runtime that leaves streams without an answer. */
  accepts = true;
  /** Good for any number of connections. */
  url = '';
  readonly #server: Server;

  static async start(): Promise<FakeSpdyRuntime> {
    const runtime = new FakeSpdyRuntime();
    await once(runtime.#server.listen(0, '127.0.0.1'), 'listening');
    const address = runtime.#server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
    runtime.url = `http://127.0.0.1:${address.port}/exec/token?x=1`;
    return runtime;
  }

  private constructor() {
    this.#server = createServer();
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket) => this.#upgrade(request, socket));
  }

  /** The next connection that has not been asked for yet. */
  async session(): Promise<RuntimeSession> {
    for (;;) {
      const next = this.sessions.shift();
      if (next !== undefined) return next;
      await moment();
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #upgrade(request: IncomingMessage, socket: Socket): void {
    if (this.refusal !== undefined) {
      const { status, words } = this.refusal;
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${words.length}\r\n\r\n${words}`);
      return;
    }
    const [first = ''] = String(request.headers['x-stream-protocol-version']).split(', ');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${first}\r\n\r\n`,
    );
    this.sessions.push(new RuntimeSession(request, socket, this.accepts));
  }
}

function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}
