import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { expect, onTestFinished, test } from 'vitest';
import { asContainerId, type ProbeHandler } from '../../../src/pod/index.ts';
import { createRunProbe, type ProbeOutcome } from '../../../src/probes/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { deadPort, httpServer, httpsServer, listening, tcpServer } from '../net/servers.ts';
import { container, probe } from './base.ts';

/** Time stands still unless a test lets it pass: a slow machine makes no probe fail. */
function ask(
  handler: ProbeHandler,
  port: number,
  { clock = new VirtualClock(), signal = new AbortController().signal } = {},
): Promise<ProbeOutcome> {
  const execSync = () => Promise.reject(new Error('nobody asked for a command'));
  const run = createRunProbe({ cri: { execSync }, clock });
  const of = container({ ports: [{ name: 'it', containerPort: port, protocol: 'TCP' }] });
  const id = asContainerId('c');
  return run({ id, container: of, kind: 'readiness', probe: probe({ handler }), host: '127.0.0.1' }, signal);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const get = { kind: 'httpGet', path: '/', port: 'it', scheme: 'HTTP', headers: [] } as const;
const answering =
  (code: number, headers = {}): RequestListener =>
  (request, response) =>
    response.writeHead(code, headers).end(request.headers['user-agent']);

test.each<[number, ProbeOutcome]>([
  [200, { result: 'success', message: 'kube-probe/1.36' }],
  [299, { result: 'success', message: 'kube-probe/1.36' }],
  [399, { result: 'warning', message: 'Probe terminated redirects, Response body: kube-probe/1.36' }],
  [400, { result: 'failure', message: 'HTTP probe failed with statuscode: 400' }],
  [500, { result: 'failure', message: 'HTTP probe failed with statuscode: 500' }],
])('http, status %d', async (code, outcome) => {
  expect(await ask(get, await listening(httpServer(answering(code))))).toEqual(outcome);
});

test('http, a redirect to another host', async () => {
  const port = await listening(httpServer(answering(302, { Location: 'http://login.invalid/' })));
  expect(await ask(get, port)).toMatchObject({ result: 'warning' });
});

test('https, a host of its own', async () => {
  const port = await listening(httpsServer(answering(200)), '::1');
  expect(await ask({ ...get, scheme: 'HTTPS', host: '::1' }, port)).toMatchObject({ result: 'success' });
});

test('http, nobody listens', async () => {
  const port = await deadPort();
  expect(await ask(get, port)).toEqual({
    result: 'failure',
    message: `Get "http://127.0.0.1:${port}/": dial tcp 127.0.0.1:${port}: connect: connection refused`,
  });
});

test('http, no answer in time', async () => {
  const clock = new VirtualClock();
  let asked = false;
  const port = await listening(
    httpServer(() => {
      asked = true;
    }),
  );
  const outcome = ask(get, port, { clock });
  while (!asked) await turn();
  await clock.advance(1000);
  expect(await outcome).toEqual({
    result: 'failure',
    message: `Get "http://127.0.0.1:${port}/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  });
});

test('http, a body that does not come to its end says nothing', async () => {
  const port = await listening(httpServer((_, response) => void response.writeHead(200).write('so far')));
  expect(await withinBody(port)).toMatchObject({
    code: 'PROBE_FAILED',
    message: 'context deadline exceeded (Client.Timeout or context cancellation while reading body)',
  });
});

/** Lets time run out after so many turns of the event loop; where no headers had come by then, once more after twice as many. */
async function withinBody(port: number, turns = 8): Promise<unknown> {
  const clock = new VirtualClock();
  const end = ask(get, port, { clock }).catch((error: unknown) => error);
  for (let count = 0; count < turns; count += 1) await turn();
  await clock.advance(1000);
  const came = await end;
  return came instanceof Error ? came : withinBody(port, turns * 2);
}

test.each(['httpGet', 'tcpSocket'] as const)('%s, a port that the container does not name', async (kind) => {
  const handler = kind === 'httpGet' ? { ...get, port: 'web' } : { kind, port: 'web' };
  await expect(ask(handler, 1)).rejects.toMatchObject({
    code: 'PROBE_FAILED',
    message: 'the container has no port named "web"',
  });
});

test('tcp', async () => {
  const port = await listening(tcpServer(() => undefined));
  expect(await ask({ kind: 'tcpSocket', port }, port)).toEqual({ result: 'success', message: '' });
});

test('tcp, nobody listens', async () => {
  const port = await deadPort();
  expect(await ask({ kind: 'tcpSocket', port }, port)).toEqual({
    result: 'failure',
    message: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
  });
});

const file = fileURLToPath(new URL('../../../proto/grpc-health.proto', import.meta.url));
const proto = loadSync(file, { keepCase: true, enums: String });

/** A gRPC server on a free port that answers so, or has no health service where nothing is given. */
async function grpcServer(check?: handleUnaryCall<{ service: string }, { status: string }>): Promise<number> {
  const server = new Server();
  if (check !== undefined)
    server.addService(proto['grpc.health.v1.Health'] as ServiceDefinition, { Check: check });
  onTestFinished(() => server.forceShutdown());
  return new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    ),
  );
}

const grpc = (port: number, service = '') => ({ kind: 'grpc', port, service }) as const;

test.each<[string, ProbeOutcome]>([
  ['SERVING', { result: 'success', message: 'service healthy' }],
  ['NOT_SERVING', { result: 'failure', message: 'service unhealthy (responded with "NOT_SERVING")' }],
  ['UNKNOWN', { result: 'failure', message: 'service unhealthy (responded with "UNKNOWN")' }],
  ['SERVICE_UNKNOWN', { result: 'failure', message: 'service unhealthy (responded with "SERVICE_UNKNOWN")' }],
])('grpc, %s', async (answered, outcome) => {
  const asked: unknown[] = [];
  const port = await grpcServer(({ request, metadata }, done) => {
    asked.push(request, metadata.get('user-agent'));
    done(null, { status: answered });
  });
  expect(await ask(grpc(port, 'shop'), port)).toEqual(outcome);
  expect(asked).toEqual([{ service: 'shop' }, [expect.stringMatching(/^kube-probe\/1\.36 /)]]);
});

test.each([
  [status.NOT_FOUND, 'error: health rpc probe failed: rpc error: code = NotFound desc = why'],
  [status.CANCELLED, 'error: health rpc probe failed: rpc error: code = Canceled desc = why'],
  [
    status.UNIMPLEMENTED,
    'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): why',
  ],
])('grpc, a server that answers with status %d', async (code, message) => {
  const port = await grpcServer((_, done) => done({ code, details: 'why' }));
  expect(await ask(grpc(port), port)).toEqual({ result: 'failure', message });
});

test('grpc, a server without health', async () => {
  const port = await grpcServer();
  expect(await ask(grpc(port), port)).toEqual({
    result: 'failure',
    message: expect.stringMatching(
      /^error: this server does not implement the grpc health protocol \(grpc\.health/,
    ),
  });
});

test('grpc, no answer in time', async () => {
  const clock = new VirtualClock();
  let asked = false;
  const port = await grpcServer(() => {
    asked = true;
  });
  const outcome = ask(grpc(port), port, { clock });
  while (!asked) await turn();
  await clock.advance(1000);
  expect(await outcome).toEqual({
    result: 'failure',
    message: 'timeout: health rpc did not complete within 1s',
  });
});

test('grpc, nobody listens', async () => {
  const clock = new VirtualClock();
  const port = await deadPort();
  let done = false;
  const outcome = ask(grpc(port), port, { clock }).finally(() => {
    done = true;
  });
  // The time begins with the request, which waits for gRPC to be loaded.
  while (!done) await clock.advance(1000);
  expect(await outcome).toEqual({
    result: 'failure',
    message: `timeout: failed to connect service "127.0.0.1:${port}" within 1s: context deadline exceeded`,
  });
});

test.each<[string, (port: number) => ProbeHandler]>([
  ['httpGet', () => get],
  ['grpc', (port) => grpc(port)],
])('%s, cancelled, it says nothing', async (_, handler) => {
  const controller = new AbortController();
  let asked = false;
  const port = await listening(
    tcpServer(() => {
      asked = true;
    }),
  );
  const outcome = ask(handler(port), port, { signal: controller.signal }).then(
    () => 'an outcome',
    () => 'nothing',
  );
  while (!asked) await turn();
  controller.abort();
  expect(await outcome).toBe('nothing');
});
