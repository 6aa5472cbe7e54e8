import { execFileSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApiServer } from '../../../src/api/index.ts';
import { nodeLogsRoutes } from '../../../src/api/routes/node-logs-route.ts';
import { silentLogger, systemClock } from '../../../src/base/index.ts';
import { ask, bodyText } from './ask.ts';

/** Only a broken program outlasts it. */
const PATIENT = { timeout: 10_000 };

const SECRET = 'root:$6$secret';
const LINE = '2026-01-01T00:00:00Z stdout F hello\n';
const HEAD = '<!doctype html>\n<meta name="viewport" content="width=device-width">\n';

let base: string;
let logs: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'tinylet-logs-'));
  logs = join(base, 'pods');
  await mkdir(join(logs, 'default_web_u1/app'), { recursive: true });
  await writeFile(join(logs, 'default_web_u1/app/0.log'), LINE);
  await mkdir(join(base, 'outside/app'), { recursive: true });
  await writeFile(join(base, 'outside/shadow'), SECRET);
  await writeFile(join(base, 'outside/app/0.log'), SECRET);
});
afterEach(() => rm(base, { recursive: true, force: true }));

const answerTo = (path: string) => ask(nodeLogsRoutes({ logDirectory: logs }), path);

/** The answer as a whole; nothing is left open. */
async function look(path: string) {
  const answer = await answerTo(path);
  const body = await bodyText(answer);
  answer.release?.();
  await vi.waitFor(async () => expect(await openBelow()).toEqual([]), PATIENT);
  const { 'content-type': type, 'content-length': length, location } = answer.headers;
  return { status: answer.status, body, type, length, location };
}

/** What this process has open of the tree. */
async function openBelow(): Promise<readonly string[]> {
  const fds = await readdir('/proc/self/fd');
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(base));
}

const missing = { status: 404, body: '404 page not found\n', type: 'text/plain; charset=utf-8' };

describe('what is there', () => {
  test('directories are listed, down to the log', async () => {
    const page = (line: string) => `${HEAD}<pre>\n${line}\n</pre>\n`;
    expect(await look('/logs/')).toMatchObject({
      status: 200,
      type: 'text/html; charset=utf-8',
      body: page('<a href="default_web_u1/">default_web_u1/</a>'),
    });
    expect(await look('/logs/default_web_u1/')).toMatchObject({ body: page('<a href="app/">app/</a>') });
    expect(await look('/logs/default_web_u1/app/')).toMatchObject({
      body: page('<a href="0.log">0.log</a>'),
    });
  });

  test('a file is text of a known length', async () => {
    expect(await look('/logs/default_web_u1/app/0.log')).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      length: String(LINE.length),
      body: LINE,
      location: undefined,
    });
  });

  test('an empty file, a large one, a packed one, and one of markup', async () => {
    const large = 'x'.repeat(200_001);
    await writeFile(join(logs, 'empty'), '');
    await writeFile(join(logs, 'large'), large);
    await writeFile(join(logs, 'packed.gz'), 'gz');
    await writeFile(join(logs, 'index.html'), '<script>');
    expect(await look('/logs/empty')).toMatchObject({ status: 200, length: '0', body: '' });
    expect(await look('/logs/large')).toMatchObject({ length: '200001', body: large });
    expect(await look('/logs/packed.gz')).toMatchObject({ type: 'application/gzip', body: 'gz' });
    const markup = { type: 'text/plain; charset=utf-8', body: '<script>' };
    expect(await look('/logs/index.html')).toMatchObject(markup);
  });

  test.each([
    ['/logs', 'logs/'],
    ['/logs/default_web_u1', 'default_web_u1/'],
    ['/logs/default_web_u1/app', 'app/'],
    ['/logs/default_web_u1/app/0.log/', '../0.log'],
  ])('%s leads to %s', async (path, location) => {
    expect(await look(path)).toMatchObject({ status: 301, location, body: '' });
  });

  test('names that mean something elsewhere are names here', async () => {
    const names = ['<b>&"\'', 'a?b#c', '100%', 'x:y', 'two\nlines', 'über', '..x', '%2e%2e', 'back\\slash'];
    for (const name of names) await writeFile(join(logs, name), name);
    const { body } = await look('/logs/');
    for (const name of names) {
      const link = encodeURIComponent(name).replaceAll("'", '%27');
      expect(body).toContain(`<a href="${link}">`);
      expect(await look(`/logs/${link}`)).toMatchObject({ status: 200, body: name });
    }
    expect(body).toContain('>&lt;b&gt;&amp;&#34;&#39;</a>\n');
    expect(body).not.toContain('<b>');
  });

  test('names are in order of their bytes, and those that are no text are left out', async () => {
    for (const name of ['b', 'a', 'Z', '\u{ffff}', '\u{10000}']) await writeFile(join(logs, name), '');
    await writeFile(Buffer.concat([Buffer.from(`${logs}/`), Buffer.from([0xff])]), '');
    const shown = [...(await look('/logs/')).body.matchAll(/>([^<\n]+)<\/a>/g)].map(([, name]) => name);
    expect(shown).toEqual(['Z', 'a', 'b', 'default_web_u1/', '\u{ffff}', '\u{10000}']);
  });

  test('the directory itself may be a link: it is the administrator’s', async () => {
    await symlink(logs, join(base, 'link'));
    const routes = nodeLogsRoutes({ logDirectory: join(base, 'link') });
    expect((await ask(routes, '/logs/')).status).toBe(200);
  });
});

describe('what is not served', () => {
  test.each(['/logs/none', '/logs/none/', '/logs/default_web_u1/app/0.log/x', `/logs/${'n'.repeat(300)}`])(
    '%s is missing',
    async (path) => {
      expect(await look(path)).toMatchObject(missing);
    },
  );

  test('a log directory that is missing', async () => {
    await rm(logs, { recursive: true });
    expect(await look('/logs/')).toMatchObject(missing);
  });

  test.each([
    '/logs/../outside/shadow',
    '/logs/default_web_u1/../../outside/shadow',
    '/logs/%2e%2e/outside/shadow',
    '/logs/..%2foutside%2fshadow',
    '/logs/default_web_u1%2fapp/0.log',
    '/logs/default_web_u1/app/%2e/0.log',
    '/logs/./default_web_u1/',
    '/logs/default_web_u1//app/0.log',
    '/logs//',
    '/logs//etc/passwd',
    '/logs/default_web_u1/app/0.log%00.txt',
    '/logs/..',
  ])('%s is refused', async (path) => {
    const { status, body } = await look(path);
    expect({ status, body }).toEqual({
      status: 400,
      body: 'invalid URL path: each part has to be the name of an entry\n',
    });
  });

  test('links, to files and directories, on the way and at its end', async () => {
    const app = join(logs, 'default_web_u1/app');
    await symlink(join(base, 'outside/shadow'), join(app, '1.log'));
    await symlink('0.log', join(app, 'latest'));
    await symlink(join(base, 'outside'), join(logs, 'out'));
    await symlink('..', join(logs, 'up'));
    await symlink('loop', join(logs, 'loop'));
    for (const path of [
      'default_web_u1/app/1.log',
      'default_web_u1/app/latest',
      'out',
      'out/',
      'out/shadow',
      'up/outside/shadow',
      'up/',
      'loop',
      'loop/x',
    ])
      expect(await look(`/logs/${path}`), path).toMatchObject(missing);
    expect((await look('/logs/')).body).toBe(
      `${HEAD}<pre>\n<a href="default_web_u1/">default_web_u1/</a>\n</pre>\n`,
    );
  });

  test('pipes, sockets and devices, which are not waited for either', async () => {
    execFileSync('mkfifo', [join(logs, 'pipe')]);
    const server = createApiServer({
      ...{ socketPath: join(logs, 's'), routes: [], logger: silentLogger, clock: systemClock },
    });
    await server.listen();
    for (const name of ['pipe', 's', 'pipe/', 'pipe/x'])
      expect(await look(`/logs/${name}`), name).toMatchObject(missing);
    expect((await look('/logs/')).body).not.toMatch(/pipe|"s"/);
    await server.close();
  });
});

describe('what changes meanwhile', () => {
  const LOG = '/logs/default_web_u1/app/0.log';

  test('a file that grows is sent as it was', async () => {
    const answer = await answerTo(LOG);
    await appendFile(join(logs, 'default_web_u1/app/0.log'), 'more\n');
    expect(answer.headers['content-length']).toBe(String(LINE.length));
    expect(await bodyText(answer)).toBe(LINE);
    answer.release?.();
    expect(await look(LOG)).toMatchObject({ body: `${LINE}more\n` });
  });

  test('a file that is rotated and removed is sent to its end', async () => {
    const file = join(logs, 'default_web_u1/app/0.log');
    const answer = await answerTo(LOG);
    await rename(file, `${file}.20260101-000000`);
    await writeFile(file, 'a new one\n');
    await rm(`${file}.20260101-000000`);
    expect(await bodyText(answer)).toBe(LINE);
    answer.release?.();
  });

  test('a directory that becomes a link does not lead elsewhere', async () => {
    const answer = await answerTo(LOG);
    await rename(join(logs, 'default_web_u1'), join(base, 'kept'));
    await symlink(join(base, 'outside'), join(logs, 'default_web_u1'));
    expect(await bodyText(answer)).toBe(LINE);
    answer.release?.();
    expect(await look(LOG)).toMatchObject(missing);
  });

  test('a file that is cut short cuts the answer off, and does not end it', async () => {
    const file = join(logs, 'default_web_u1/app/0.log');
    const answer = await answerTo(LOG);
    await truncate(file, 5);
    const told: Buffer[] = [];
    if (typeof answer.body !== 'function') throw new Error('the body is streamed');
    const sink = { write: async (chunk: string | Uint8Array) => void told.push(Buffer.from(chunk)) };
    await expect(answer.body(sink, new AbortController().signal)).rejects.toThrow('cut short');
    expect(Buffer.concat(told).toString()).toBe(LINE.slice(0, 5));
    answer.release?.();
  });
});

describe('over a connection', () => {
  async function serving(use: (socketPath: string) => Promise<void>): Promise<void> {
    const socketPath = join(await mkdtemp(join(tmpdir(), 'tinylet-logs-api-')), 't.sock');
    const routes = nodeLogsRoutes({ logDirectory: logs });
    const server = createApiServer({ socketPath, routes, logger: silentLogger, clock: systemClock });
    await server.listen();
    await use(socketPath);
    await server.close();
    await rm(join(socketPath, '..'), { recursive: true });
  }

  const LOG = '/logs/default_web_u1/app/0.log';

  test('HEAD tells the length, and nothing stays open', async () => {
    await serving(async (socketPath) => {
      const [length, body] = await new Promise<[unknown, string]>((resolve, reject) => {
        const sent = request({ socketPath, path: LOG, method: 'HEAD', agent: false }, (response) => {
          text(response).then((all) => resolve([response.headers['content-length'], all]), reject);
        });
        sent.on('error', reject).end();
      });
      expect([length, body]).toEqual([String(LINE.length), '']);
      await vi.waitFor(async () => expect(await openBelow()).toEqual([]), PATIENT);
    });
  });

  test('a client that leaves in the middle leaves nothing open', async () => {
    await writeFile(join(logs, 'default_web_u1/app/0.log'), Buffer.alloc(64 * 1024 ** 2, 'x'));
    await serving(async (socketPath) => {
      const sent = request({ socketPath, path: LOG, agent: false });
      const response = await new Promise<NodeJS.ReadableStream & { destroy(): void }>((resolve, reject) => {
        sent.on('response', resolve).on('error', reject).end();
      });
      await vi.waitFor(async () => expect(await openBelow()).toHaveLength(1), PATIENT);
      response.destroy();
      await vi.waitFor(async () => expect(await openBelow()).toEqual([]), PATIENT);
    });
  });
});
