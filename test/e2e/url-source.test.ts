import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { stringify } from 'yaml';
import { certify, type KeyPair } from '../../src/access/certify.ts';
import { RawHttpServer, whole } from '../fakes/raw-http-server.ts';
import { freePort } from '../support/real-runtime.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { idle, v1Json } from './support/manifests.ts';
import { besideOthers, idsOf, useContainerd } from './support/world.ts';

const world = useContainerd('url-source');

/** A List of a pod and the ConfigMap it reads; without the pod, of the ConfigMap alone. */
function list(namespace: string, note: string, { withPod = true } = {}): string {
  const configMap = {
    ...{ apiVersion: 'v1', kind: 'ConfigMap' },
    ...{ metadata: { name: 'settings', namespace }, data: { MODE: 'fast' } },
  };
  const container = { ...idle('a', note), envFrom: [{ configMapRef: { name: 'settings' } }] };
  const pod: object = JSON.parse(v1Json({ name: 'p', namespace, containers: [container] }));
  return stringify({ apiVersion: 'v1', kind: 'List', items: withPod ? [configMap, pod] : [configMap] });
}

async function scratch(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tinylet-url-e2e-'));
  context.onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

async function serve(context: TestContext, port: number, tls?: KeyPair): Promise<RawHttpServer> {
  const server = await RawHttpServer.start({
    port,
    ...(tls && { tls: { cert: tls.certificate, key: tls.key } }),
  });
  context.onTestFinished(() => server.close());
  return server;
}

/** Waits until the URL is told to have this problem, or none, and whatever follows from it has begun. */
async function tells(daemon: Daemon, url: string, problem: RegExp | undefined): Promise<void> {
  await eventually(async () => {
    const found = (await daemon.status()).directories.find(({ directory }) => directory === url);
    if (problem === undefined) expect(found).toEqual({ directory: url });
    else expect(found?.problem).toMatch(problem);
  });
  await daemon.passes();
}

besideOthers(
  'pods of a URL outlast every answer but another good one, and restarts without its server',
  async (context) => {
    const directory = await scratch(context);
    const names = { dns: [], addresses: ['127.0.0.1'] };
    const made = await certify({ nowMs: Date.now(), nodeName: 'e2e', names });
    const [authority, token] = [join(directory, 'ca.pem'), join(directory, 'token')];
    await writeFile(authority, made.authority.certificate);
    await writeFile(token, 'from-a-file\n', { mode: 0o600 });
    const first = await serve(context, await freePort(), made.server);
    const { port } = first;
    const url = `https://127.0.0.1:${port}/list.yaml`;
    const flags = ['--manifests', url, '--url-interval', '200ms', '--url-token-file', token];
    const daemon = await world.daemon(context, {
      args: ['--interval', '200ms', ...flags],
      env: { NODE_EXTRA_CA_CERTS: authority },
    });
    const { namespace } = daemon;

    first.reply = (request, socket) => {
      const isAllowed = request.includes('authorization: Bearer from-a-file\r\n');
      if (!isAllowed) socket.end(whole('401 Unauthorized', ''));
      else if (request.includes('If-None-Match: "1"\r\n')) socket.end(whole('304 Not Modified', ''));
      else socket.end(whole('200 OK', list(namespace, 'one'), ['ETag: "1"']));
    };
    await daemon.start();
    expect((await daemon.running('p')).file).toBe(url);
    const before = idsOf(await world.live(namespace, 'p'));
    const kept = join(daemon.rootDir, 'urls');
    const [name = ''] = await readdir(kept);
    expect((await stat(join(kept, name))).mode & 0o777).toBe(0o600);

    const goesOn = async (): Promise<void> => {
      expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
    };
    for (const [status, body, problem] of [
      ['500 Internal Server Error', '', /^answers with status 500; the last good answer stays in force$/],
      ['200 OK', '', /^answers without any object/],
      ['200 OK', list(namespace, 'two').replace('containers', 'contaners'), /^answers with errors/],
    ] as const) {
      first.answers(status, body);
      await tells(daemon, url, problem);
      await goesOn();
    }
    const [refused] = (await daemon.status()).refused;
    expect(refused?.file).toBe(url);
    expect(refused?.errors.map(({ path }) => path)).toContain('items[1].spec.contaners');

    await daemon.end();
    await first.close();
    await daemon.start();
    await tells(daemon, url, /ECONNREFUSED.*; the last good answer stays in force$/);
    await goesOn();
    await daemon.restart('SIGKILL');
    await tells(daemon, url, /ECONNREFUSED/);
    await goesOn();
    expect(await daemon.pod('p')).toMatchObject({ stale: false, phase: 'Running' });

    const second = await serve(context, port, made.server);
    second.answers('200 OK', list(namespace, 'two'));
    await tells(daemon, url, undefined);
    await eventually(async () => {
      const { containers, sandbox } = await world.live(namespace, 'p');
      expect(containers.a?.id).not.toBe(before.a);
      expect(sandbox.id).toBe(before.sandbox);
    });
    second.answers('200 OK', list(namespace, 'two', { withPod: false }));
    await eventually(async () => {
      expect((await daemon.status()).pods).toEqual([]);
      expect((await world.objects(namespace)).sandboxes).toEqual([]);
    });
  },
);

besideOthers('--dry-run and --once ask first, and only the latter keeps the answer', async (context) => {
  const server = await serve(context, 0);
  const flags = ['--interval', '200ms', '--manifests', server.url];
  const daemon = await world.daemon(context, { args: flags });
  const { namespace } = daemon;
  const kept = join(daemon.rootDir, 'urls');
  server.answers('200 OK', list(namespace, 'one'));

  await daemon.launch('--dry-run');
  expect(await daemon.ended()).toEqual({ code: 0, signal: null });
  expect(daemon.output).toContain(server.url);
  await expect(readdir(kept)).rejects.toThrow('ENOENT');

  await daemon.launch('--once');
  expect(await daemon.ended()).toEqual({ code: 0, signal: null });
  await world.live(namespace, 'p');
  expect((await readdir(kept)).length).toBe(1);

  server.answers('503 Service Unavailable', '');
  await daemon.launch('--once');
  expect((await daemon.ended()).code, 'one of the sources could not be read').toBe(1);
  await world.live(namespace, 'p');
});
