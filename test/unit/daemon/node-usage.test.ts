import { expect, test } from 'vitest';
import { nodeMeters, nodeUsage } from '../../../src/daemon/node-usage.ts';
import type { LoggedContainer } from '../../../src/logs/index.ts';
import { asContainerId, asPodUid } from '../../../src/pod/index.ts';
import { modelCri } from '../../fakes/model-cri.ts';
import { RuntimeModel } from '../../fakes/runtime-model.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const MB = 2 ** 20;

/** A runtime in which that many containers of ours run, and one of somebody else. */
function world(names: readonly string[]) {
  const clock = new VirtualClock();
  const model = new RuntimeModel({ clock });
  const sandbox = model.putSandbox({
    metadata: { name: 'web', namespace: 'default', uid: 'u1', attempt: 0 },
  });
  const put = (name: string): string =>
    model.putContainer(
      sandbox,
      { metadata: { name, attempt: 0 }, image: { image: 'i' }, labels: { tinylet: 'true' } },
      {},
    );
  const containers = names.map((name): LoggedContainer => {
    const id = asContainerId(put(name));
    const [pod = ''] = name.split('/');
    return {
      id,
      uid: asPodUid(`uid of ${pod}`),
      namespace: 'default',
      pod,
      container: name,
      attempt: 0,
      running: true,
    };
  });
  put('foreign');
  const calls: string[] = [];
  model.onCall(({ call, phase }) => {
    if (phase === 'before') calls.push(call);
  });
  const source = nodeUsage({
    meters: nodeMeters({
      ...{ clock, cri: modelCri(model), pods: async () => new Map() },
      machine: async () => ({
        cpuNanoSeconds: clock.monotonicMs() * 1e6 * 1.5,
        ...{ memoryBytes: 700 * MB, usageBytes: 800 * MB, totalBytes: 1_000 * MB, bootedAtMs: 0 },
      }),
    }),
    containers: () => containers,
    labelsOf: ({ namespace, name }) => ({ of: `${namespace}/${name}` }),
  });
  return { clock, model, source, calls, containers };
}

const usage = { cpuNanoCores: 100_000_000, memoryBytes: 4 * MB, windowMs: 1_000 };

test('containers by their pods, ours alone, with two calls for the first answer', async () => {
  const { clock, source, calls } = world(['web/app', 'web/side', 'db/app']);
  await clock.advance(5_000);
  const pods = await clock.complete(source.pods());
  const of = (name: string) => expect.objectContaining({ name, ...usage, atMs: clock.nowMs() });
  expect(pods).toEqual([
    {
      ...{ podUid: 'uid of web', namespace: 'default', name: 'web', labels: { of: 'default/web' } },
      containers: [of('web/app'), of('web/side')],
    },
    {
      ...{ podUid: 'uid of db', namespace: 'default', name: 'db', labels: { of: 'default/db' } },
      containers: [of('db/app')],
    },
  ]);
  expect(calls).toEqual(['ListContainerStats', 'ListContainerStats']);
});

test('a container that has ended is left out, and so is its pod', async () => {
  const { clock, model, source, containers } = world(['web/app', 'db/app']);
  model.exitContainer(containers[0]?.id ?? '', 0);
  const pods = await clock.complete(source.pods());
  expect(pods.map(({ name }) => name)).toEqual(['db']);
});

test('the node is measured without the runtime', async () => {
  const { clock, source, calls } = world([]);
  expect(await clock.complete(source.node())).toEqual({
    ...{ atMs: clock.nowMs(), windowMs: 1_000, cpuNanoCores: 1_500_000_000, memoryBytes: 700 * MB },
  });
  expect(calls).toEqual([]);
});
