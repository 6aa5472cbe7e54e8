import { afterEach, expect, test } from 'vitest';
import { silentLogger, systemClock } from '../../../src/base/index.ts';
import { connectCri, subscribeTaskEvents, type TaskEvent } from '../../../src/cri/index.ts';
import { type FakeCriServer, type FakeCriServerOptions, serveFakeCri } from '../../fakes/fake-cri-server.ts';
import { scriptedFaults } from '../../fakes/faults.ts';
import { type ModelOptions, RuntimeModel } from '../../fakes/runtime-model.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function served(options: Partial<ModelOptions> & FakeCriServerOptions = {}) {
  const model = new RuntimeModel({ clock: systemClock, ...options });
  const server = await serveFakeCri(model, options);
  cleanups.push(() => server.close());
  return { model, server };
}

function connected(endpoint: string, deadlines: { callMs?: number } = {}) {
  const cri = connectCri({ endpoint, clock: systemClock, deadlines });
  cleanups.push(() => cri.close());
  return cri;
}

const sandbox = { metadata: { name: 'web', namespace: 'default', uid: 'u1', attempt: 0 } };

test('without a socket a call fails at once and says what to do', async () => {
  const startedMs = performance.now();
  await expect(connected('/run/no-such/cri.sock').version()).rejects.toMatchObject({
    code: 'CRI_UNAVAILABLE',
    message:
      'cannot reach the container runtime at /run/no-such/cri.sock: there is no such socket; is containerd running?',
  });
  expect(performance.now() - startedMs).toBeLessThan(2000);
});

test('a server without CRI v1 is told from one without a single call', async () => {
  const { server } = await served({ cri: false });
  await expect(connected(server.endpoint).version()).rejects.toMatchObject({
    code: 'CRI_UNIMPLEMENTED',
    message: expect.stringContaining('does not serve CRI v1'),
  });
});

test('a call without an answer ends with its deadline', async () => {
  const { server } = await served({ faults: scriptedFaults([['Version', { hang: true }]]) });
  const cri = connected(server.endpoint, { callMs: 1_000 });
  await expect(cri.version()).rejects.toMatchObject({ code: 'CRI_DEADLINE' });
  expect(await cri.version()).toMatchObject({ runtimeApiVersion: 'v1' });
});

test('a signal ends a call under way', async () => {
  const { server } = await served({ faults: scriptedFaults([['Version', { hang: true }]]) });
  const abort = new AbortController();
  const call = connected(server.endpoint).version({ signal: abort.signal });
  setTimeout(() => abort.abort(), 50);
  await expect(call).rejects.toMatchObject({ code: 'CRI_CANCELLED' });
});

test('when the runtime dies, calls under way fail; when it is back, so are we, soon', async () => {
  const { server } = await served({ faults: scriptedFaults([['Version', { hang: true }]]) });
  const cri = connected(server.endpoint);
  const call = cri.version();
  call.catch(() => undefined);
  await cri.status();
  server.down();
  await expect(call).rejects.toMatchObject({ code: 'CRI_UNAVAILABLE' });
  await expect(cri.status()).rejects.toMatchObject({ code: 'CRI_UNAVAILABLE' });
  await server.up();
  await eventually(() => cri.status());
});

test('task events name what happened and to whom, and go on after the runtime was away', async () => {
  const { server, model } = await served();
  const { seen } = listen(server);
  await eventually(async () => {
    model.putSandbox({ metadata: { ...sandbox.metadata, attempt: model.sandboxes.length } });
    if (seen.length === 0) throw new Error('nothing yet');
  });
  expect(seen[0]?.topic).toBe('/tasks/create');
  expect(model.sandboxes.map(({ id }) => id)).toContain(seen[0]?.containerId);
  server.down();
  await server.up();
  const before = seen.length;
  await eventually(async () => {
    model.putSandbox({ metadata: { ...sandbox.metadata, attempt: model.sandboxes.length } });
    if (seen.length === before) throw new Error('nothing yet');
  });
});

test('where there are no task events the subscription ends quietly', async () => {
  const { server } = await served({ taskEvents: false });
  await listen(server).ended;
});

test('a subscription ends with its signal, with or without a runtime', async () => {
  const { server } = await served();
  const { abort, ended } = listen(server);
  server.down();
  abort.abort();
  await ended;
});

function listen(server: FakeCriServer) {
  const seen: TaskEvent[] = [];
  const abort = new AbortController();
  cleanups.push(() => abort.abort());
  const ended = subscribeTaskEvents({
    endpoint: server.endpoint,
    clock: systemClock,
    logger: silentLogger,
    signal: abort.signal,
    onEvent: (event) => seen.push(event),
  });
  return { seen, abort, ended };
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
