import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { createApiServer } from '../../../src/api/index.ts';
import { podExecRoute } from '../../../src/api/routes/pod-exec-route.ts';
import { type JsonObject, silentLogger, systemClock } from '../../../src/base/index.ts';
import { type CommandIo, createNodeClient, type NodeClient, openCommand } from '../../../src/client/index.ts';
import { FakeSpdyRuntime, type RuntimeSession } from '../../fakes/fake-spdy-runtime.ts';

const POD: JsonObject = {
  metadata: { name: 'web', namespace: 'default', uid: 'u1' },
  spec: { containers: [{ name: 'app' }] },
  status: { phase: 'Running' },
};

interface Bench {
  readonly client: NodeClient;
  readonly runtime: FakeSpdyRuntime;
}

/** The real server on a Unix socket, before a runtime that says what a test wants. */
async function bench(pod: JsonObject = POD): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'client-'));
  const runtime = await FakeSpdyRuntime.start();
  const socketPath = join(directory, 'api.sock');
  const objects = {
    version: 1,
    list: () => ({ version: 1, items: [pod] }),
    get: (_resource: string, _namespace: string, name: string) => (name === 'web' ? pod : undefined),
    watch: () => false,
  };
  const url = async (): Promise<string> => runtime.url;
  const streams = { exec: url, attach: url, portForward: url };
  const server = createApiServer({
    ...{ socketPath, logger: silentLogger, clock: systemClock },
    routes: [podExecRoute({ objects, streams })],
  });
  await server.listen();
  onTestFinished(async () => {
    await runtime.close();
    await server.close();
    await rm(directory, { recursive: true });
  });
  return { client: createNodeClient(socketPath), runtime };
}

const PATH = '/api/v1/namespaces/default/pods/web/exec?command=sh&stdout=true&stderr=true';

/** What is written, and how it was asked for. */
function sink(
  over: Partial<CommandIo> = {},
): CommandIo & { readonly text: { stdout: string; stderr: string } } {
  const text = { stdout: '', stderr: '' };
  return {
    text,
    write: async (to, bytes) => {
      text[to] += Buffer.from(bytes).toString();
    },
    ...over,
  };
}

async function end(session: RuntimeSession, status: object): Promise<void> {
  const error = await session.stream('error');
  error.say(JSON.stringify(status));
  error.end();
  session.socket.end();
}

const success = { status: 'Success' };
const exited = (code: string): object => ({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: `command terminated with non-zero exit code: exit status ${code}`,
  details: { causes: [{ reason: 'ExitCode', message: code }] },
});

test('output comes apart, and the exit code last', async () => {
  const { client, runtime } = await bench();
  const io = sink();
  const ending = openCommand(client, PATH, io);
  const session = await runtime.session();
  (await session.stream('stdout')).say('out');
  (await session.stream('stderr')).say('err');
  await end(session, exited('7'));
  expect(await ending).toEqual({ exitCode: 7 });
  expect(io.text).toEqual({ stdout: 'out', stderr: 'err' });
});

test('all of the output is written before the end is told, however slow that is', async () => {
  const { client, runtime } = await bench();
  const written: Buffer[] = [];
  let most = 0;
  let under = 0;
  const ending = openCommand(client, PATH, {
    async write(_, bytes) {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 1));
      written.push(Buffer.from(bytes));
      under -= 1;
    },
  });
  const session = await runtime.session();
  const stdout = await session.stream('stdout');
  const sent = Array.from({ length: 100 }, (_, index) => Buffer.alloc(20_000, index));
  for (const part of sent) stdout.say(part);
  await end(session, success);
  expect(await ending).toEqual({ exitCode: 0 });
  expect(Buffer.concat(written).equals(Buffer.concat(sent))).toBe(true);
  expect(most).toBe(1);
});

test('a reader that stops keeps the runtime waiting, and loses nothing', async () => {
  const { client, runtime } = await bench();
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let bytes = 0;
  const ending = openCommand(client, PATH, {
    async write(_, part) {
      await held;
      bytes += part.length;
    },
  });
  const session = await runtime.session();
  const stdout = await session.stream('stdout');
  const part = Buffer.alloc(64 * 1024);
  let sent = 0;
  // Until nobody takes any more. Without backpressure, that would be never.
  for (let isRoom = true; isRoom || session.socket.writableLength < 1024 ** 2; ) {
    isRoom = stdout.say(part);
    sent += part.length;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  go();
  await end(session, success);
  await ending;
  expect(bytes).toBe(sent);
});

test('input is passed on with its end, and asked for only as it is taken', async () => {
  const { client, runtime } = await bench();
  const stdin = Readable.from(['hello ', 'world']);
  const ending = openCommand(client, `${PATH}&stdin=true`, sink({ stdin }));
  const session = await runtime.session();
  const input = await session.stream('stdin');
  await expect.poll(() => input.ended).toBe(true);
  expect(input.received.toString()).toBe('hello world');
  await end(session, success);
  expect(await ending).toEqual({ exitCode: 0 });
});

test('input that has ended already is told to have', async () => {
  const { client, runtime } = await bench();
  const stdin = Readable.from([]);
  for await (const _ of stdin);
  const ending = openCommand(client, `${PATH}&stdin=true`, sink({ stdin }));
  const session = await runtime.session();
  const input = await session.stream('stdin');
  await expect.poll(() => input.ended).toBe(true);
  await end(session, success);
  await ending;
});

test('input nobody has read stays where it is when the command has ended', async () => {
  const { client, runtime } = await bench();
  const stdin = new PassThrough();
  const ending = openCommand(client, `${PATH}&stdin=true`, sink({ stdin }));
  const session = await runtime.session();
  await session.stream('stdin');
  await end(session, success);
  await ending;
  expect(stdin.listenerCount('data')).toBe(0);
  stdin.write('later');
  expect(stdin.isPaused()).toBe(true);
});

test('sizes of the terminal: first what it is, then every change', async () => {
  const { client, runtime } = await bench();
  let size = { columns: 80, rows: 24 };
  let changed: () => void = () => undefined;
  let isListening = false;
  const terminal = {
    size: () => size,
    onResize(listener: () => void) {
      changed = listener;
      isListening = true;
      return () => {
        isListening = false;
      };
    },
  };
  const path = PATH.replace('stderr', 'tty');
  const ending = openCommand(client, path, sink({ terminal }));
  const session = await runtime.session();
  const resize = await session.stream('resize');
  await expect.poll(() => resize.received.toString()).toBe('{"Width":80,"Height":24}');
  size = { columns: 100, rows: 50 };
  changed();
  await expect.poll(() => resize.received.toString()).toMatch(/24\}\{"Width":100,"Height":50\}$/);
  await end(session, success);
  await ending;
  expect(isListening).toBe(false);
});

test('what did not run is refused in the words of the runtime', async () => {
  const { client, runtime } = await bench();
  const ending = openCommand(client, PATH, sink());
  const failed = {
    status: 'Failure',
    reason: 'InternalError',
    message: 'error executing command',
    code: 500,
  };
  const session = await runtime.session();
  void end(session, failed);
  await expect(ending).rejects.toMatchObject({
    code: 'API_REFUSED',
    message: 'error executing command',
    facts: { reason: 'InternalError', code: 500 },
  });
});

test.each([
  ['of a pod that is not there', PATH.replace('/web/', '/other/'), 'NotFound', 'pods "other" not found'],
  [
    'without a command',
    PATH.replace('command=sh&', ''),
    'BadRequest',
    'you must specify at least one command for the container',
  ],
])('an upgrade %s is refused with the Status of the API', async (_, path, reason, message) => {
  const { client } = await bench();
  await expect(openCommand(client, path, sink())).rejects.toMatchObject({
    code: 'API_REFUSED',
    message,
    facts: { reason },
  });
});

test('an end without a status is a connection that broke off, what came before is written', async () => {
  const { client, runtime } = await bench();
  const io = sink();
  const ending = openCommand(client, PATH, io);
  const session = await runtime.session();
  (await session.stream('stdout')).say('half');
  await session.stream('error');
  session.socket.end();
  await expect(ending).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
  expect(io.text.stdout).toBe('half');
});

test('output that nobody takes any more lets the command go', async () => {
  const { client, runtime } = await bench();
  const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  const ending = openCommand(client, PATH, { write: () => Promise.reject(broken) });
  const session = await runtime.session();
  (await session.stream('stdout')).say('out');
  await expect(ending).rejects.toBe(broken);
  await session.closed;
});

test('the signal lets it go', async () => {
  const { client, runtime } = await bench();
  const leaving = new AbortController();
  const ending = openCommand(client, PATH, sink({ signal: leaving.signal }));
  const session = await runtime.session();
  await session.stream('error');
  leaving.abort();
  await expect(ending).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
  await session.closed;
});

test('without a daemon it says so', async () => {
  const client = createNodeClient('/nonexistent/api.sock');
  await expect(openCommand(client, PATH, sink())).rejects.toMatchObject({
    code: 'DAEMON_UNREACHABLE',
    message: 'no daemon answers on /nonexistent/api.sock: there is no such socket',
  });
});
