import type { RawData, WebSocket } from 'ws';
import type { CommandIo } from './command-io.ts';

/** Kubernetes' numbers of the channels (kubelet: pkg/server/remotecommand); the last one is of v5. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** As much may wait to be written; then the daemon has to wait. */
const MAX_UNWRITTEN_BYTES = 256 * 1024;
/** A Status has some hundred. */
const MAX_STATUS_BYTES = 64 * 1024;

/** The streams of one command, over a WebSocket that speaks v5.channel.k8s.io. */
export class CommandStream {
  readonly #socket: WebSocket;
  readonly #io: CommandIo;
  #writing: Promise<void> = Promise.resolve();
  #unwritten = 0;
  #status = '';
  #failure: { readonly error: unknown } | undefined;

  /** The WebSocket has to be paused. */
  constructor(socket: WebSocket, io: CommandIo) {
    this.#socket = socket;
    this.#io = io;
  }

  /**
   * Resolves when the daemon has closed the connection and all that came was written, to the last word of the error channel; empty where
   * there was none. Rejects where something could not be written.
   */
  async serve(): Promise<string> {
    const socket = this.#socket;
    const { signal, onOpen } = this.#io;
    const cut = (): void => socket.terminate();
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('message', (message) => this.#take(message));
    signal?.addEventListener('abort', cut, { once: true });
    if (signal?.aborted) cut();
    onOpen?.();
    const letGo = [this.#tellSizes(), this.#feed()];
    socket.resume();
    await closed;
    for (const undo of letGo) undo();
    signal?.removeEventListener('abort', cut);
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#status;
  }

  #take(message: RawData): void {
    if (!Buffer.isBuffer(message)) return;
    const bytes = message.subarray(1);
    const [channel] = message;
    if (channel === CHANNEL.stdout) this.#write('stdout', bytes);
    else if (channel === CHANNEL.stderr) this.#write('stderr', bytes);
    else if (channel === CHANNEL.error && this.#status.length < MAX_STATUS_BYTES)
      this.#status += bytes.toString('utf8');
  }

  /** One after the other, in the order in which they came. */
  #write(to: 'stdout' | 'stderr', bytes: Buffer): void {
    this.#unwritten += bytes.length;
    if (this.#unwritten > MAX_UNWRITTEN_BYTES) this.#socket.pause();
    this.#writing = this.#writing.then(async () => {
      try {
        if (this.#failure === undefined) await this.#io.write(to, bytes);
      } catch (error) {
        // Nobody reads it any more.
        this.#failure = { error };
        this.#socket.terminate();
      }
      this.#unwritten -= bytes.length;
      if (this.#unwritten <= MAX_UNWRITTEN_BYTES) this.#socket.resume();
    });
  }

  /** One piece at a time, so that no more is read than the command takes. What it returns ends that. */
  #feed(): () => void {
    const { stdin } = this.#io;
    if (stdin === undefined) return () => undefined;
    let isOver = false;
    const onData = (chunk: Buffer | string): void => {
      stdin.pause();
      this.#send(CHANNEL.stdin, Buffer.from(chunk), () => {
        if (!isOver) stdin.resume();
      });
    };
    const onEnd = (): void => {
      isOver = true;
      this.#send(CHANNEL.close, Buffer.from([CHANNEL.stdin]));
    };
    stdin.on('data', onData).once('end', onEnd).once('error', onEnd);
    if (stdin.readableEnded || stdin.destroyed) onEnd();
    else stdin.resume();
    return () => {
      isOver = true;
      stdin.off('data', onData).off('end', onEnd).off('error', onEnd).pause();
    };
  }

  #tellSizes(): () => void {
    const { terminal } = this.#io;
    if (terminal === undefined) return () => undefined;
    const tell = (): void => {
      const size = terminal.size();
      if (size === undefined) return;
      const text = JSON.stringify({ Width: size.columns, Height: size.rows });
      this.#send(CHANNEL.resize, Buffer.from(text));
    };
    tell();
    return terminal.onResize(tell);
  }

  #send(channel: number, bytes: Buffer, whenSent: () => void = () => undefined): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(Buffer.concat([Buffer.from([channel]), bytes]), { binary: true }, (error) => {
      if (error === undefined || error === null) whenSent();
    });
  }
}
