import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type ApiLimits,
  type ApiRequest,
  type ApiServer,
  createApiServer,
  type Route,
  type StreamedBody,
  type UpgradeRequest,
} from '../../../src/api/index.ts';
import { type LogFields, silentLogger, systemClock } from '../../../src/base/index.ts';

const eventually = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 10_000, interval: 10 });

let directory: string;
let socketPath: string;
let open: ApiServer[];
let logged: [LogFields, string][];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tinylet-http-'));
  socketPath = join(directory, 't.sock');
  [open, logged] = [[], []];
});
afterEach(async () => {
  await Promise.all(open.map((server) => server.close()));
  await rm(directory, { recursive: true, force: true });
});

async function serve(routes: readonly Route[], limits: Partial<ApiLimits> = {}): Promise<ApiServer> {
  const error = (fields: LogFields, message: string): void => void logged.push([fields, message]);
  const logger = { ...silentLogger, error };
  const server = createApiServer({ socketPath, routes, logger, clock: systemClock, limits });
  open.push(server);
  await server.listen();
  return server;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, agent: false, ...options }, (response) => {
      const { statusCode = 0, headers } = response;
      buffer(response).then((content) => resolve({ status: statusCode, headers, body: content }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const echo: Route = {
  path: '/echo/:name',
  methods: ['GET', 'POST'],
  handle({ signal: _, query, body, headers, ...request }) {
    const seen = {
      ...request,
      query: [...query],
      body: Buffer.from(body).toString(),
      type: headers['content-type'],
    };
    return { status: 200, headers: {}, body: JSON.stringify(seen) };
  },
};

function streams(body: StreamedBody): Route {
  return { path: '/stream', methods: ['GET'], handle: () => ({ status: 200, headers: {}, body }) };
}

/** A connection by hand, and everything it brought so far. */
function dial(text: string): { socket: Socket; answer(): string; closed: Promise<void> } {
  const socket = connect(socketPath);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(text);
  return { socket, answer: () => answer, closed };
}

describe('a request', () => {
  test('comes to its route as it was sent', async () => {
    await serve([echo]);
    const headers = { 'content-type': 'text/x' };
    const { body } = await ask('/echo/a%20b?x=1&x=%32', { method: 'POST', headers }, 'hello');
    expect(JSON.parse(body.toString())).toEqual({
      method: 'POST',
      path: '/echo/a%20b',
      params: { name: 'a b' },
      query: [
        ['x', '1'],
        ['x', '2'],
      ],
      type: 'text/x',
      body: 'hello',
    });
  });

  test.each([
    ['3 MiB are taken', 3 * 1024 ** 2, 200],
    ['a byte more is not', 3 * 1024 ** 2 + 1, 413],
    ['nor 40 MiB', 40 * 1024 ** 2, 413],
  ])('%s', async (_, bytes, status) => {
    await serve([echo]);
    // In chunks, so that nothing says beforehand how much it will be.
    const body = Buffer.alloc(bytes, 'x');
    const headers = { 'transfer-encoding': 'chunked' };
    const answer = await ask('/echo/a', { method: 'POST', headers }, body).catch((error) => error.code);
    // A client that goes on sending may lose the answer with the connection.
    expect(status === 413 && typeof answer === 'string' ? 413 : answer.status).toBe(status);
  });

  test('is told to wait where others have taken the room for bodies', async () => {
    const held: (() => void)[] = [];
    const holds: Route = {
      path: '/hold',
      methods: ['POST'],
      handle: () =>
        new Promise((resolve) => held.push(() => resolve({ status: 200, headers: {}, body: '' }))),
    };
    await serve([holds, echo], { bodiesBytes: 100 });
    const first = ask('/hold', { method: 'POST' }, 'x'.repeat(80));
    await eventually(() => expect(held).toHaveLength(1));
    const second = await ask('/echo/a', { method: 'POST' }, 'x'.repeat(30));
    expect({ status: second.status, retry: second.headers['retry-after'] }).toEqual({
      status: 429,
      retry: '1',
    });
    held[0]?.();
    await first;
    expect((await ask('/echo/a', { method: 'POST' }, 'x'.repeat(30))).status).toBe(200);
  });

  test('of a web page is refused', async () => {
    await serve([echo]);
    expect((await ask('/echo/a', { headers: { origin: 'http://localhost' } })).status).toBe(403);
  });

  test('that takes its time is waited for', async () => {
    const slow: Route = {
      path: '/slow',
      methods: ['GET'],
      handle: async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { status: 200, headers: {}, body: 'done' };
      },
    };
    await serve([slow], { idleMs: 50 });
    expect((await ask('/slow')).body.toString()).toBe('done');
  });
});

describe('a large answer', () => {
  const large = 'tinylet '.repeat(20_000);
  const small = 'x'.repeat(128 * 1024);
  const answers: Route = {
    path: '/:size',
    methods: ['GET'],
    handle: ({ params }) => ({ status: 200, headers: {}, body: params.size === 'large' ? large : small }),
  };

  test.each<[path: string, accepted: string | undefined, zipped: boolean]>([
    ['/large', 'gzip', true],
    ['/large', 'deflate, gzip;q=0.5, br', true],
    ['/large', 'GZIP', true],
    ['/large', 'gzip;q=0', false],
    ['/large', 'deflate', false],
    ['/large', undefined, false],
    ['/small', 'gzip', false],
  ])('%s for who takes %s: compressed %s', async (path, accepted, zipped) => {
    await serve([answers]);
    const { headers, body } = await ask(path, {
      headers: accepted === undefined ? {} : { 'accept-encoding': accepted },
    });
    expect(headers['content-encoding']).toBe(zipped ? 'gzip' : undefined);
    expect(headers['content-length']).toBe(String(body.length));
    expect((zipped ? gunzipSync(body) : body).toString()).toBe(path === '/large' ? large : small);
  });
});

describe('a streamed answer', () => {
  test('arrives as it is made, its headers before anything of it', async () => {
    let write: ((text: string) => Promise<void>) | undefined;
    let end: (() => void) | undefined;
    const body: StreamedBody = async (sink) => {
      write = (text) => sink.write(text);
      await new Promise<void>((resolve) => {
        end = resolve;
      });
    };
    await serve([streams(body)], { idleMs: 50 });
    const client = dial('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => expect(client.answer()).toContain('\r\n\r\n'));
    expect(client.answer()).toContain('Transfer-Encoding: chunked');
    // Longer than a connection may be idle otherwise.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await write?.('one');
    await eventually(() => expect(client.answer()).toMatch(/\r\n\r\n3\r\none\r\n$/));
    end?.();
    await eventually(() => expect(client.answer()).toMatch(/\r\n0\r\n\r\n$/));
    client.socket.destroy();
  });

  test('waits for a client that does not read, and ends with it', async () => {
    let [writes, ended] = [0, ''];
    const chunk = 'x'.repeat(65_536);
    const body: StreamedBody = async (sink, signal) => {
      try {
        for (;;) {
          await sink.write(chunk);
          writes += 1;
        }
      } catch (error) {
        ended = `${error instanceof Error ? error.message : error}, aborted: ${signal.aborted}`;
        throw error;
      }
    };
    await serve([streams(body)]);
    const client = dial('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
    client.socket.pause();
    await eventually(async () => {
      const before = writes;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect({ writes, any: writes > 0 }).toEqual({ writes: before, any: true });
    });
    // What the system buffers, and no more.
    expect(writes).toBeLessThan(100);
    client.socket.destroy();
    await eventually(() => expect(ended).toBe('the client is gone, aborted: true'));
    expect(logged).toEqual([]);
  });

  test('that fails is cut off, so that nobody takes it for whole, and told', async () => {
    const body: StreamedBody = async (sink) => {
      await sink.write('half');
      throw new Error('bug');
    };
    await serve([streams(body)]);
    const client = dial('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.closed;
    expect(client.answer()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(logged).toEqual([[{ err: new Error('bug'), path: '/stream' }, 'answer was cut off']]);
  });

  test('ends in good order when the server closes', async () => {
    const body: StreamedBody = async (sink, signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await sink.write('bye');
    };
    const server = await serve([streams(body)]);
    const client = dial('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => expect(client.answer()).toContain('\r\n\r\n'));
    await server.close();
    await client.closed;
    expect(client.answer()).toMatch(/bye\r\n0\r\n\r\n$/);
  });

  test('that does not end is ended by the server closing', async () => {
    const server = await serve([streams(() => new Promise(() => undefined))]);
    const client = dial('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => expect(client.answer()).toContain('\r\n\r\n'));
    await server.close();
    await client.closed;
  });

  test('of a HEAD is not made', async () => {
    let made = false;
    await serve([
      streams(async () => {
        made = true;
      }),
    ]);
    const { status, body } = await ask('/stream', { method: 'HEAD' });
    expect({ status, bytes: body.length, made }).toEqual({ status: 200, bytes: 0, made: false });
  });
});

describe('another protocol', () => {
  const UPGRADE = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n';

  function takes(upgrade: (request: UpgradeRequest) => Promise<void>): Route {
    const handle = (_: ApiRequest) => ({ status: 400, headers: {}, body: 'plain' });
    return { path: '/up/:name', methods: ['GET', 'POST'], handle, upgrade };
  }

  test.each(['GET', 'POST'])('of a %s is spoken by the route alone', async (method) => {
    let asked: UpgradeRequest | undefined;
    const spoken = takes(async (request) => {
      asked = request;
      request.socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      request.socket.write(request.head);
      request.socket.pipe(request.socket);
    });
    await serve([spoken], { idleMs: 50 });
    const length = method === 'POST' ? 'Content-Length: 0\r\n' : '';
    const client = dial(`${method} /up/a%2Fb?x=1 HTTP/1.1\r\n${length}${UPGRADE}early `);
    await new Promise((resolve) => setTimeout(resolve, 200));
    client.socket.write('late');
    await eventually(() => expect(client.answer()).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\nearly late$/));
    expect(asked).toMatchObject({ method, path: '/up/a%2Fb', params: { name: 'a/b' } });
    expect(asked?.rawHeaders.slice(-4)).toEqual(['Connection', 'Upgrade', 'Upgrade', 'SPDY/3.1']);
    client.socket.destroy();
    await eventually(() => expect(asked?.signal.aborted).toBe(true));
  });

  test.each<[what: string, line: string, code: number, message: string]>([
    ['a route that speaks none', 'GET /echo/a', 400, 'this resource does not change protocols'],
    ['no route', 'GET /nothing', 404, 'the server could not find the requested resource'],
    ['a wrong method', 'PUT /up/a', 405, 'the server does not allow this method on the requested resource'],
    ['a throw before anything was written', 'GET /up/a', 500, 'Internal error occurred: bug'],
    ['what is no path', 'GET http://x/up/a', 400, 'the URL cannot be read'],
  ])('%s answers with a Status and hangs up', async (_, line, code, message) => {
    const broken = takes(async () => {
      throw new Error('bug');
    });
    await serve([echo, broken]);
    const client = dial(`${line} HTTP/1.1\r\n${UPGRADE}${'x'.repeat(100_000)}`);
    await eventually(() => expect(client.answer()).toContain('}'));
    client.socket.end();
    await client.closed;
    const [head = '', body = ''] = client.answer().split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${code} `));
    expect(head).toContain('connection: close');
    expect(head).toContain(`content-length: ${body.length}`);
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', code, message });
  });

  test('a throw after something was written cuts the connection', async () => {
    const broken = takes(async ({ socket }) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      throw new Error('bug');
    });
    await serve([broken]);
    const client = dial(`GET /up/a HTTP/1.1\r\n${UPGRADE}`);
    await client.closed;
    expect(client.answer()).not.toContain('Status');
  });

  test('ends when the server closes', async () => {
    const server = await serve([takes(async ({ socket }) => void socket.write('HTTP/1.1 101 x\r\n\r\n'))]);
    const client = dial(`GET /up/a HTTP/1.1\r\n${UPGRADE}`);
    await eventually(() => expect(client.answer()).toContain('101'));
    await server.close();
    await client.closed;
  });

  test('of a web page is refused', async () => {
    await serve([takes(async () => undefined)]);
    const client = dial(`GET /up/a HTTP/1.1\r\nOrigin: null\r\n${UPGRADE}`);
    await eventually(() => expect(client.answer()).toMatch(/^HTTP\/1\.1 403 /));
    client.socket.destroy();
  });
});
