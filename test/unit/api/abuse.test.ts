import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ApiLimits, type ApiServer, createApiServer } from '../../../src/api/index.ts';
import { silentLogger, systemClock } from '../../../src/base/index.ts';
import { requestJson } from '../../../src/client/index.ts';

const eventually = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 10_000, interval: 10 });

let directory: string;
let socketPath: string;
let server: ApiServer;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tinylet-abuse-'));
  socketPath = join(directory, 't.sock');
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

async function serve(limits: Partial<ApiLimits> = {}): Promise<void> {
  const routes = [
    { path: '/ok', methods: ['GET', 'POST'], handle: () => ({ status: 200, headers: {}, body: '{}' }) },
  ];
  server = createApiServer({ socketPath, routes, logger: silentLogger, clock: systemClock, limits });
  await server.listen();
}

const isServed = (): Promise<unknown> => requestJson(socketPath, '/ok');

/** A connection by hand; resolves to everything it brought when it is closed. */
function dial(words: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(socketPath);
  const answer = new Promise<string>((resolve) => {
    let all = '';
    socket.on('data', (chunk) => {
      all += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(all));
  });
  socket.write(words);
  return { socket, answer };
}

test('100000 requests in one breath are hung up on, and cost nothing', async () => {
  await serve();
  const rssBefore = process.memoryUsage.rss();
  const { answer } = dial('GET /ok HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100_000));
  await answer;
  expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(64 * 1024 ** 2);
  expect(await isServed()).toEqual({});
});

test('100 requests in one breath are answered in order', async () => {
  await serve();
  const { answer } = dial(
    `${'GET /ok HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(99)}GET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  expect((await answer).match(/HTTP\/1\.1 200 /g)).toHaveLength(100);
});

test('of more connections than there may be, those beyond are closed, and room comes back', async () => {
  await serve({ connections: 8 });
  const held = Array.from({ length: 8 }, () => dial('GET'));
  await eventually(() => expect(held.every(({ socket }) => !socket.connecting)).toBe(true));
  expect(await dial('GET /ok HTTP/1.1\r\nHost: x\r\n\r\n').answer).toBe('');
  held[0]?.socket.destroy();
  await eventually(async () => expect(await isServed()).toEqual({}));
  for (const { socket } of held) socket.destroy();
});

test('headers that come a byte at a time are not waited for longer than for others', async () => {
  await serve({ headersMs: 200, requestMs: 200 });
  const { socket, answer } = dial('GET /ok HTTP/1.1\r\n');
  const drip = setInterval(() => socket.write('X: y\r\n'), 20);
  expect(await answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
  clearInterval(drip);
});

test('nor is a body', async () => {
  await serve({ headersMs: 200, requestMs: 400 });
  const { socket, answer } = dial('POST /ok HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n');
  const drip = setInterval(() => socket.write('x'), 20);
  expect(await answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
  clearInterval(drip);
});

test.each<[what: string, words: string, code: number]>([
  ['one header too large', `GET /ok HTTP/1.1\r\nHost: x\r\nX: ${'h'.repeat(20_000)}\r\n\r\n`, 431],
  ['many small ones', `GET /ok HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(20_000)}\r\n`, 431],
  ['a path too long', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ['no Host', 'GET /ok HTTP/1.1\r\n\r\n', 400],
  ['two lengths', 'POST /ok HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
  [
    'a length and chunks',
    'POST /ok HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a length below zero', 'POST /ok HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
  ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
])('%s: %#', async (_, words, code) => {
  await serve();
  expect(await dial(words).answer).toMatch(new RegExp(`^HTTP/1\\.1 ${code} `));
  expect(await isServed()).toEqual({});
});

test('CONNECT leads nowhere', async () => {
  await serve();
  expect(await dial('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n').answer).toBe('');
});
