import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { type AddressInfo, createServer, connect as dial, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { API_LIMITS, type ApiLimits } from '../../../src/api/api-limits.ts';
import { createLoopbackGuard } from '../../../src/api/guard.ts';
import { insecureDoor, type Route, readOnlyDoor } from '../../../src/api/index.ts';
import { type PlainDoor, servePlain } from '../../../src/api/plain-listener.ts';
import type { ApiPorts } from '../../../src/api/ports.ts';
import { type Clock, type Logger, silentLogger, systemClock } from '../../../src/base/index.ts';
import { ObjectWorld, shownPod } from './object-world.ts';

/** Only a broken program outlasts it. */
const PATIENT = { timeout: 10_000 };

/** A thousand times as fast. */
const hurried: Clock = {
  ...systemClock,
  setTimer: (delayMs, callback) => systemClock.setTimer(delayMs / 1000, callback),
};

let open: (() => Promise<unknown>)[];
let warned: string[];
const logger: Logger = { ...silentLogger, warn: (_facts, message) => void warned.push(message) };

beforeEach(() => {
  [open, warned] = [[], []];
});
afterEach(() => Promise.all(open.map((close) => close())));

/** Serves a door at a port that is free; resolves to it. */
async function served(door: PlainDoor, limits: Partial<ApiLimits> = {}): Promise<number> {
  const ports: number[] = [];
  const opened: PlainDoor['opened'] = (address) => {
    ports.push(address.port);
    door.opened(address);
  };
  const { close } = servePlain(
    { ...door, opened },
    { limits: { ...API_LIMITS, ...limits }, logger, clock: hurried },
  );
  open.push(close);
  return vi.waitFor(() => ports[0] ?? Promise.reject(new Error('not open yet')), PATIENT);
}

interface Told {
  readonly status: number | undefined;
  readonly body: string;
}

async function ask(port: number, path: string, options: RequestOptions = {}, body?: string): Promise<Told> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false, ...options }, resolve);
    sent.once('error', reject);
    sent.end(body);
  });
  return { status: response.statusCode, body: await text(response) };
}

/** What comes back for bytes that no client of ours would send. */
async function raw(port: number, words: string): Promise<string> {
  const socket = dial({ host: '127.0.0.1', port });
  socket.end(words);
  return text(socket);
}

/** The same of a client that leaves closing to the server. */
async function held(port: number, words: string): Promise<string> {
  const socket = dial({ host: '127.0.0.1', port, allowHalfOpen: true });
  open.push(async () => void socket.destroy());
  socket.write(words);
  return text(socket);
}

const nobody = { addresses: [{ host: '127.0.0.1', port: 0 }], opened: () => undefined };
const hello: Route = {
  path: '/hello',
  methods: ['GET'],
  handle: () => ({ status: 200, headers: {}, body: 'good day' }),
};

describe('who may ask on the loopback', () => {
  const guard = createLoopbackGuard({ refuseFetch: false });

  test.each([
    ...['localhost', 'LOCALHOST:8000', '127.0.0.1', '127.0.0.1:8000', '127.9.8.7:1', '[::1]', '[::1]:8000'],
  ])('a request for %s comes in', (host) => expect(guard({ host })).toBeUndefined());

  test.each([
    ...['', 'localhost.', 'localhost.example', 'example:8000', '127.0.0.1.nip.io', '127.1', '0x7f.0.0.1'],
    ...['127.0.0.1@example', '2130706433', '[::ffff:127.0.0.1]', '::1', '0.0.0.0', '[::]', '192.168.0.1'],
    ...['localhost:8000:1', 'localhost/', ' localhost', '127.0.0.1, example', '[::1', '127.0.0.256'],
  ])('a request for %j does not', (host) => expect(guard({ host })?.status).toBe(403));

  test('nor one without a Host, or of a web page', () => {
    expect(guard({})?.status).toBe(403);
    for (const origin of ['null', 'http://localhost:8000', ''])
      expect(guard({ host: 'localhost', origin })?.status).toBe(403);
  });

  test('what browsers send along is looked for where it matters', () => {
    const headers = { host: 'localhost', 'sec-fetch-site': 'none' };
    expect(guard(headers)).toBeUndefined();
    expect(createLoopbackGuard({ refuseFetch: true })(headers)?.status).toBe(403);
  });
});

describe('a plain door', () => {
  const door: PlainDoor = {
    ...nobody,
    guard: createLoopbackGuard({ refuseFetch: true }),
    routes: async () => [hello],
  };

  test('serves its routes and no others', async () => {
    const port = await served(door);
    expect(await ask(port, '/hello')).toEqual({ status: 200, body: 'good day' });
    expect(await ask(port, '/hello', { method: 'HEAD' })).toEqual({ status: 200, body: '' });
    expect((await ask(port, '/hello', { method: 'POST' })).status).toBe(405);
    expect((await ask(port, '/api/v1/pods')).status).toBe(404);
  });

  test('refuses what is crooked', async () => {
    const port = await served(door);
    expect((await ask(port, '/hello', { headers: { host: 'evil.example' } })).status).toBe(403);
    expect(await raw(port, 'GET /hello HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await raw(port, 'GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const absolute = 'GET http://evil.example/hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    expect(await raw(port, absolute)).toMatch(/^HTTP\/1\.1 400 /);
    const change =
      'GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await raw(port, change)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test.each([
    ...[
      ['evil.example', 'localhost'],
      ['localhost', 'evil.example'],
      ['localhost', 'localhost'],
    ],
  ])('refuses a request with the two Hosts %s and %s', async (first, second) => {
    const port = await served(door);
    const words = `GET /hello HTTP/1.1\r\nHost: ${first}\r\nHost: ${second}\r\nConnection: close\r\n\r\n`;
    expect(await raw(port, words)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('closes the connection of whom it refuses, whatever was still to come on it', async () => {
    const port = await served(door);
    for (const rest of ['\r\n', 'Content-Length: 1000000\r\n\r\nbeginning']) {
      const answer = await held(port, `GET /hello HTTP/1.1\r\nHost: evil.example\r\n${rest}`);
      expect(answer).toMatch(/^HTTP\/1\.1 403 .*\r\nconnection: close\r\n/is);
    }
  });

  test('waits for a port that is taken, says so once, and is closed when told', async () => {
    const taken = await occupied();
    const { port } = taken.address() as AddressInfo;
    const opened = vi.fn();
    const { close } = servePlain(
      { ...door, addresses: [{ host: '127.0.0.1', port }], opened },
      { limits: API_LIMITS, logger, clock: hurried },
    );
    open.push(close);
    await vi.waitFor(() => expect(warned).toEqual(['port cannot be listened on yet']), PATIENT);
    await new Promise((resolve) => taken.close(resolve));
    await vi.waitFor(() => expect(opened).toHaveBeenCalledWith({ host: '127.0.0.1', port }), PATIENT);
    expect((await ask(port, '/hello')).status).toBe(200);
    expect(warned).toHaveLength(1);
    await close();
    await expect(ask(port, '/hello')).rejects.toThrow(/ECONNREFUSED/);
  });

  test('of two addresses the one that the machine has is enough', async () => {
    const addresses = [
      { host: '127.0.0.1', port: 0 },
      { host: 'fd00::1', port: 0 },
    ];
    const port = await served({ ...door, addresses });
    expect((await ask(port, '/hello')).status).toBe(200);
    expect(warned).toEqual([]);
  });

  function occupied(): Promise<Server> {
    const server = createServer();
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
  }
});

describe('the read-only port', () => {
  const world = new ObjectWorld();
  const ports = {
    objects: world.store,
    healthChecks: () => [{ name: 'ping', alive: true, problem: () => undefined }],
    machineInfo: async () => ({ num_cores: 2 }),
    expose: async (which: string) => ({ contentType: 'text/plain', text: `of ${which}` }),
    summary: async () => ({ node: {} }),
  } as unknown as ApiPorts;
  const door = { ...readOnlyDoor(10_255, { ports, logger: silentLogger }), addresses: nobody.addresses };

  test('listens on the loopback alone', () => {
    expect(readOnlyDoor(10_255, { ports, logger: silentLogger }).addresses).toEqual([
      { host: '127.0.0.1', port: 10_255 },
      { host: '::1', port: 10_255 },
    ]);
  });

  test('tells how the node is, without a token', async () => {
    const port = await served(door);
    expect(await ask(port, '/healthz')).toEqual({ status: 200, body: 'ok' });
    for (const path of ['/livez', '/readyz', '/readyz/ping', '/pods', '/pods/', '/spec', '/spec/'])
      expect((await ask(port, path)).status, path).toBe(200);
    expect((await ask(port, '/metrics')).body).toBe('of node');
    expect((await ask(port, '/metrics/resource')).body).toBe('of resource');
    expect((await ask(port, '/metrics/probes')).body).toBe('of probes');
    expect((await ask(port, '/stats/summary')).status).toBe(200);
  });

  test('shows pods without the values of their variables, since nobody shows a token', async () => {
    const env = [{ name: 'PASSWORD', value: 'hunter2' }];
    world.put('pods', shownPod('web', { spec: { containers: [{ name: 'a', env }] } }));
    const port = await served(door);
    for (const path of ['/pods', '/pods/', '/pods?masked=false']) {
      const { body } = await ask(port, path);
      expect(body).toContain('"PASSWORD"');
      expect(body).not.toContain('hunter2');
    }
  });

  test('keeps to itself what the kubelet does, and takes nothing', async () => {
    const port = await served(door);
    for (const path of [
      ...['/run/a/b/c', '/exec/a/b/c', '/attach/a/b/c', '/portForward/a/b', '/containerLogs/a/b/c'],
      ...['/runningpods/', '/logs/', '/logs/a/b', '/configz', '/debug/pprof/heap'],
    ])
      for (const method of ['GET', 'POST', 'TRACE'])
        expect(await ask(port, path, { method }), `${method} ${path}`).toEqual({
          status: 405,
          body: 'Debug endpoints are disabled.\n',
        });
    for (const path of ['/pods', '/stats/summary', '/healthz', '/spec/'])
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
        expect((await ask(port, path, { method })).status, `${method} ${path}`).toBe(405);
    for (const path of ['/api/v1/pods', '/', '/apis', '/why', '/status', '/events', '/version'])
      expect((await ask(port, path)).status, path).toBe(404);
  });
});

describe('the port where anybody may start pods', () => {
  const posted: string[] = [];
  const taking = (path: string): Route => ({
    path,
    methods: ['POST'],
    handle({ body }) {
      posted.push(`${path} ${Buffer.from(body)}`);
      return { status: 200, headers: {}, body: 'taken' };
    },
  });
  const routes = async () => [
    taking('/'),
    taking('/pods'),
    taking('/api/v1/pods'),
    { ...hello, path: '/pods' },
  ];
  const door = () => insecureDoor({ host: '127.0.0.1', port: 0 }, { routes, logger });

  test('takes what two old programs took, as curl sends it, and says what that means', async () => {
    const port = await served(door());
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await ask(port, '/', { method: 'POST', headers }, '{}')).body).toBe('taken');
    expect((await ask(port, '/pods', { method: 'POST', headers }, 'kind: Pod')).body).toBe('taken');
    expect(posted.splice(0)).toEqual(['/ {}', '/pods kind: Pod']);
    expect(warned).toEqual(['pods can be started here in the clear: any user of this machine is root']);
  });

  test('says what may be posted to whom only looks, and does nothing', async () => {
    const port = await served(door());
    for (const path of ['/', '/pods', '/?x=1'])
      for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
        expect(await ask(port, path, { method }), `${method} ${path}`).toEqual({
          status: 405,
          body: 'POST a manifest to /pods, or a run as JSON to /\n',
        });
    expect(await raw(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(
      /\r\nallow: POST\r\n/i,
    );
    expect(posted).toEqual([]);
  });

  test('does nothing else, for nobody else', async () => {
    const port = await served(door());
    expect((await ask(port, '/api/v1/pods', { method: 'POST' }, '{}')).status).toBe(404);
    for (const path of ['/', '/pods']) {
      expect((await ask(port, path)).status).toBe(405);
      for (const headers of [
        ...[{ origin: 'http://localhost' }, { origin: 'null' }, { 'sec-fetch-site': 'same-origin' }],
        ...[{ 'sec-fetch-mode': 'no-cors' }, { host: 'evil.example' }],
      ])
        expect((await ask(port, path, { method: 'POST', headers }, '{}')).status).toBe(403);
    }
    expect(posted).toEqual([]);
  });

  test('takes no request for one that is the body of another', async () => {
    const port = await served(door());
    const inner = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}';
    const outer = `POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
    const answers = await held(port, outer);
    expect(answers.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 403']);
    expect(posted).toEqual([]);
  });

  test('does nothing with a body that does not come to its end', async () => {
    const port = await served(door(), { headersMs: 100, requestMs: 200 });
    const words = 'POST /pods HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nkind: Pod';
    // By whichever watch is first, in words or without.
    expect(await held(port, words)).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect(posted).toEqual([]);
  });
});
