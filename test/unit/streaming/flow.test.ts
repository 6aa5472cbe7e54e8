import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RuntimeStream } from '../../fakes/fake-spdy-runtime.ts';
import {
  commandWith,
  message,
  moment,
  type StreamBench,
  streamBench,
  until,
  webSocket,
} from './stream-bench.ts';

const V5 = 'v5.channel.k8s.io';
const MEBIBYTE = 1024 ** 2;
/** Far more than the system's buffers of two connections take. */
const TOO_MUCH = 64;

test('a client that does not read keeps the runtime from going on, and gets everything in the end', {
  timeout: 60_000,
}, async () => {
  const bench = await streamBench(commandWith({}));
  const client = await webSocket(bench, [V5]);
  const session = await bench.runtime.session();
  const stdout = await session.stream('stdout');
  client.socket.pause();
  const said = createHash('sha256');
  let parts = 0;
  for (; ; parts += 1) {
    expect(parts, 'MiB taken for a client that does not read').toBeLessThan(TOO_MUCH);
    const part = Buffer.alloc(MEBIBYTE, parts);
    said.update(part);
    if (!stdout.say(part) && !(await drains(session.socket))) break;
  }
  (await session.stream('error')).say('{}');
  session.socket.end();
  await moment(50);
  client.socket.resume();
  expect(await client.closed).toBe(1000);
  expect(client.on(1)).toHaveLength((parts + 1) * MEBIBYTE);
  expect(createHash('sha256').update(client.on(1)).digest('hex')).toBe(said.digest('hex'));
  expect(client.messages.at(-1)).toEqual(message(3, '{}'));
});

test('a runtime that does not read keeps the client from going on, and gets everything in the end', {
  timeout: 60_000,
}, async () => {
  const bench = await streamBench(commandWith({ stdin: true }));
  const { socket } = await webSocket(bench, [V5]);
  const session = await bench.runtime.session();
  const stdin = await session.stream('stdin');
  await moment(20);
  session.socket.pause();
  let parts = 0;
  for (let waiting = 0; waiting < 8 * MEBIBYTE; parts += 1) {
    expect(parts, 'MiB taken for a runtime that does not read').toBeLessThan(TOO_MUCH);
    socket.send(message(0, Buffer.alloc(MEBIBYTE, parts)));
    await moment(5);
    waiting = socket.bufferedAmount;
  }
  socket.send(Buffer.from([255, 0]));
  session.socket.resume();
  await until(() => stdin.ended);
  expect(stdin.received).toHaveLength(parts * MEBIBYTE);
  for (let index = 0; index < parts; index += 1) expect(stdin.received[index * MEBIBYTE + 1]).toBe(index);
});

test('a message larger than 32 MiB is too large', { timeout: 60_000 }, async () => {
  const { client, stdin } = await typing();
  client.socket.send(message(0, Buffer.alloc(32 * MEBIBYTE - 1)));
  await until(() => stdin.received.length === 32 * MEBIBYTE - 1);
  client.socket.send(message(0, Buffer.alloc(32 * MEBIBYTE)));
  expect(await client.closed).toBe(1009);
});

async function typing(): Promise<{
  readonly bench: StreamBench;
  readonly client: Awaited<ReturnType<typeof webSocket>>;
  readonly stdin: RuntimeStream;
}> {
  const bench = await streamBench(commandWith({ stdin: true }));
  const client = await webSocket(bench, [V5]);
  return { bench, client, stdin: await (await bench.runtime.session()).stream('stdin') };
}

/** Whether it takes more within half a second. */
async function drains(socket: { once(event: 'drain', listener: () => void): unknown }): Promise<boolean> {
  const drained = new Promise<boolean>((resolve) => socket.once('drain', () => resolve(true)));
  return Promise.race([drained, moment(500).then(() => false)]);
}
