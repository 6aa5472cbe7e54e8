import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { Exec, KubeConfig, PortForward, type V1Status } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubectlSuite } from '../support/kubectl.ts';
import { freePort, type RuntimeVersion, realRuntimeUnavailable } from '../support/real-runtime.ts';
import { KubectlStreams, type Way } from './support/kubectl-streams.ts';
import { StreamStage } from './support/stream-stage.ts';

const unavailable = realRuntimeUnavailable();
if (unavailable !== undefined) process.stderr.write(`not tried on a real containerd: ${unavailable}\n`);
const full = process.env.TINYLET_FULL === '1';
const versions = (process.env.TINYLET_TEST_CONTAINERD?.split(',') ??
  (full ? ['1.6', '1.7', '2.1'] : ['1.6'])) as RuntimeVersion[];
const suites: KubectlSuite[] = full ? ['unstable', 'trixie'] : ['unstable'];
const ways: Way[] = ['WebSockets', 'SPDY'];
const clients = suites.flatMap((suite) => ways.map((way): [KubectlSuite, Way] => [suite, way]));
/** Of what once failed at some time for somebody: the end of input, and terminals. */
const repeatsOf = (suite: KubectlSuite): number => (full && suite === 'unstable' ? 100 : 5);

const AT_ONCE = 5;

/** Up to 200 processes of kubectl's, on a machine that others use too. */
const LONG_MS = full ? 900_000 : 300_000;
/** Of this many bytes each. */
const PAGE_BYTES = 3_000_000;

describe.skipIf(unavailable !== undefined).each(versions)('containerd %s', (version) => {
  let stage: StreamStage;
  let port: number;
  beforeAll(async () => {
    stage = await StreamStage.open(version);
    port = await freePort();
    const page = `head -c ${PAGE_BYTES} /dev/zero | tr '\\0' x >/tmp/page`;
    await stage.pod('idle', `${page}; httpd -f -p 127.0.0.1:${port} -h /tmp`);
  }, LONG_MS);
  afterAll(() => stage.close(), LONG_MS);

  describe.each(clients)('kubectl of %s over %s', (suite, way) => {
    let kubectl: KubectlStreams;
    beforeAll(async () => {
      kubectl = await KubectlStreams.of(stage, suite, way);
    }, LONG_MS);

    test('a command tells its exit code and what it wrote, apart', async () => {
      expect(await kubectl.exec('echo out; echo err >&2; exit 7')).toEqual({
        code: 7,
        stdout: 'out\n',
        stderr: 'err\ncommand terminated with exit code 7\n',
      });
    });

    test('a command sees the end of its input', { timeout: LONG_MS }, async () => {
      await repeat(repeatsOf(suite), async (time) => {
        const bytes = time * 101;
        const { code, stdout, stderr } = await kubectl.exec('wc -c', { stdin: 'x'.repeat(bytes) });
        expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${bytes}\n`, stderr: '' });
      });
    });

    test('20 MB go in and come out again', { timeout: LONG_MS }, async () => {
      const stdin = randomBytes(15_000_000).toString('base64');
      const { stdout } = await kubectl.exec('cat', { stdin });
      expect(sha256(stdout)).toBe(sha256(stdin));
      expect((await kubectl.exec('sha256sum', { stdin })).stdout).toContain(sha256(stdin));
    });

    test('a terminal shows all that was written to it, with input and without', {
      timeout: LONG_MS,
    }, async () => {
      await repeat(repeatsOf(suite), async () => {
        const typed = await kubectl.onTerminal(['exec', '-it', 'idle', '--', 'sh', '-c', 'echo one; exit 5']);
        expect(typed).toMatchObject({ code: 5, output: expect.stringContaining('one\r\n') });
        const shown = await kubectl.onTerminal(['exec', '-t', 'idle', '--', 'echo', 'two']);
        expect(shown).toEqual({ code: 0, output: 'two\r\n' });
      });
    });

    test('a terminal is as large as its client, also when that changes', async () => {
      const seen = join(stage.directory, `resize-${suite}-${way}`);
      const awaits = (size: string): string =>
        `until stty size 2>/dev/null | grep -x "${size}"; do sleep 0.1; done`;
      const { code, output } = await kubectl.onTerminal(
        ['exec', '-it', 'idle', '--', 'sh', '-c', `${awaits('33 101')}; ${awaits('44 90')}`],
        {
          before: `(until [ -e ${seen} ]; do sleep 0.1; done; stty rows 44 cols 90 </dev/tty) &`,
          onOutput: (all) => {
            if (all.includes('33 101')) writeFileSync(seen, '');
          },
        },
      );
      expect({ code, output }).toEqual({ code: 0, output: '33 101\r\n44 90\r\n' });
    });

    test('what is typed reaches the command', async () => {
      const read = ['exec', '-it', 'idle', '--', 'sh', '-c', 'read word; echo got $word'];
      const { code, output } = await kubectl.onTerminal(read, { typed: 'hello\n' });
      expect(code).toBe(0);
      expect(output).toContain('got hello\r\n');
    });

    test('a program that is not there is told of', async () => {
      const { code, stderr } = await kubectl.run(['exec', 'idle', '--', '/no/such/program']);
      expect(code).not.toBe(0);
      expect(stderr).toContain('/no/such/program');
    });

    test('attach gives a container input and its end, and shows the last word', async () => {
      const name = `attach-${suite}-${way.toLowerCase()}`;
      const script = 'while read word; do echo got $word; done; echo the end';
      await stage.pod(name, script, { stdin: true, stdin_once: true });
      const { code, stdout } = await kubectl.run(['attach', '-i', name], { stdin: 'a\nb\n' });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'got a\ngot b\nthe end\n' });
    });

    test('attach to a terminal', async () => {
      const name = `terminal-${suite}-${way.toLowerCase()}`;
      await stage.pod(name, 'read word; echo got $word', { stdin: true, tty: true });
      const { code, output } = await kubectl.onTerminal(['attach', '-it', name], { typed: 'hello\n' });
      expect(code).toBe(0);
      expect(output).toContain('got hello\r\n');
    });

    test('connections to a port, one after the other and at one time', { timeout: LONG_MS }, async () => {
      const forwarding = await kubectl.forward('idle', [port]);
      const [local = 0] = forwarding.ports;
      for (let time = 0; time < 3; time += 1) expect(await pageAt(local)).toBe(PAGE_BYTES);
      const atOnce = Array.from({ length: 5 }, () => pageAt(local));
      expect(await Promise.all(atOnce)).toEqual(Array.from({ length: 5 }, () => PAGE_BYTES));
      expect(await forwarding.stop()).toBe('');
    });

    test('a port nobody listens on is told of, and kubectl gives up', async () => {
      const forwarding = await kubectl.forward('idle', [await freePort()]);
      const [local = 0] = forwarding.ports;
      expect(await answerOf(local)).toHaveLength(0);
      const complaints = await forwarding.ended();
      expect(complaints).toContain('connect: connection refused');
      expect(complaints).toContain('lost connection to pod');
    });
  });

  describe('@kubernetes/client-node', () => {
    test('a command tells its exit code and what it wrote, apart', async () => {
      const ended = await nodeExec(stage, ['sh', '-c', 'echo out; echo err >&2; exit 7']);
      expect(ended).toMatchObject({ out: 'out\n', err: 'err\n', status: { reason: 'NonZeroExitCode' } });
    });

    test('20 MB go in, in one piece, and come out again', { timeout: LONG_MS }, async () => {
      const input = randomBytes(15_000_000).toString('base64');
      const { out, status } = await nodeExec(stage, ['cat'], { input: Readable.from([input]) });
      expect(sha256(out)).toBe(sha256(input));
      expect(status).toMatchObject({ status: 'Success' });
    });

    test('all that a terminal shows, without input, and the end of input', { timeout: LONG_MS }, async () => {
      await repeat(repeatsOf('unstable'), async () => {
        expect(await nodeExec(stage, ['echo', 'two'], { tty: true })).toMatchObject({ out: 'two\r\n' });
        const input = Readable.from(['to the', ' end']);
        expect(await nodeExec(stage, ['cat'], { input })).toMatchObject({ out: 'to the end' });
      });
    });

    test('a connection to a port', async () => {
      const { out, err } = await nodeForward(stage, port, 'GET /page HTTP/1.0\r\n\r\n');
      expect({ page: out.slice(out.indexOf('\r\n\r\n') + 4).length, err }).toEqual({
        page: PAGE_BYTES,
        err: '',
      });
    });

    test('a port nobody listens on', async () => {
      const { out, err } = await nodeForward(stage, await freePort(), '');
      expect({ out, err }).toEqual({ out: '', err: expect.stringContaining('connection refused') });
    });
  });
});

/** So many times, from 1 on, some of them beside each other: most of it is waiting. */
async function repeat(times: number, once: (time: number) => Promise<void>): Promise<void> {
  for (let done = 0; done < times; done += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, times - done) }, (_, index) =>
      once(done + index + 1),
    );
    await Promise.all(batch);
  }
}

/** The length of the page that a port serves. */
async function pageAt(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/page`, { headers: { connection: 'close' } });
  return (await answer.arrayBuffer()).byteLength;
}

/** All that comes from a port. */
async function answerOf(port: number): Promise<Buffer> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write('GET /page HTTP/1.0\r\n\r\n');
  return buffer(socket).catch(() => Buffer.alloc(0));
}

interface NodeWishes {
  readonly tty?: boolean;
  readonly input?: Readable;
}

async function nodeExec(
  stage: StreamStage,
  command: string[],
  { tty = false, input }: NodeWishes = {},
): Promise<{ readonly out: string; readonly err: string; readonly status: V1Status }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const [written, complaints] = [text(out), tty ? Promise.resolve('') : text(err)];
  const status = await new Promise<V1Status>((done, failed) => {
    new Exec(nodeConfig(stage))
      .exec('default', 'idle', 'app', command, out, tty ? null : err, input ?? null, tty, done)
      .catch(failed);
  });
  return { out: await written, err: await complaints, status };
}

/** All that comes over a connection to a port of the pod `idle`, until the other side ends it. */
async function nodeForward(
  stage: StreamStage,
  port: number,
  said: string,
): Promise<{ readonly out: string; readonly err: string }> {
  const [out, err, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const all = Promise.all([text(out), text(err)]);
  const forward = new PortForward(nodeConfig(stage));
  const socket = await forward.portForward('default', 'idle', [port], out, err, input);
  input.write(said);
  if ('onclose' in socket)
    socket.onclose = () => {
      out.end();
      err.end();
    };
  const [written, complaints] = await all;
  return { out: written, err: complaints };
}

/** client-node speaks plain HTTP only to whom it does not trust. */
function nodeConfig({ url }: StreamStage): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'stage', server: url, skipTLSVerify: true }],
    users: [{ name: 'nobody' }],
    contexts: [{ name: 'stage', cluster: 'stage', user: 'nobody' }],
    currentContext: 'stage',
  });
  return config;
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
