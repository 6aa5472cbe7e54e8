import type { Duplex } from 'node:stream';
import { messageOf } from '../../base/index.ts';
import { type Frame, FrameReader } from './frame-reader.ts';
import {
  dataHead,
  FLAG_FIN,
  FRAME,
  ping,
  REFUSED_STREAM,
  rstStream,
  streamIdAt,
  synStream,
} from './frames.ts';
import { HeaderBlocks } from './header-block.ts';

/** What the other side says on a stream. */
export interface StreamListener {
  onData(part: Buffer): void;
  /** Nothing more will come, in good order or not. Told once. */
  onEnd(): void;
}

/** One side of a stream: what is said to the other. */
export interface SpdyStream {
  /** Never refused; see SpdyConnection.isFull. Does nothing after the end. */
  write(data: Buffer): void;
  end(): void;
}

interface Opened {
  readonly listener: StreamListener;
  readonly onReply: (refusal?: Error) => void;
}

/** Larger pieces are sent in several frames, so that the other side need not keep a large one whole. */
const FRAME_DATA_BYTES = 64 * 1024;

/**
 * A connection that speaks SPDY/3.1 as a client, as far as Kubernetes' streams go: it opens streams and is asked for none; it knows no
 * windows, for neither do the servers, so that a listener that is too slow has to pause the whole connection.
 */
export class SpdyConnection {
  readonly #socket: Duplex;
  readonly #reader = new FrameReader();
  readonly #headers = new HeaderBlocks();
  readonly #streams = new Map<number, Opened>();
  /** To what it broke off by, if it did. */
  readonly closed: Promise<Error | undefined>;
  #nextId = 1;

  constructor(socket: Duplex) {
    this.#socket = socket;
    let broken: Error | undefined;
    socket.on('error', (error) => {
      broken ??= error;
    });
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    // It may come paused.
    socket.resume();
    // The runtime has nothing more to say, so what is said to it is in vain.
    socket.once('end', () => socket.end());
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        for (const id of [...this.#streams.keys()])
          this.#forget(id, new Error('the runtime closed the connection'));
        resolve(broken);
      }),
    );
  }

  /** Resolves once the other side has accepted the stream: what came earlier would be thrown away there. */
  open(headers: Readonly<Record<string, string>>, listener: StreamListener): Promise<SpdyStream> {
    const id = this.#nextId;
    this.#nextId += 2;
    return new Promise((resolve, reject) => {
      const onReply = (refusal?: Error): void =>
        refusal === undefined ? resolve(this.#sender(id)) : reject(refusal);
      this.#streams.set(id, { listener, onReply });
      this.#socket.write(synStream(id, this.#headers.write(headers)));
    });
  }

  /** Whether more waits to be sent than should; `onDrain` tells when it no longer does. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  onDrain(listener: () => void): void {
    this.#socket.on('drain', listener);
  }

  /** Takes nothing more from the other side until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #sender(id: number): SpdyStream {
    let isOpen = true;
    return {
      write: (data) => {
        if (isOpen && data.length > 0) this.#send(id, data);
      },
      end: () => {
        if (isOpen && this.#socket.writable) this.#socket.write(dataHead(id, 0, FLAG_FIN));
        isOpen = false;
      },
    };
  }

  #send(id: number, data: Buffer): void {
    if (!this.#socket.writable) return;
    this.#socket.cork();
    for (let at = 0; at < data.length; at += FRAME_DATA_BYTES) {
      const part = data.subarray(at, at + FRAME_DATA_BYTES);
      this.#socket.write(dataHead(id, part.length));
      this.#socket.write(part);
    }
    this.#socket.uncork();
  }

  #take(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.read(chunk)) this.#heed(frame);
    } catch (error) {
      this.#socket.destroy(new Error(`the runtime's SPDY cannot be read: ${messageOf(error)}`));
    }
  }

  #heed(frame: Frame): void {
    if (frame.kind === 'control') this.#control(frame);
    else {
      if (frame.part.length > 0) this.#streams.get(frame.streamId)?.listener.onData(frame.part);
      if (frame.fin) this.#forget(frame.streamId);
    }
  }

  #control({ type, fin, payload }: Frame & { readonly kind: 'control' }): void {
    const id = streamIdAt(payload);
    switch (type) {
      case FRAME.synReply:
        this.#streams.get(id)?.onReply();
        if (fin) this.#forget(id);
        return;
      case FRAME.headers:
        if (fin) this.#forget(id);
        return;
      case FRAME.rstStream:
        this.#forget(id, new Error('the runtime refused the stream'));
        return;
      case FRAME.synStream:
        this.#socket.write(rstStream(id, REFUSED_STREAM));
        return;
      case FRAME.ping:
        // Odd ones would be answers to our own.
        if (id % 2 === 0) this.#socket.write(ping(id));
        return;
      default:
        // Settings, windows, and the announcement that no more streams may be opened: none are.
        return;
    }
  }

  #forget(id: number, reason?: Error): void {
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    if (reason !== undefined) stream?.onReply(reason);
    stream?.listener.onEnd();
  }
}
