import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { createRunHook, type HookRun } from '../../../src/lifecycle/index.ts';
import { asContainerId, asPodUid, type HookHandler } from '../../../src/pod/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const never = new AbortController().signal;
const id = asContainerId('app-0');

function runOf(handler: HookHandler, changes: Partial<HookRun> = {}): HookRun {
  return { uid: asPodUid('uid-a'), id, container: 'app', hook: 'preStop', handler, ports: [], ...changes };
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Runs one hook, and shows what was asked of the runtime. */
async function runHook(
  run: HookRun,
  answer: { exitCode: number; stdout?: string; stderr?: string } | Error = { exitCode: 0 },
): Promise<{ error: unknown; execs: unknown[]; fallbacks: string[] }> {
  const execs: unknown[] = [];
  const fallbacks: string[] = [];
  const hook = createRunHook({
    clock: new VirtualClock(),
    onHttpFallback: (_run, message) => fallbacks.push(message),
    cri: {
      execSync: async (of, command, options) => {
        execs.push([of, command, options?.timeoutSeconds]);
        if (answer instanceof Error) throw answer;
        const { exitCode, stdout = '', stderr = '' } = answer;
        return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
      },
    },
  });
  const error = await hook(run, never).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, execs, fallbacks };
}

describe('exec', () => {
  const exec = runOf({ kind: 'exec', command: ['/bin/down', 'now'] });

  test('runs in the instance, without a time limit', async () => {
    expect(await runHook(exec)).toEqual({
      error: undefined,
      execs: [[id, ['/bin/down', 'now'], 0]],
      fallbacks: [],
    });
  });

  test.each([
    [{ exitCode: 7, stdout: 'half\n', stderr: 'way\n' }, 'exited with 7: half\nway'],
    [{ exitCode: 127 }, 'exited with 127: '],
    [{ exitCode: 1, stdout: 'x'.repeat(5_000) }, `exited with 1: ${'x'.repeat(1024)}`],
  ])('fails with what it wrote', async (answer, words) => {
    const { error } = await runHook(exec, answer);
    expect(error).toEqual(new TinyletError('HOOK_FAILED', `command '/bin/down now' ${words}`));
  });

  test('fails with what the runtime says', async () => {
    const { error } = await runHook(exec, new Error('container not running'));
    expect(error).toMatchObject({
      code: 'HOOK_FAILED',
      message: "command '/bin/down now': container not running",
    });
  });
});

describe('sleep', () => {
  const hook = (clock: VirtualClock, signal = never) =>
    createRunHook({ clock, cri: { execSync: () => Promise.reject(new Error('not asked')) } })(
      runOf({ kind: 'sleep', seconds: 7 }),
      signal,
    );

  test('takes as long as it says', async () => {
    const clock = new VirtualClock();
    let isDone = false;
    const done = hook(clock).then(() => {
      isDone = true;
    });
    await clock.advance(6_999);
    expect(isDone).toBe(false);
    await clock.advance(1);
    expect(isDone).toBe(true);
    await done;
  });

  test('fails when it is cut short', async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const ended = expect(hook(clock, abort.signal)).rejects.toThrow(
      'container terminated before sleep hook finished',
    );
    await clock.advance(3_000);
    abort.abort();
    await ended;
  });
});

describe('httpGet', () => {
  const asked: IncomingMessage[] = [];

  async function serve(status: number): Promise<number> {
    asked.length = 0;
    const server: Server = createServer((request, response) => {
      asked.push(request);
      response.writeHead(status).end('whatever');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    return portOf(server);
  }

  const get = { kind: 'httpGet', path: '/bye?now=1', scheme: 'HTTP', headers: [] } as const;

  test.each([200, 302, 404, 500])('status %i is a success', async (status) => {
    const port = await serve(status);
    const { error } = await runHook(runOf({ ...get, port }, { host: '127.0.0.1' }));
    expect(error).toBeUndefined();
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /bye?now=1']);
    expect(asked[0]?.headers['user-agent']).toBe('kube-lifecycle/1.36');
  });

  test('a port goes by its name; the host of the handler goes before the address of the pod', async () => {
    const port = await serve(200);
    const ports = [{ name: 'web', containerPort: port, protocol: 'TCP' }] as const;
    const run = runOf({ ...get, port: 'web', host: '127.0.0.1' }, { host: '192.0.2.1', ports });
    expect((await runHook(run)).error).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  test('HTTPS that is answered in plain is asked again so, without what proves who asks', async () => {
    const port = await serve(200);
    const headers = [
      { name: 'AUTHORIZATION', value: 'Bearer secret' },
      { name: 'X-Kept', value: 'yes' },
    ];
    const run = runOf({ ...get, scheme: 'HTTPS', port, headers }, { host: '127.0.0.1' });
    const message = `request to HTTPS lifecycle hook 127.0.0.1:${port} got HTTP response, retry with HTTP succeeded`;
    expect(await runHook(run)).toEqual({ error: undefined, execs: [], fallbacks: [message] });
    expect(asked.map(({ headers: had }) => [had.authorization, had['x-kept']])).toEqual([[undefined, 'yes']]);
  });

  test.each<[string, HookHandler, string]>([
    ['no address', { ...get, port: 80 }, 'the pod has no address of its own: httpGet needs a host'],
    ['no such port', { ...get, host: '127.0.0.1', port: 'web' }, 'the container has no port "web"'],
    [
      'no address',
      { kind: 'tcpSocket', port: 80 },
      'the pod has no address of its own: tcpSocket needs a host',
    ],
  ])('%s is an error', async (_case, handler, message) => {
    expect((await runHook(runOf(handler))).error).toEqual(new TinyletError('HOOK_FAILED', message));
  });

  test('nobody there is an error that says where', async () => {
    const port = await closedPort();
    const { error, fallbacks } = await runHook(
      runOf({ ...get, scheme: 'HTTPS', port }, { host: '127.0.0.1' }),
    );
    expect(error).toMatchObject({
      code: 'HOOK_FAILED',
      message: `Get "https://127.0.0.1:${port}/bye?now=1": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    });
    expect(fallbacks).toEqual([]);
  });
});

describe('tcpSocket', () => {
  test('is done when it is connected', async () => {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const ports = [{ name: 'web', containerPort: portOf(server), protocol: 'TCP' }] as const;
    const run = runOf({ kind: 'tcpSocket', port: 'web' }, { host: '127.0.0.1', ports });
    expect((await runHook(run)).error).toBeUndefined();
    await expect.poll(() => connections).toBe(1);
  });

  test('fails where nobody listens', async () => {
    const port = await closedPort();
    const { error } = await runHook(runOf({ kind: 'tcpSocket', port, host: '127.0.0.1' }));
    expect(error).toMatchObject({
      code: 'HOOK_FAILED',
      message: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
    });
  });
});

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
