import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import recorded from '../fixtures/bodies/client-go-0.36.4.json' with { type: 'json' };
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { onContainerd, useContainerd } from './support/world.ts';

const world = useContainerd('client-go');

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What a Go program sent, word for word, once more: an informer, a pod from its creation to its end, a ConfigMap. */
onContainerd('client-go: an informer, create, update, poll, log and delete, in protobuf', async (context) => {
  const daemon = await world.daemon(context);
  await daemon.start();
  expect(JSON.parse((await replay(daemon, 'GET /version')).body)).toMatchObject({ major: '1' });
  const informed = inform(daemon);
  await eventually(() => expect(informed.told).toEqual(['BOOKMARK true']));

  const created = await replay(daemon, 'POST /api/v1/namespaces/default/pods');
  expect(created.status).toBe(201);
  expect(JSON.parse(created.body)).toMatchObject({
    kind: 'Pod',
    metadata: { name: 'from-go', labels: { app: 'go' } },
    spec: { restartPolicy: 'Never', containers: [{ securityContext: { runAsUser: 0 } }] },
    status: { phase: 'Pending' },
  });
  const stale = await replay(daemon, 'PUT /api/v1/namespaces/default/pods/from-go');
  expect(JSON.parse(stale.body)).toMatchObject({ kind: 'Status', reason: 'Conflict', code: 409 });
  await eventually(async () => {
    const { body } = await replay(daemon, 'GET /api/v1/namespaces/default/pods/from-go');
    expect(JSON.parse(body)).toMatchObject({ status: { phase: 'Succeeded' } });
  });
  expect(await replay(daemon, 'GET /api/v1/namespaces/default/pods/from-go/log')).toEqual({
    status: 200,
    body: 'hello world\n',
  });
  const deleted = await replay(daemon, 'DELETE /api/v1/namespaces/default/pods/from-go');
  expect(deleted).toMatchObject({ status: 200 });
  await eventually(() => expect(informed.told.at(-1)).toBe('DELETED from-go'));
  expect(informed.told.filter((told) => told === 'ADDED from-go')).toHaveLength(1);
  informed.stop();

  expect((await replay(daemon, 'POST /api/v1/namespaces/default/configmaps')).status).toBe(201);
  const map = await replay(daemon, 'GET /api/v1/namespaces/default/configmaps/go-map');
  expect(JSON.parse(map.body)).toMatchObject({ data: { k: 'v' }, binaryData: { b: 'AAEC' } });
  expect((await replay(daemon, 'DELETE /api/v1/namespaces/default/configmaps/go-map')).status).toBe(200);
});

function find(what: string): (typeof recorded)[number] {
  const found = recorded.find(({ method, url }) => `${method} ${url.split('?')[0]}` === what);
  if (found === undefined) throw new Error(`not recorded: ${what}`);
  return found;
}

function replay(daemon: Daemon, what: string): Promise<Answer> {
  const { method, url, headers, body } = find(what);
  const bytes = Buffer.from(body, 'base64');
  return new Promise((resolve, reject) => {
    const { 'accept-encoding': _packed, ...rest } = headers;
    const asked = { ...rest, 'content-length': bytes.length };
    const sent = request({ socketPath: daemon.apiSocket, path: url, method, headers: asked }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    });
    sent.once('error', reject);
    sent.end(bytes);
  });
}

/** The informer's one request; what it was told by now. */
function inform(daemon: Daemon): { readonly told: readonly string[]; stop(): void } {
  const { method, url, headers } = find('GET /api/v1/pods');
  const { 'accept-encoding': _packed, ...asked } = headers;
  const told: string[] = [];
  const sent = request({ socketPath: daemon.apiSocket, path: url, method, headers: asked }, (response) => {
    const lines = createInterface({ input: response });
    // It ends when it is cut off, and readline tells of that, too.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const { type, object } = JSON.parse(line);
      const { name, annotations } = object.metadata;
      told.push(`${type} ${type === 'BOOKMARK' ? annotations['k8s.io/initial-events-end'] : name}`);
    });
    response.on('error', () => undefined);
  });
  sent.on('error', () => undefined);
  sent.end();
  return { told, stop: () => sent.destroy() };
}
