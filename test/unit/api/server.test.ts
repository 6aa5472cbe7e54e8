import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { connect, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ApiServer,
  type ApiServerOptions,
  createApiServer,
  nodeRoutes,
} from '../../../src/api/index.ts';
import { silentLogger, systemClock } from '../../../src/base/index.ts';
import { fetchStatus, requestJson } from '../../../src/client/index.ts';
import { node } from '../cli/reports.ts';

const REPORT = node();
let directory: string;
let socketPath: string;
let open: ApiServer[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tinylet-api-'));
  socketPath = join(directory, 'run', 't.sock');
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((server) => server.close()));
  await rm(directory, { recursive: true, force: true });
});

function server(changed: Partial<ApiServerOptions> = {}): ApiServer {
  const routes = nodeRoutes({
    ...{ report: () => REPORT, why: () => [], events: () => [] },
    healthChecks: () => [],
  });
  const created = createApiServer({
    socketPath,
    routes,
    logger: silentLogger,
    clock: systemClock,
    ...changed,
  });
  open.push(created);
  return created;
}

/** Sends bytes, and resolves to all that comes back until the server hangs up. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(socketPath, () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

/** A socket whose listener died without removing it, as kill -9 leaves it. */
async function leaveStaleSocket(): Promise<void> {
  await mkdir(join(directory, 'run'));
  const dead = createNetServer();
  // Listening by another name keeps the file: closing removes only the name that was bound.
  await new Promise<void>((resolve) => dead.listen(`${socketPath}.x`, resolve));
  await rename(`${socketPath}.x`, socketPath);
  await new Promise<void>((resolve) => dead.close(() => resolve()));
}

describe('the socket', () => {
  test('is 0600 in a directory 0700, serves, and goes with the server', async () => {
    const running = server();
    await running.listen();
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'run'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(directory, 'run'))).toEqual(['t.sock']);
    expect(await fetchStatus(socketPath)).toEqual(REPORT);
    await running.close();
    await running.close();
    expect(await readdir(join(directory, 'run'))).toEqual([]);
  });

  test('of a daemon that was killed is replaced', async () => {
    await leaveStaleSocket();
    await expect(fetchStatus(socketPath)).rejects.toThrow(/nobody listens/);
    await server().listen();
    expect(await fetchStatus(socketPath)).toEqual(REPORT);
  });

  test('of a living daemon is left to it', async () => {
    await server().listen();
    await expect(server().listen()).rejects.toMatchObject({
      code: 'STATE_IO',
      message: `cannot listen on ${socketPath}: another daemon answers there`,
    });
    expect(await fetchStatus(socketPath)).toEqual(REPORT);
  });

  test('that another daemon has put there meanwhile is not removed', async () => {
    const first = server();
    await first.listen();
    await rm(socketPath);
    await server().listen();
    await first.close();
    expect(await fetchStatus(socketPath)).toEqual(REPORT);
  });

  test('never replaces a plain file or a link', async () => {
    await mkdir(join(directory, 'run'));
    await writeFile(socketPath, 'precious');
    await expect(server().listen()).rejects.toThrow(/a file that is not a socket is there/);
    expect(await readFile(socketPath, 'utf8')).toBe('precious');
    const link = join(directory, 'link.sock');
    await symlink(socketPath, link);
    await expect(server({ socketPath: link }).listen()).rejects.toThrow(/not a socket/);
  });

  test('that the system cannot make is a clear error and leaves nothing', async () => {
    const long = join(directory, 'run', 'd'.repeat(90), 't.sock');
    await expect(server({ socketPath: long }).listen()).rejects.toMatchObject({ code: 'STATE_IO' });
    expect(await readdir(join(directory, 'run', 'd'.repeat(90)))).toEqual([]);
  });
});

describe('clients that misbehave', () => {
  test('a body too large is refused and the connection closed', async () => {
    await server({ limits: { bodyBytes: 100 } }).listen();
    const answer = await raw(
      `POST /status HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n${'b'.repeat(1000)}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"reason":"RequestEntityTooLarge"');
  });

  test('headers too large are refused', async () => {
    await server().listen();
    expect(await raw(`GET /status HTTP/1.1\r\nX: ${'h'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('a request that never ends is ended', async () => {
    await server({ limits: { headersMs: 50, requestMs: 100 } }).listen();
    expect(await raw('GET /status HTTP/1.1\r\nHost:')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await raw('POST /status HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nb')).toMatch(
      /^(HTTP\/1\.1 408 |$)/,
    );
  });

  test('what is not HTTP is refused, and others are still served', async () => {
    await server().listen();
    expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw('GET x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await fetchStatus(socketPath)).toEqual(REPORT);
  });

  test('closing does not wait for one that reads nothing', async () => {
    const running = server();
    await running.listen();
    const socket = connect(socketPath, () => socket.write('GET /status HTTP/1.1\r\n'));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    await running.close();
    socket.destroy();
  });

  test('HEAD gets the headers alone', async () => {
    await server().listen();
    const answer = await raw('HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/content-length: 2\r\n/);
    expect(answer).toMatch(/\r\n\r\n$/);
  });
});

describe('the client tells what is wrong', () => {
  const failure = (path = '/status'): Promise<unknown> =>
    requestJson(socketPath, path).catch((error: unknown) => error);
  const unreachable = (why: string) => ({
    code: 'DAEMON_UNREACHABLE',
    message: `no daemon answers on ${socketPath}: ${why}`,
  });

  test('no socket', async () => {
    expect(await failure()).toMatchObject(unreachable('there is no such socket'));
  });

  test('nobody behind it', async () => {
    await leaveStaleSocket();
    expect(await failure()).toMatchObject(
      unreachable('nobody listens on it; the daemon has died, or it is no socket'),
    );
  });

  test.skipIf(process.getuid?.() === 0)(
    'not permitted (root may do anything, so root cannot test it)',
    async () => {
      await server().listen();
      await chmod(socketPath, 0);
      expect(await failure()).toMatchObject(
        unreachable('not permitted; only the user the daemon runs as may use it'),
      );
    },
  );

  test('an answer that is an error', async () => {
    await server().listen();
    expect(await failure('/nothing')).toMatchObject(unreachable('it answered 404 to /nothing'));
  });

  test('something that is not tinylet', async () => {
    await server({
      routes: [
        { path: '/status', methods: ['GET'], handle: () => ({ status: 200, headers: {}, body: '[]' }) },
      ],
    }).listen();
    await expect(fetchStatus(socketPath)).rejects.toMatchObject(
      unreachable('what answers is no tinylet of this version'),
    );
  });

  test('something that does not speak JSON', async () => {
    await server({
      routes: [
        { path: '/status', methods: ['GET'], handle: () => ({ status: 200, headers: {}, body: 'ok' }) },
      ],
    }).listen();
    expect(await failure()).toMatchObject(unreachable('its answer is not JSON'));
  });
});
