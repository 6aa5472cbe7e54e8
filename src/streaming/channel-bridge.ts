import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { messageOf } from '../base/index.ts';
import { type ChannelProtocol, CLOSE_CHANNEL, readMessage, writeMessage } from './channels.ts';
import { abandon } from './let-go.ts';
import { SpdyConnection, type SpdyStream } from './spdy/spdy-connection.ts';

export interface BridgeEnds {
  /** Paused. */
  readonly client: WebSocket;
  readonly runtime: Duplex;
  readonly protocol: ChannelProtocol;
  /** Cuts both off. */
  readonly signal: AbortSignal;
}

/** RFC 6455: all is well; the server cannot go on. */
const NORMAL_CLOSURE = 1000;
const INTERNAL_ERROR = 1011;
/** RFC 6455: what goes with a closing code has room for so much. */
const MAX_REASON_BYTES = 123;

/** The last word to a client. */
export interface Goodbye {
  readonly code: number;
  readonly reason?: string;
}

export const WELL: Goodbye = { code: NORMAL_CLOSURE };

/** As much may wait for a slow client; then the runtime has to wait. */
const MAX_WAITING_BYTES = 256 * 1024;

/** The channels of a WebSocket on one side, the streams of a SPDY connection on the other. */
export class ChannelBridge {
  readonly #ends: BridgeEnds;
  readonly #spdy: SpdyConnection;
  readonly #inputs = new Map<number, SpdyStream>();
  readonly #closed: Promise<unknown>;
  readonly #sent = new Set<number>();
  #openStreams = 0;
  #unsent = 0;
  #isServing = false;
  #goodbye: Goodbye | undefined;

  constructor(ends: BridgeEnds) {
    const { client, runtime } = ends;
    this.#ends = ends;
    this.#spdy = new SpdyConnection(runtime);
    client.on('error', () => undefined);
    client.on('message', (message) => this.#take(message));
    const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
    this.#closed = Promise.all([gone, this.#spdy.closed]);
    client.once('close', () => abandon(runtime));
    this.#spdy.onDrain(() => this.#regulate());
  }

  /** Opens the runtime's stream behind a channel. What it says is sent on that channel; `onEnd` tells that it has said all. */
  async open(
    channel: number,
    headers: Readonly<Record<string, string>>,
    onEnd: () => void = () => undefined,
  ): Promise<void> {
    this.#openStreams += 1;
    const stream = await this.#spdy.open(headers, {
      onData: (part) => this.send(channel, part),
      onEnd: () => {
        this.#openStreams -= 1;
        onEnd();
      },
    });
    this.#inputs.set(channel, stream);
  }

  get openStreams(): number {
    return this.#openStreams;
  }

  /** Whether anything was ever sent on a channel. */
  hasSent(channel: number): boolean {
    return this.#sent.has(channel);
  }

  endInput(channel: number): void {
    this.#inputs.get(channel)?.end();
    this.#inputs.delete(channel);
  }

  send(channel: number, data: Buffer): void {
    const { client, protocol } = this.#ends;
    this.#sent.add(channel);
    this.#unsent += 1;
    client.send(writeMessage({ channel, data }, protocol), { binary: !protocol.base64 }, () => {
      this.#unsent -= 1;
      this.#regulate();
      this.#closeWhenSent();
    });
    this.#regulate();
  }

  /** Lets the client speak. Resolves when both sides are closed; `isWell` is asked when the runtime has closed. */
  async serve(isWell: () => boolean): Promise<void> {
    const { client, runtime, signal } = this.#ends;
    const cut = (): void => {
      client.terminate();
      runtime.destroy();
    };
    signal.addEventListener('abort', cut, { once: true });
    if (signal.aborted) cut();
    void this.#spdy.closed.then((broken) => this.close(isWell() ? WELL : brokenOff(broken)));
    this.#isServing = true;
    this.#regulate();
    await this.#closed;
    signal.removeEventListener('abort', cut);
  }

  /** Says goodbye to the client, after all that was sent to it. */
  close(goodbye: Goodbye): void {
    this.#goodbye ??= goodbye;
    this.#regulate();
    this.#closeWhenSent();
  }

  /** Who is too slow keeps the other side waiting. What a client says in the end is its goodbye, which has to be read. */
  #regulate(): void {
    const { client } = this.#ends;
    if (client.bufferedAmount > MAX_WAITING_BYTES) this.#spdy.pause();
    else this.#spdy.resume();
    if ((this.#isServing && !this.#spdy.isFull) || this.#goodbye !== undefined) client.resume();
    else client.pause();
  }

  /** Not before: from then on a client has only so much time. */
  #closeWhenSent(): void {
    if (this.#unsent > 0 || this.#goodbye === undefined) return;
    const { code, reason } = this.#goodbye;
    this.#ends.client.close(code, reason);
  }

  #take(message: RawData): void {
    const { protocol } = this.#ends;
    const read = Buffer.isBuffer(message) ? readMessage(message, protocol) : undefined;
    if (read === undefined) return;
    const [closed] = read.data;
    if (protocol.closes && read.channel === CLOSE_CHANNEL) this.endInput(closed ?? CLOSE_CHANNEL);
    else this.#inputs.get(read.channel)?.write(read.data);
    this.#regulate();
  }
}

/** kubectl shows the reason. */
function brokenOff(error: Error | undefined): Goodbye {
  const why = error === undefined ? '' : `: ${messageOf(error).replace(/[^ -~]/g, '?')}`;
  const reason = `the container runtime closed the connection without a status${why}`;
  return { code: INTERNAL_ERROR, reason: reason.slice(0, MAX_REASON_BYTES) };
}
