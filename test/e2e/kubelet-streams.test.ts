import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { SpdyConnection } from '../../src/streaming/spdy/spdy-connection.ts';
import { freePort } from '../support/real-runtime.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, shell } from './support/manifests.ts';
import { onContainerd, useContainerd } from './support/world.ts';

const world = useContainerd('kubelet-streams');

const [V4, V5] = ['v4.channel.k8s.io', 'v5.channel.k8s.io'];
const ECHO = 'echo begun; while read word; do echo got $word; done';
const BOTH = 'echo out; echo err >&2; exit 7';

/** A pod `p` whose container `app` echoes what it reads, and whose `web` serves a page on a port. */
async function podOf(context: TestContext): Promise<{ daemon: Daemon; port: number; uid: string }> {
  const args = ['--interval', '500ms', '--api-addr', '127.0.0.1:0'];
  const daemon = await world.daemon(context, { args });
  const port = await freePort();
  const page = `echo page >/tmp/page; exec httpd -f -p 127.0.0.1:${port} -h /tmp`;
  const containers = [{ ...shell('app', ECHO), stdin: true }, shell('web', page)];
  const pod = flat({ name: 'p', namespace: daemon.namespace, hostNetwork: true, containers });
  await daemon.write('p.yaml', pod);
  await daemon.start();
  const { uid } = await daemon.running('p');
  return { daemon, port, uid };
}

onContainerd('the kubelet’s logs, commands and streams', async (context) => {
  const { daemon, port, uid } = await podOf(context);
  const pod = `${daemon.namespace}/p`;

  const log = await answer(daemon, `/containerLogs/${pod}/app?follow=true&tail=all`);
  let told = '';
  log.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk;
  });
  await eventually(() => expect(told).toBe('begun\n'));

  const attached = await channels(daemon, `/attach/${pod}/${uid}/app?input=1&output=1`, [V5]);
  attached.say(0, 'hello\n');
  await eventually(() => expect(attached.on(1)).toBe('got hello\n'));
  attached.socket.close();
  await eventually(() => expect(told).toBe('begun\ngot hello\n'));
  log.destroy();
  expect(await whole(daemon, `/containerLogs/${pod}/app?tail=1`)).toEqual([200, 'got hello\n']);
  expect(await whole(daemon, `/containerLogs/${pod}/none`)).toEqual([
    404,
    'container "none" not found in pod "p"\n',
  ]);

  const script = `command=sh&command=-c&command=${encodeURIComponent(BOTH)}`;
  for (const protocol of [V4, V5]) {
    const exec = await channels(daemon, `/exec/${pod}/app?${script}&output=1&error=1`, [protocol]);
    expect(exec.socket.protocol).toBe(protocol);
    expect(await exec.closed).toBe(1000);
    expect([exec.on(1), exec.on(2)]).toEqual(['out\n', 'err\n']);
    expect(JSON.parse(exec.on(3))).toMatchObject({ reason: 'NonZeroExitCode' });
  }
  const cat = await channels(daemon, `/exec/${pod}/${uid}/app?command=cat&input=1&output=1`, [V5]);
  cat.say(0, 'to the end');
  cat.socket.send(Buffer.from([255, 0]));
  await cat.closed;
  expect(cat.on(1)).toBe('to the end');
  expect(await overSpdy(daemon, `/exec/${pod}/app?${script}&output=1&error=1`)).toMatchObject({
    ...{ stdout: 'out\n', stderr: 'err\n' },
    error: expect.stringContaining('NonZeroExitCode'),
  });
  const stale = `/exec/${pod}/00000000-0000-0000-0000-000000000000/app?command=ls&output=1`;
  expect(await refusalOf(daemon, stale)).toEqual([404, 'pod not found\n']);
  expect(await whole(daemon, `/exec/${pod}/app?command=ls&output=1`)).toEqual([
    400,
    'Upgrade request required\n',
  ]);

  const forwarded = await channels(daemon, `/portForward/${pod}?port=${port}`, [V4]);
  forwarded.say(0, 'GET /page HTTP/1.0\r\n\r\n');
  await eventually(() => expect(forwarded.on(0)).toMatch(/HTTP\/1\.[01] 200 [\s\S]*\r\n\r\npage\n$/));
  expect([...forwarded.bytes(1)]).toEqual([port & 0xff, port >> 8]);
  forwarded.socket.close();
});

onContainerd('the kubelet’s /run', async (context) => {
  const { daemon } = await podOf(context);
  const run = (query: string, options: RequestOptions = {}, body = '') =>
    whole(daemon, `/run/${daemon.namespace}/p/app${query}`, { method: 'POST', ...options }, body);
  expect(await run('?cmd=echo+one+two')).toEqual([200, 'one two\n']);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(await run('', { headers }, 'cmd=echo three')).toEqual([200, 'three\n']);
  expect(await run('?cmd=ls+/none')).toEqual([
    500,
    expect.stringMatching(/^command 'ls \/none' exited with \d+: .*\/none.*\n$/),
  ]);
  expect(await run('?cmd=no-such-program')).toEqual([500, expect.stringContaining('no-such-program')]);
  expect(await run('?cmd=head+-c+40000000+/dev/zero')).toEqual([500, expect.stringContaining('16 MiB')]);
  expect((await run('?cmd=ls', { method: 'GET' }))[0]).toBe(405);

  const path = `/run/${daemon.namespace}/p/app?cmd=sleep+4321`;
  const left = request({ socketPath: daemon.apiSocket, path, method: 'POST', agent: false });
  left.on('error', () => undefined).end();
  await eventually(async () => expect((await run('?cmd=ps'))[1]).toContain('sleep 4321'));
  left.destroy();
  await eventually(async () => expect((await run('?cmd=ps'))[1]).not.toContain('sleep 4321'));
});

onContainerd('the directory of logs, and who may see all this', async (context) => {
  const { daemon, uid } = await podOf(context);
  const { namespace } = daemon;
  const steps = [`${namespace}_p_${uid}/`, 'app/', '0.log'];
  let path = '/logs/';
  for (const step of steps) {
    expect((await whole(daemon, path))[1]).toContain(`<a href="${step}">${step}</a>\n`);
    path += step;
  }
  const file = join(daemon.logDir, ...steps);
  await eventually(async () => expect(await readFile(file, 'utf8')).toContain('begun'));
  expect(await whole(daemon, path)).toEqual([200, await readFile(file, 'utf8')]);
  const head = await answer(daemon, path, { method: 'HEAD' });
  expect(head.headers['content-length']).toBe(String((await readFile(file)).length));

  const secret = join(daemon.base, 'secret');
  await writeFile(secret, 'secret');
  await symlink(secret, join(file, '../9.log'));
  await symlink(daemon.base, join(file, '../out'));
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  for (const name of ['9.log', 'out/', 'out/secret'])
    expect(await whole(daemon, `${directory}${name}`)).toEqual([404, '404 page not found\n']);
  expect((await whole(daemon, directory))[1]).not.toMatch(/9\.log|out/);
  expect((await whole(daemon, '/logs/../secret'))[0]).toBe(400);

  const server = await eventually(async () => {
    const kubeconfig = await readFile(join(daemon.rootDir, 'kubeconfig'), 'utf8');
    return new URL(/server: (https:\S+)/.exec(kubeconfig)?.[1] ?? '');
  });
  const upgrade = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': V4 };
  const asked: [string, string, RequestOptions['headers']][] = [
    ['POST', `/exec/${namespace}/p/app?command=ls&output=1`, upgrade],
    ['GET', `/exec/${namespace}/p/app?command=ls&output=1`, {}],
    ['POST', `/attach/${namespace}/p/app?output=1`, upgrade],
    ['POST', `/portForward/${namespace}/p`, upgrade],
    ['POST', `/run/${namespace}/p/app?cmd=ls`, {}],
    ['GET', `/containerLogs/${namespace}/p/app`, {}],
    ['GET', '/logs/', {}],
  ];
  for (const [method, target, headers] of asked) {
    const sent = secureRequest(new URL(target, server), {
      ...{ method, headers: { ...headers }, agent: false },
      rejectUnauthorized: false,
    }).end();
    const response: IncomingMessage = (await once(sent, 'response'))[0];
    expect([target, response.statusCode]).toEqual([target, 401]);
    response.destroy();
  }
});

function answer(
  { apiSocket: socketPath }: Daemon,
  path: string,
  options: RequestOptions = {},
  body = '',
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, agent: false, ...options }, resolve)
      .once('error', reject)
      .end(body);
  });
}

/** The status of an answer, and its body. */
async function whole(...given: Parameters<typeof answer>): Promise<[number | undefined, string]> {
  const response = await answer(...given);
  return [response.statusCode, await text(response)];
}

/** A WebSocket of channels. */
async function channels({ apiSocket }: Daemon, path: string, protocols: string[]) {
  const socket = new WebSocket(`ws+unix:${apiSocket}:${path}`, protocols);
  const messages: Buffer[] = [];
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) messages.push(data);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  /** All that came on a channel. */
  const bytes = (channel: number): Buffer =>
    Buffer.concat(messages.filter(([first]) => first === channel).map((each) => each.subarray(1)));
  return {
    ...{ socket, bytes },
    closed,
    say: (channel: number, words: string) =>
      socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(words)])),
    on: (channel: number) => bytes(channel).toString(),
  };
}

/** What is answered to a client that asks for SPDY and does not get it. */
async function refusalOf(daemon: Daemon, path: string): Promise<[number | undefined, string]> {
  return whole(daemon, path, { method: 'POST', headers: SPDY });
}

const SPDY = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': V4 };

/** What a command without input says, stream by stream. */
async function overSpdy({ apiSocket: socketPath }: Daemon, path: string): Promise<Record<string, string>> {
  const sent = request({ socketPath, path, agent: false, method: 'POST', headers: SPDY }).end();
  const [response, socket] = await new Promise<[IncomingMessage, Duplex]>((resolve, reject) => {
    sent.once('upgrade', (...taken) => resolve([taken[0], taken[1]])).once('error', reject);
  });
  expect(response.headers['x-stream-protocol-version']).toBe(V4);
  const connection = new SpdyConnection(socket);
  const said: Record<string, string> = {};
  const ends = ['error', 'stdout', 'stderr'].map((streamtype) => {
    said[streamtype] = '';
    return new Promise<void>((onEnd) => {
      const onData = (part: Buffer): void => {
        said[streamtype] += part.toString();
      };
      void connection.open({ streamtype }, { onData, onEnd });
    });
  });
  await Promise.all(ends);
  socket.destroy();
  return said;
}
