import { expect, test } from 'vitest';
import type { ContainerConfig, Cri, PodSandboxConfig } from '../../../src/cri/index.ts';
import type { ContainerId, SandboxId } from '../../../src/pod/index.ts';
import type { Behaviour } from '../../fakes/behaviour.ts';
import { scriptedFaults, seededFaults } from '../../fakes/faults.ts';
import { modelCri } from '../../fakes/model-cri.ts';
import { refused, unavailable } from '../../fakes/model-failure.ts';
import { type CallEvent, type ModelOptions, RuntimeModel } from '../../fakes/runtime-model.ts';
import { SeededRandom } from '../../fakes/seeded-random.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const sandboxConfig: PodSandboxConfig = {
  metadata: { name: 'web', namespace: 'default', uid: 'u1', attempt: 0 },
};
const config: ContainerConfig = { metadata: { name: 'main', attempt: 0 }, image: { image: 'http:1' } };

function world(options: Partial<ModelOptions> & { behaviour?: Behaviour } = {}) {
  const clock = new VirtualClock();
  const behaviourOf = () => options.behaviour ?? {};
  const model = new RuntimeModel({ clock, present: ['http:1'], behaviourOf, ...options });
  return { clock, model, cri: modelCri(model) };
}

async function running(cri: Cri): Promise<{ sandboxId: SandboxId; id: ContainerId }> {
  const sandboxId = await cri.runSandbox(sandboxConfig);
  const id = await cri.createContainer({ sandboxId, config, sandboxConfig });
  await cri.startContainer(id);
  return { sandboxId, id };
}

test('a container ends by itself when its time has come, with its code', async () => {
  const { clock, cri } = world({ behaviour: { exitAfterMs: 1500, exitCode: 7 } });
  const { id } = await running(cri);
  const startedMs = clock.nowMs();
  await clock.advance(1499);
  expect((await cri.listContainers())[0]?.state).toBe('running');
  await clock.advance(1);
  expect((await cri.listContainers())[0]?.state).toBe('exited');
  expect(await cri.containerStatus(id)).toMatchObject({
    exitCode: 7,
    reason: 'Error',
    startedAtMs: startedMs,
    finishedAtMs: startedMs + 1500,
  });
});

test('stop waits its time-out before it kills, and not a moment longer than the process lives', async () => {
  const stubborn = world({ behaviour: { onStop: 'ignore' } });
  const { id } = await running(stubborn.cri);
  await stubborn.clock.complete(stubborn.cri.stopContainer(id, 30));
  expect(stubborn.clock.monotonicMs()).toBe(30_000);
  expect((await stubborn.cri.containerStatus(id)).exitCode).toBe(137);

  const polite = world({ behaviour: { onStop: { afterMs: 200 } } });
  const other = await running(polite.cri);
  await polite.clock.complete(polite.cri.stopContainer(other.id, 30));
  expect(polite.clock.monotonicMs()).toBe(200);
  expect((await polite.cri.containerStatus(other.id)).exitCode).toBe(143);
});

test('a cancelled stop never kills; the next one sends no signal, waits its own time and kills', async () => {
  const { clock, cri, model } = world({ behaviour: { onStop: 'ignore' } });
  const { id } = await running(cri);
  const abort = new AbortController();
  const stop = cri.stopContainer(id, 10, { signal: abort.signal });
  stop.catch(() => undefined);
  await clock.advance(5000);
  abort.abort();
  await expect(clock.complete(stop)).rejects.toMatchObject({ code: 'CRI_CANCELLED' });
  await clock.advance(60_000);
  expect(model.container(id)?.state).toBe('running');
  const againMs = clock.monotonicMs();
  await clock.complete(cri.stopContainer(id, 2));
  expect(clock.monotonicMs() - againMs).toBe(2000);
  expect(model.container(id)).toMatchObject({ state: 'exited', exitCode: 137 });
});

test('what is being made reserves its name, is not listed, and outlives a client that left', async () => {
  const { clock, cri } = world({ latencyMs: (call) => (call === 'RunPodSandbox' ? 1000 : 0) });
  const abort = new AbortController();
  const first = cri.runSandbox(sandboxConfig, { signal: abort.signal });
  first.catch(() => undefined);
  await clock.advance(500);
  abort.abort();
  await expect(first).rejects.toMatchObject({ code: 'CRI_CANCELLED' });
  await expect(cri.runSandbox(sandboxConfig)).rejects.toMatchObject({ code: 'CRI_NAME_RESERVED' });
  expect(await cri.listSandboxes()).toEqual([]);
  await clock.advance(500);
  expect(await cri.listSandboxes()).toHaveLength(1);
});

test('or it is given up and releases its name', async () => {
  const { clock, cri } = world({ latencyMs: () => 1000, finishesAbandoned: () => false });
  const abort = new AbortController();
  const first = cri.runSandbox(sandboxConfig, { signal: abort.signal });
  first.catch(() => undefined);
  await clock.advance(500);
  abort.abort();
  await clock.advance(1000);
  await clock.complete(cri.runSandbox(sandboxConfig));
});

test('a restart breaks off calls and creations; containers run on and stop signals are sent anew', async () => {
  let signals = 0;
  const { clock, cri, model } = world({
    behaviour: { onStop: 'ignore' },
    latencyMs: (call) => (call === 'RunPodSandbox' ? 100 : 0),
  });
  const pod = running(cri);
  const { id } = await clock.complete(pod);
  const stop = cri.stopContainer(id, 30);
  const other = cri.runSandbox({ metadata: { name: 'other', namespace: 'default', uid: 'u2', attempt: 0 } });
  for (const call of [stop, other]) call.catch(() => (signals += 1));
  await clock.advance(50);
  expect(model.container(id)?.stopSignalled).toBe(true);
  model.restart(2000);
  await clock.settle();
  expect(signals).toBe(2);
  await expect(cri.version()).rejects.toMatchObject({ code: 'CRI_UNAVAILABLE' });
  await clock.advance(2000);
  expect(await cri.listSandboxes()).toHaveLength(1);
  expect(model.container(id)).toMatchObject({ state: 'running', stopSignalled: false });
});

test('after a reboot all is known and nothing lives', async () => {
  const { cri, model } = world();
  const { sandboxId, id } = await running(cri);
  model.reboot();
  expect((await cri.listSandboxes())[0]).toMatchObject({ id: sandboxId, state: 'not-ready' });
  expect(await cri.containerStatus(id)).toMatchObject({ exitCode: 255, reason: 'Unknown' });
  await expect(cri.runSandbox(sandboxConfig)).rejects.toMatchObject({ code: 'CRI_NAME_RESERVED' });
  await cri.runSandbox({ metadata: { ...sandboxConfig.metadata, attempt: 1 } });
});

test('scripted faults: an error before the effect, a lost answer, a hang until the deadline', async () => {
  const faults = scriptedFaults([
    ['RunPodSandbox', { before: refused('no') }],
    ['RunPodSandbox', { after: unavailable() }],
    ['Version', { hang: true }],
  ]);
  const { clock, cri } = world({ faults });
  await expect(cri.runSandbox(sandboxConfig)).rejects.toMatchObject({ code: 'CRI_FAILED', message: 'no' });
  expect(await cri.listSandboxes()).toEqual([]);
  await expect(cri.runSandbox(sandboxConfig)).rejects.toMatchObject({ code: 'CRI_UNAVAILABLE' });
  expect(await cri.listSandboxes()).toHaveLength(1);
  await expect(clock.complete(cri.version())).rejects.toMatchObject({ code: 'CRI_DEADLINE' });
  expect(clock.monotonicMs()).toBe(120_000);
});

test('a pull takes its time, can fail, can be cancelled', async () => {
  const { clock, cri } = world({
    registry: {
      'slow:1': { pullMs: 8000 },
      'bad:1': { pullError: 'manifest unknown' },
      'never:1': { pullMs: Number.POSITIVE_INFINITY },
    },
  });
  const id = await clock.complete(cri.pullImage('slow:1'));
  expect(clock.monotonicMs()).toBe(8000);
  expect(await cri.imageStatus('slow:1')).toMatchObject({ id });
  await expect(cri.pullImage('bad:1')).rejects.toMatchObject({
    code: 'CRI_FAILED',
    message: 'manifest unknown',
  });
  await expect(cri.pullImage('none:1')).rejects.toMatchObject({ code: 'CRI_NOT_FOUND' });
  const abort = new AbortController();
  const never = cri.pullImage('never:1', { signal: abort.signal });
  never.catch(() => undefined);
  await clock.advance(3_600_000);
  abort.abort();
  await expect(never).rejects.toMatchObject({ code: 'CRI_CANCELLED' });
});

test('every call is told before and after, with the pod it is about', async () => {
  const { cri, model } = world();
  const seen: CallEvent[] = [];
  model.onCall((event) => seen.push(event));
  const changes: string[] = [];
  model.onChange(({ kind, what }) => changes.push(`${kind} ${what}`));
  const { sandboxId } = await running(cri);
  await cri.removeSandbox(sandboxId);
  expect(seen.map(({ phase, sequence, call, podUid }) => [phase, sequence, call, podUid])).toEqual(
    ['RunPodSandbox', 'CreateContainer', 'StartContainer', 'RemovePodSandbox'].flatMap((call, index) => [
      ['before', index + 1, call, 'u1'],
      ['after', index + 1, call, 'u1'],
    ]),
  );
  expect(changes).toEqual([
    'sandbox created',
    'container created',
    'container started',
    'container exited',
    'sandbox stopped',
    'container removed',
    'sandbox removed',
  ]);
});

test('the same seed gives the same run; a hundred busy virtual seconds are cheap', async () => {
  const run = async (seed: number): Promise<unknown> => {
    const random = new SeededRandom(seed);
    const rates = { before: 0.05, after: 0.05, hang: 0.01, delay: 0.3, longestDelayMs: 500 };
    const { clock, cri, model } = world({
      faults: seededFaults(random.fork(), rates),
      latencyMs: (
        (chance) => () =>
          chance.int(50)
      )(random.fork()),
      behaviour: { exitAfterMs: 3000 },
    });
    const log: unknown[] = [];
    model.onCall(({ phase, call, failure }) =>
      log.push([clock.monotonicMs(), phase, call, failure?.details]),
    );
    const churn = async (attempt = 0): Promise<void> => {
      const metadata = { ...sandboxConfig.metadata, attempt };
      const sandboxId = await cri.runSandbox({ metadata }).catch(() => undefined);
      if (sandboxId !== undefined) {
        const id = await cri.createContainer({ sandboxId, config, sandboxConfig }).catch(() => undefined);
        if (id !== undefined) await cri.startContainer(id).catch(() => undefined);
        await cri.listContainers().catch(() => undefined);
        await cri.removeSandbox(sandboxId).catch(() => undefined);
      }
      return churn(attempt + 1);
    };
    void churn();
    await clock.advance(100_000);
    return log;
  };
  const startedMs = performance.now();
  const runs = await Promise.all([run(1), run(1), run(2)]);
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]).not.toEqual(runs[2]);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});
