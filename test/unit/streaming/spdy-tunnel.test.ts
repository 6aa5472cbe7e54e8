import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { commandWith, moment, portsOf, rawClient, spdyHead, streamBench, until } from './stream-bench.ts';

const none = Buffer.alloc(0);
const ping = (id: string): Buffer => Buffer.from(`8003000600000004${id}`, 'hex');

test('bytes are passed on as they come, also those right behind the head of the request', async () => {
  const bench = await streamBench(commandWith({ stdin: true }));
  const offered = ['v5.channel.k8s.io', 'v4.channel.k8s.io, v3.channel.k8s.io'];
  const socket = rawClient(bench, spdyHead(...offered), ping('00000001'));
  const session = await bench.runtime.session();
  await until(() => session.control.length === 1);
  socket.write(ping('00000003'));
  await until(() => session.control.length === 2);
  session.socket.end('all that was said');
  const [head = '', said] = (await buffer(socket)).toString().split('\r\n\r\n');
  expect(head.split('\r\n')).toEqual([
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    'X-Stream-Protocol-Version: v5.channel.k8s.io',
  ]);
  expect(said).toBe('all that was said');
});

test('the runtime gets the protocols that are offered, and nothing else of the request', async () => {
  const bench = await streamBench(portsOf());
  rawClient(bench, spdyHead('portforward.k8s.io'), none);
  const { request } = await bench.runtime.session();
  expect(
    request.rawHeaders
      .map((each) => each.toLowerCase())
      .filter((_, index) => index % 2 === 0)
      .sort(),
  ).toEqual(['connection', 'content-length', 'host', 'upgrade', 'x-stream-protocol-version']);
  expect(request.headers['x-stream-protocol-version']).toBe('portforward.k8s.io');
});

test('a client that has said all goes on listening', async () => {
  const bench = await streamBench(commandWith({ stdin: true }));
  const socket = rawClient(bench, spdyHead('v4.channel.k8s.io'), none);
  const session = await bench.runtime.session();
  const ended = new Promise<void>((resolve) => {
    session.socket.removeAllListeners('end');
    session.socket.once('end', resolve);
  });
  session.socket.allowHalfOpen = true;
  socket.end(ping('00000001'));
  await ended;
  session.socket.write('the answer');
  await moment(20);
  session.socket.end(' and more');
  expect((await buffer(socket)).toString()).toMatch(/the answer and more$/);
  await until(() => bench.outcomes.length === 1);
});

test('what the runtime said before it closed reaches a slow client', async () => {
  const bench = await streamBench(commandWith({}));
  const socket = rawClient(bench, spdyHead('v4.channel.k8s.io'), none);
  const session = await bench.runtime.session();
  await once(socket, 'readable');
  const parts = Array.from({ length: 160 }, (_, index) => Buffer.alloc(50_000, index + 1));
  for (const part of parts) session.socket.write(part);
  session.socket.end(() => session.socket.destroy());
  await session.closed;
  await moment(100);
  const all = await buffer(socket);
  const said = all.subarray(all.indexOf('\r\n\r\n') + 4);
  expect(said.length).toBe(160 * 50_000);
  expect(said.equals(Buffer.concat(parts))).toBe(true);
});

test('a client that breaks off takes the connection to the runtime with it', async () => {
  const bench = await streamBench(commandWith({}));
  const socket = rawClient(bench, spdyHead('v4.channel.k8s.io'), none);
  const session = await bench.runtime.session();
  await once(socket, 'data');
  socket.resetAndDestroy();
  await session.closed;
  await until(() => bench.outcomes.length === 1);
});

test('both sides are cut off when all is to end', async () => {
  const bench = await streamBench(commandWith({}));
  const socket = rawClient(bench, spdyHead('v4.channel.k8s.io'), none).resume();
  const session = await bench.runtime.session();
  bench.abort.abort();
  await Promise.all([once(socket, 'close'), session.closed]);
  await until(() => bench.outcomes.length === 1);
});

test('who does not read keeps the runtime from going on', { timeout: 60_000 }, async () => {
  const bench = await streamBench(commandWith({}));
  const socket = rawClient(bench, spdyHead('v4.channel.k8s.io'), none);
  const session = await bench.runtime.session();
  await expectStall(session.socket);
  socket.resume();
  await once(session.socket, 'drain');
});

test.each([
  ['no protocol', [], 'unable to upgrade: X-Stream-Protocol-Version is required'],
  [
    'none that is spoken',
    ['portforward.k8s.io'],
    'unable to upgrade: unable to negotiate protocol: client supports [portforward.k8s.io], server accepts [v4.channel.k8s.io v3.channel.k8s.io v2.channel.k8s.io channel.k8s.io]',
  ],
])('who offers %s is refused', async (_, offered, why) => {
  const bench = await streamBench(commandWith({}));
  const socket = rawClient(bench, spdyHead(...offered), none);
  expect(await answerTo(socket)).toContain('X-Written: 0');
  expect(bench.outcomes).toEqual([why]);
});

test('another protocol altogether is refused', async () => {
  const bench = await streamBench(commandWith({}));
  const head = ['GET / HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: h2c'];
  expect(await answerTo(rawClient(bench, head, none))).toContain('X-Written: 0');
  expect(bench.outcomes).toEqual(['unable to upgrade: h2c is not supported']);
});

async function answerTo(socket: Socket): Promise<string> {
  const [data] = await once(socket, 'data');
  return String(data);
}

/** Writes until nothing is taken any more, which must be long before memory is full. */
async function expectStall(socket: Socket): Promise<void> {
  const part = Buffer.alloc(1024 ** 2);
  let written = 0;
  for (;;) {
    written += 1;
    expect(written, 'MiB taken for a client that does not read').toBeLessThan(64);
    if (socket.write(part)) continue;
    const drained = await Promise.race([
      once(socket, 'drain').then(() => true),
      moment(500).then(() => false),
    ]);
    if (!drained) return;
  }
}
