import { mkdtemp, rm } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { type AddressInfo, createServer, connect as dialTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Certified, certify } from '../../../src/access/certify.ts';
import {
  type ApiLimits,
  type ApiServer,
  createApiServer,
  type Route,
  type TcpAccess,
} from '../../../src/api/index.ts';
import {
  type Clock,
  type LogFields,
  type Logger,
  silentLogger,
  systemClock,
} from '../../../src/base/index.ts';

const TOKEN = 'f3ptzJw_ZmZdUOChSaiRlc5xFvwRqRkC0TFFJvrja6o';
const DAY_MS = 24 * 3_600_000;
const NAMES = { dns: ['localhost'], addresses: ['127.0.0.1', '::1'] };

const eventually = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 10_000, interval: 10 });

let certified: Certified;
let directory: string;
let open: (() => Promise<void>)[];
let told: [level: string, message: string, err: unknown][];
/** The ports the access was told of. */
let served: number[];
/** What waits for tomorrow. */
let tomorrow: (() => void)[];

beforeAll(async () => {
  certified = await certify({ nowMs: systemClock.nowMs(), nodeName: 'box', names: NAMES });
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tinylet-tcp-'));
  [open, told, served, tomorrow] = [[], [], [], []];
});
afterEach(async () => {
  await Promise.all(open.map((close) => close()));
  await rm(directory, { recursive: true, force: true });
});

/** A hundred times as fast, and days pass when they are told to. */
const hurried: Clock = {
  ...systemClock,
  setTimer(delayMs, callback) {
    if (delayMs < DAY_MS) return systemClock.setTimer(delayMs / 100, callback);
    tomorrow.push(callback);
    return { cancel: () => undefined };
  },
};

const tell =
  (level: string) =>
  (fields: LogFields, message: string): void =>
    void told.push([level, message, fields.err]);
const logger: Logger = { ...silentLogger, warn: tell('warn'), error: tell('error') };

function accessOf(token: () => string = () => TOKEN): TcpAccess {
  return {
    credentials: async () => ({
      ...certified.server,
      token: token(),
      names: [...NAMES.dns, ...NAMES.addresses],
    }),
    serving: async (port) => void served.push(port),
  };
}

const routes: readonly Route[] = [
  { path: '/ok', methods: ['GET', 'POST'], handle: () => ({ status: 200, headers: {}, body: 'ok' }) },
  {
    path: '/up',
    methods: ['GET'],
    handle: () => ({ status: 200, headers: {}, body: 'plain' }),
    upgrade: async ({ socket }) => void socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nspoken'),
  },
  {
    path: '/broken',
    methods: ['GET'],
    handle: () => ({ status: 200, headers: {}, body: 'plain' }),
    async upgrade({ socket }) {
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      throw new Error('bug');
    },
  },
];

interface Door {
  readonly host?: string;
  readonly port?: number;
  readonly access?: TcpAccess;
  readonly limits?: Partial<ApiLimits>;
}

function serve({ host = '127.0.0.1', port = 0, access = accessOf(), limits = {} }: Door = {}): ApiServer {
  const tcp = { address: { host, port }, access };
  const socketPath = join(directory, 't.sock');
  const server = createApiServer({ socketPath, routes, logger, clock: hurried, limits, tcp });
  open.push(() => server.close());
  server.listenTcp();
  return server;
}

const portOf = (): Promise<number> =>
  eventually(() => {
    expect(served).not.toEqual([]);
    return served.at(-1) ?? 0;
  });

async function ask(headers: RequestOptions['headers'], options: RequestOptions = {}) {
  const port = await portOf();
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const place = {
      host: '127.0.0.1',
      port,
      path: '/ok',
      agent: false,
      servername: 'localhost',
      ca: certified.authority.certificate,
    };
    const sent = request({ ...place, headers, ...options }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

const bearer = (token = TOKEN) => ({ authorization: `Bearer ${token}` });

async function dial(
  options: ConnectionOptions = {},
): Promise<{ socket: TLSSocket; answer: Promise<string> }> {
  const ca = certified.authority.certificate;
  const socket = connect({ host: '127.0.0.1', port: await portOf(), ca, ...options });
  const answer = new Promise<string>((resolve) => {
    let all = '';
    socket.on('data', (chunk) => {
      all += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(all));
  });
  return { socket, answer };
}

async function takenPort(): Promise<{ port: number; free(): Promise<void> }> {
  const other: Server = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  return { port, free: () => new Promise((resolve) => other.close(() => resolve())) };
}

describe('who comes in', () => {
  test.each<[what: string, headers: RequestOptions['headers'], status: number]>([
    ['with the token', bearer(), 200],
    ['under another of its names', { ...bearer(), host: 'localhost:1' }, 200],
    ['without a token', {}, 401],
    ['with a longer token', bearer(`${TOKEN}x`), 401],
    ['under a strange name', { ...bearer(), host: 'evil.example' }, 403],
    ['from a web page', { ...bearer(), origin: 'https://evil.example' }, 403],
  ])('%s', async (_, headers, status) => {
    serve();
    expect((await ask(headers)).status).toBe(status);
  });

  test('the token is no parameter', async () => {
    serve();
    expect((await ask({}, { path: `/ok?token=${TOKEN}&access_token=${TOKEN}` })).status).toBe(401);
  });

  test('a body is not read before the token was', async () => {
    serve();
    const { socket, answer } = await dial();
    socket.write('POST /ok HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 401 .*connection: close/s);
  });

  test.each([
    [
      'with the token speaks another protocol',
      `Authorization: Bearer ${TOKEN}\r\n`,
      /^HTTP\/1\.1 101 .*spoken$/s,
    ],
    ['without it does not', '', /^HTTP\/1\.1 401 .*"reason":"Unauthorized"/s],
    ['from a web page does not', `Authorization: Bearer ${TOKEN}\r\nOrigin: null\r\n`, /^HTTP\/1\.1 403 /],
  ])('who %s', async (_, header, expected) => {
    serve();
    const { socket, answer } = await dial();
    const upgrade = 'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n';
    socket.write(`GET /up HTTP/1.1\r\n${upgrade}${header}\r\n`);
    expect(await answer).toMatch(expected);
  });

  test('a protocol that breaks off is not followed by a Status', async () => {
    serve();
    const { socket, answer } = await dial();
    const upgrade = `Host: localhost\r\nConnection: Upgrade\r\nUpgrade: x\r\nAuthorization: Bearer ${TOKEN}\r\n`;
    socket.write(`GET /broken HTTP/1.1\r\n${upgrade}\r\n`);
    expect(await answer).not.toContain('Status');
    expect(told).toEqual([['error', 'request failed', new Error('bug')]]);
  });

  test('on every address that is listened on, IPv6 too', async () => {
    serve({ host: '::1' });
    expect((await ask(bearer(), { host: '::1' })).status).toBe(200);
  });
});

describe('what is spoken', () => {
  test('no TLS below 1.2, and HTTP/1.1 alone', async () => {
    serve();
    const old = await dial({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' });
    expect(await old.answer).toBe('');
    const { socket } = await dial({ ALPNProtocols: ['h2', 'http/1.1'] });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
  });

  test('nothing without TLS', async () => {
    serve();
    const socket = dialTcp(await portOf(), '127.0.0.1');
    const heard: Buffer[] = [];
    socket.on('data', (chunk) => heard.push(chunk)).on('error', () => undefined);
    socket.write(`GET /ok HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(Buffer.concat(heard).toString('latin1')).not.toContain('HTTP');
  });
});

describe('the port', () => {
  test('that is taken is said once, and had as soon as it is free', async () => {
    const { port, free } = await takenPort();
    serve({ port });
    await eventually(() => expect(told).toHaveLength(1));
    expect(told).toEqual([
      [
        'warn',
        'api cannot be served over TCP yet',
        `listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
      ],
    ]);
    // Three times what it waits for, a hundred times as fast.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect({ told: told.length, served }).toEqual({ told: 1, served: [] });
    await free();
    expect(await portOf()).toBe(port);
    expect((await ask(bearer())).status).toBe(200);
  });

  test('is free again when the server has closed', async () => {
    const server = serve();
    const port = await portOf();
    await server.close();
    await server.close();
    await expect(ask(bearer())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    serve({ port });
    await eventually(() => expect(served).toEqual([port, port]));
  });

  test('that was asked for while the server closes is not taken', async () => {
    let give: (() => void) | undefined;
    const waits = new Promise<void>((resolve) => {
      give = resolve;
    });
    const access = accessOf();
    const server = serve({
      access: { ...access, credentials: () => waits.then(() => access.credentials()) },
    });
    await server.close();
    give?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect({ served, told }).toEqual({ served: [], told: [] });
  });

  test('waits for certificates that cannot be made yet, and serves without a kubeconfig', async () => {
    const failures = ['disk full', 'disk full'];
    const access = accessOf();
    serve({
      access: {
        async credentials() {
          const failure = failures.pop();
          if (failure !== undefined) throw new Error(failure);
          return access.credentials();
        },
        async serving(port) {
          await access.serving(port);
          throw new Error('read-only');
        },
      },
    });
    expect((await ask(bearer())).status).toBe(200);
    await eventually(() =>
      expect(told).toEqual([
        ['warn', 'api cannot be served over TCP yet', 'disk full'],
        ['warn', 'what gives access to the api over TCP cannot be renewed yet', 'read-only'],
      ]),
    );
  });
});

test('every day what gives access is looked at, and what is new is in force', async () => {
  const renewed = await certify({ nowMs: systemClock.nowMs(), nodeName: 'box', names: NAMES });
  let day = 1;
  const access: TcpAccess = {
    ...accessOf(),
    async credentials() {
      const given = await accessOf(() => `${TOKEN}-${day}`).credentials();
      return { ...given, ...(day === 1 ? {} : renewed.server) };
    },
  };
  serve({ access });
  expect((await ask(bearer(`${TOKEN}-1`))).status).toBe(200);
  await eventually(() => expect(tomorrow).toHaveLength(1));
  day = 2;
  tomorrow[0]?.();
  await eventually(() => expect(served).toHaveLength(2));
  await expect(ask(bearer(`${TOKEN}-2`))).rejects.toThrow(/self-signed|unable to (verify|get)/);
  const ca = renewed.authority.certificate;
  expect((await ask(bearer(`${TOKEN}-2`), { ca })).status).toBe(200);
  expect((await ask(bearer(`${TOKEN}-1`), { ca })).status).toBe(401);
});

test('256 connections that say nothing go again, and others come in then', async () => {
  serve({ limits: { headersMs: 300, requestMs: 300 } });
  const silent = await Promise.all(Array.from({ length: 256 }, () => dial()));
  await Promise.all(silent.map(({ answer }) => answer));
  expect((await ask(bearer())).status).toBe(200);
});
