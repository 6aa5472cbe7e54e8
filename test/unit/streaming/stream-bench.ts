import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { messageOf } from '../../../src/base/index.ts';
import { serveCommand, servePorts, type Upgrade } from '../../../src/streaming/index.ts';
import { FakeSpdyRuntime } from '../../fakes/fake-spdy-runtime.ts';

/** A server whose every upgrade is served as streams of a runtime, and how each serving ended: nothing, or why it was refused. */
export interface StreamBench {
  readonly port: number;
  readonly runtime: FakeSpdyRuntime;
  readonly outcomes: (string | undefined)[];
  /** Cuts off what is served. */
  readonly abort: AbortController;
  /** Why the runtime has no URL to offer. */
  noUrl: Error | undefined;
  served: Serve;
}

type Serve = (upgrade: Upgrade, url: () => Promise<string>) => Promise<void>;

const output = { stdin: false, stdout: true, stderr: true, tty: false };

export const commandWith =
  (flags: Partial<typeof output>): Serve =>
  (upgrade, url) =>
    serveCommand(upgrade, { flags: { ...output, ...flags }, url });

export const portsOf =
  (...ports: number[]): Serve =>
  (upgrade, url) =>
    servePorts(upgrade, { ports: () => ports, url });

/** Gone when the test ends. */
export async function streamBench(served: Serve): Promise<StreamBench> {
  const runtime = await FakeSpdyRuntime.start();
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const bench: StreamBench = {
    ...{ port: address.port, runtime, served, outcomes: [], noUrl: undefined },
    abort: new AbortController(),
  };
  const open = new Set<Socket>();
  server.on('upgrade', async ({ method = '', headers }: IncomingMessage, socket: Socket, head: Buffer) => {
    open.add(socket.on('error', () => undefined));
    const url = async (): Promise<string> => {
      if (bench.noUrl !== undefined) throw bench.noUrl;
      return runtime.url;
    };
    try {
      await bench.served({ method, headers, socket, head, signal: bench.abort.signal }, url);
      bench.outcomes.push(undefined);
    } catch (error) {
      bench.outcomes.push(messageOf(error));
      socket.end(`HTTP/1.1 400 No\r\nX-Written: ${socket.bytesWritten}\r\nContent-Length: 0\r\n\r\n`);
    }
  });
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await runtime.close();
  });
  return bench;
}

/** A client with messages in the order of their coming. */
export interface ChannelClient {
  readonly socket: WebSocket;
  readonly messages: Buffer[];
  /** All that came on a channel. */
  on(channel: number): Buffer;
  /** Resolves to the code. */
  readonly closed: Promise<number>;
  /** Why, after that. */
  readonly reason: () => string;
}

/** Resolves once the handshake is done. */
export async function webSocket({ port }: StreamBench, protocols: readonly string[]): Promise<ChannelClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, [...protocols]);
  const messages: Buffer[] = [];
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) messages.push(data);
  });
  let reason = '';
  const closed = new Promise<number>((resolve) =>
    socket.once('close', (code, why) => {
      reason = why.toString();
      resolve(code);
    }),
  );
  socket.on('error', () => undefined);
  await once(socket, 'open');
  const on = (channel: number): Buffer =>
    Buffer.concat(messages.filter(([first]) => first === channel).map((each) => each.subarray(1)));
  return { socket, messages, on, closed, reason: () => reason };
}

export function message(channel: number, data: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(data)]);
}

/** A connection that has sent the head of a request, and what it has sent behind it. */
export function rawClient({ port }: StreamBench, head: readonly string[], behind: Buffer): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), behind]));
  return socket;
}

export const spdyHead = (...protocols: string[]): readonly string[] => [
  'POST / HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: SPDY/3.1',
  'Authorization: Bearer secret',
  ...protocols.map((protocol) => `X-Stream-Protocol-Version: ${protocol}`),
];

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await moment(2);
}

export function moment(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
