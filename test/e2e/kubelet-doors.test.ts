import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { cpus, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../support/real-runtime.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, HTTP_IMAGE, idle } from './support/manifests.ts';
import { besideOthers, useContainerd } from './support/world.ts';

const world = useContainerd('kubelet-doors');

const READY = '[+]ping ok\n[+]syncloop ok\n[+]runtime ok\n[+]manifests ok\nreadyz check passed\n';

besideOthers('what the kubelet tells of itself, over the socket and with the token', async (context) => {
  const args = ['--interval', '500ms', '--node-name', 'box', '--api-addr', '127.0.0.1:0'];
  const daemon = await world.daemon(context, { args });
  const { namespace } = daemon;
  await daemon.write('web.yaml', flat({ name: 'web', namespace, containers: [idle('a', 'noted')] }));
  await daemon.start();
  const { uid } = await daemon.running('web');
  const secure = await eventually(() => tcpOptions(daemon));
  for (const door of [{ socketPath: daemon.apiSocket }, secure]) {
    expect(await ask(door, '/healthz?verbose')).toEqual([
      200,
      '[+]ping ok\n[+]syncloop ok\nhealthz check passed\n',
    ]);
    expect(await ask(door, '/readyz')).toEqual([200, 'ok']);
    expect(await ask(door, '/readyz?verbose')).toEqual([200, READY]);
    expect(await ask(door, '/readyz/runtime')).toEqual([200, 'ok']);
    expect((await ask(door, '/readyz/etcd'))[0]).toBe(404);

    const running = { metadata: { name: 'web', namespace, uid }, status: {} };
    for (const slash of ['', '/']) {
      expect(await json(door, `/pods${slash}`)).toMatchObject({
        ...{ kind: 'PodList', apiVersion: 'v1', metadata: {} },
        items: [
          {
            metadata: { name: 'web', namespace, uid },
            spec: { containers: [{ name: 'a', env: [{ name: 'NOTE', value: 'noted' }] }] },
            status: { phase: 'Running', containerStatuses: [{ state: { running: {} } }] },
          },
        ],
      });
      expect((await json(door, `/runningpods${slash}`)).items).toEqual([
        { ...running, spec: { containers: [{ name: 'a', image: HTTP_IMAGE, resources: {} }] } },
      ]);
      const spec = await json(door, `/spec${slash}`);
      expect(spec.num_cores).toBe(cpus().length);
      expect(spec.memory_capacity).toBeGreaterThan(2 ** 20);
      expect(spec.filesystems).not.toEqual([]);
    }
    expect(await json(door, '/configz')).toMatchObject({
      kubeletconfig: {
        ...{ staticPodPath: daemon.manifests, fileCheckFrequency: '500ms', podLogsDir: daemon.logDir },
        containerRuntimeEndpoint: `unix://${world.socket}`,
      },
      tinylet: { nodeName: 'box', rootDir: daemon.rootDir },
    });
  }
  // What starts pods has the same path, and is not asked for by whoever only looks.
  expect((await ask({ socketPath: daemon.apiSocket, method: 'POST' }, '/pods'))[0]).toBe(400);
  for (const path of ['/pods', '/runningpods/', '/spec/', '/configz', '/readyz'])
    expect([path, (await ask({ ...secure, headers: {} }, path))[0]]).toEqual([path, 401]);
});

besideOthers('without a runtime the daemon is alive, not ready, and says why', async (context) => {
  const daemon = await world.daemon(context, { runtimeLater: true });
  await daemon.launch();
  const door = { socketPath: daemon.apiSocket };
  await eventually(async () => {
    expect(await ask(door, '/readyz')).toEqual([
      500,
      expect.stringMatching(
        /^\[\+\]ping ok\n\[\+\]syncloop ok\n\[-\]runtime failed: .*c\.sock.*\n\[\+\]manifests ok\nreadyz check failed\n$/,
      ),
    ]);
  });
  expect(await ask(door, '/healthz')).toEqual([200, 'ok']);
  expect((await ask(door, '/readyz/runtime'))[0]).toBe(500);
  expect(await ask(door, '/readyz?exclude=runtime')).toEqual([200, 'ok']);
});

besideOthers(
  'in the clear only what the daemon was told to show, and to nobody from elsewhere',
  async (context) => {
    const [shown, open] = [await freePort(), await freePort()];
    const args = ['--interval', '500ms', '--node-name', 'box', '--api-addr', 'off'];
    const clear = ['--read-only-port', `${shown}`, '--insecure-http-addr', `127.0.0.1:${open}`];
    const daemon = await world.daemon(context, { args: [...args, ...clear] });
    const { namespace } = daemon;
    await daemon.write('web.yaml', flat({ name: 'web', namespace, containers: [idle('a', 'noted')] }));
    await daemon.start();
    await daemon.running('web');
    for (const hostname of ['127.0.0.1', ...(hasIpv6() ? ['::1'] : [])])
      await eventually(() => showsHealth({ hostname, port: shown }));
    await showsOnlyToLook({ hostname: '127.0.0.1', port: shown }, namespace);
    await takesOnlyPods({ hostname: '127.0.0.1', port: open });
    // What was refused has started nothing.
    expect((await daemon.status()).pods.map(({ name }) => name)).toEqual(['web']);
  },
);

const ELSEWHERE = [
  { host: 'evil.example' },
  { host: 'localhost.evil.example' },
  { origin: 'http://localhost' },
];

async function showsHealth(door: Door): Promise<void> {
  expect(await ask(door, '/readyz?verbose')).toEqual([200, READY]);
  expect(await ask(door, '/healthz/syncloop')).toEqual([200, 'ok']);
}

async function showsOnlyToLook(door: Door, namespace: string): Promise<void> {
  expect(await json(door, '/pods')).toMatchObject({
    kind: 'PodList',
    items: [
      {
        metadata: { name: 'web', namespace },
        spec: { containers: [{ name: 'a', env: [{ name: 'NOTE', value: '(masked)' }] }] },
        status: { phase: 'Running' },
      },
    ],
  });
  expect((await json(door, '/spec/')).num_cores).toBe(cpus().length);
  expect((await json(door, '/stats/summary')).node.nodeName).toBe('box');
  for (const path of ['/metrics', '/metrics/resource', '/metrics/probes'])
    expect([path, (await ask(door, path))[0]]).toEqual([path, 200]);
  for (const path of ['/runningpods/', '/configz', '/logs/', `/containerLogs/${namespace}/web/a`])
    expect(await ask(door, path)).toEqual([405, 'Debug endpoints are disabled.\n']);
  const run = `/run/${namespace}/web/a?cmd=id`;
  expect((await ask({ ...door, method: 'POST' }, run))[0]).toBe(405);
  expect((await ask({ ...door, method: 'POST' }, '/pods'))[0]).toBe(405);
  expect((await ask(door, '/api/v1/pods'))[0]).toBe(404);
  for (const headers of ELSEWHERE) expect((await ask({ ...door, headers }, '/pods'))[0]).toBe(403);
}

async function takesOnlyPods(door: Door): Promise<void> {
  for (const path of ['/', '/pods']) {
    expect((await ask(door, path))[0]).toBe(405);
    for (const headers of [...ELSEWHERE, { 'sec-fetch-site': 'none' }])
      expect((await ask({ ...door, method: 'POST', headers }, path))[0]).toBe(403);
    // It is there, and asks for a body.
    expect((await ask({ ...door, method: 'POST' }, path))[0]).toBe(400);
  }
  for (const path of ['/api/v1/pods', '/healthz', '/configz', '/status'])
    expect((await ask(door, path))[0]).toBe(404);
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((found) => found?.some(({ address }) => address === '::1'));
}

interface Door extends RequestOptions {
  readonly ca?: Buffer;
}

/** Of the port, as the kubeconfig tells them. */
async function tcpOptions(daemon: Daemon): Promise<Door> {
  const config = parse(await readFile(join(daemon.rootDir, 'kubeconfig'), 'utf8'));
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const { hostname, port } = new URL(cluster.server);
  return {
    ...{ hostname, port, ca: Buffer.from(cluster['certificate-authority-data'], 'base64') },
    headers: { authorization: `Bearer ${user.token}` },
  };
}

function ask(door: Door, path: string): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const take = (answer: IncomingMessage): void => {
      text(answer).then((body) => resolve([answer.statusCode, body]), reject);
    };
    const options = { ...door, path, agent: false };
    const sent = door.ca === undefined ? request(options, take) : secureRequest(options, take);
    sent.once('error', reject).end();
  });
}

async function json(door: Door, path: string) {
  const [status, body] = await ask(door, path);
  expect([path, status]).toEqual([path, 200]);
  return JSON.parse(body);
}
