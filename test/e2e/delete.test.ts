import { expect, type TestContext } from 'vitest';
import { eventually, PATIENCE_MS } from './support/eventually.ts';
import { KubectlWorld } from './support/kubectl-world.ts';
import { HTTP_IMAGE, idle, type PodSketch, shell, stubborn, v1 } from './support/manifests.ts';
import { idsOf, onContainerd, useContainerd } from './support/world.ts';

/** What deletes, debug containers and readiness gates do to pods on a real runtime, driven by kubectl. */
const world = useContainerd('delete');

/** Longer than any test waits: whoever ends earlier was not given all of it. */
const FOR_EVER_SECONDS = (10 * PATIENCE_MS) / 1000;

async function nodeWith(
  context: TestContext,
  pod: Omit<PodSketch, 'namespace'>,
  more: object = {},
): Promise<KubectlWorld> {
  const node = await KubectlWorld.of(world, context, 'unstable');
  const { namespace } = node.daemon;
  await node.start();
  await node.out(`create namespace ${namespace}`);
  const stdin = v1({ terminationGracePeriodSeconds: FOR_EVER_SECONDS, ...pod, namespace, ...more });
  await node.out('apply -f -', { stdin });
  await eventually(async () => {
    expect(await node.out(`get pod ${pod.name} -o jsonpath={.status.phase}`)).toBe('Running');
  });
  return node;
}

/** Times and grace of a deletion, as clients see them. */
async function deletionOf(node: KubectlWorld): Promise<{ seconds: string; atMs: number }> {
  const fields = '{.metadata.deletionGracePeriodSeconds} {.metadata.deletionTimestamp}';
  const [seconds = '', at = ''] = (await node.out(['get', 'pod', 'p', '-o', `jsonpath=${fields}`])).split(
    ' ',
  );
  return { seconds, atMs: Date.parse(at) };
}

/** The pod is gone: from the API, and from the runtime. */
async function gone(node: KubectlWorld): Promise<void> {
  await eventually(async () => {
    expect(await node.out('get pods -o name')).toBe('');
    expect((await world.objects(node.daemon.namespace, 'p')).containers).toEqual([]);
  });
}

onContainerd(
  'a second, shorter delete cuts a stop under way short, and is seen in the object',
  async (context) => {
    const node = await nodeWith(context, { name: 'p', containers: [stubborn('app')] });
    await node.out('delete pod p --wait=false');
    const first = await deletionOf(node);
    expect(first.seconds).toBe(`${FOR_EVER_SECONDS}`);
    await node.out(`delete pod p --wait=false --grace-period=${2 * FOR_EVER_SECONDS}`);
    expect(await deletionOf(node)).toEqual(first);
    await node.out('delete pod p --wait=false --grace-period=3');
    const fields = await node.run('get pod p -o jsonpath={.metadata.deletionGracePeriodSeconds}');
    // It may be gone by now.
    expect([fields.stdout, fields.code]).toEqual(fields.code === 0 ? ['3', 0] : ['', 1]);
    await gone(node);
  },
);

onContainerd('delete --force --grace-period=0 kills, whatever the pod asks for', async (context) => {
  const preStop = { exec: { command: ['/bin/sh', '-c', 'while :; do sleep 1; done'] } };
  const app = { ...stubborn('app'), lifecycle: { preStop } };
  const node = await nodeWith(context, { name: 'p', containers: [app] });
  await node.out('delete pod p --force --grace-period=0');
  await gone(node);
});

onContainerd('a delete that was answered is carried out, though the daemon dies at once', async (context) => {
  const node = await nodeWith(context, { name: 'p', containers: [stubborn('app')] });
  await node.out('delete pod p --wait=false --grace-period=3');
  await node.daemon.restart('SIGKILL');
  await gone(node);
  await node.daemon.passes();
  await gone(node);
});

onContainerd('a debug container sees the processes of its target and touches nothing', async (context) => {
  const node = await nodeWith(context, { name: 'p', containers: [idle('app'), idle('other')] });
  const before = idsOf(await world.live(node.daemon.namespace, 'p'));
  await node.out([
    ...[
      'debug',
      'p',
      '-c',
      'look',
      '--target=app',
      `--image=${HTTP_IMAGE}`,
      '--image-pull-policy=Never',
      '--',
    ],
    ...['/bin/sh', '-c', 'tr "\\0" " " < /proc/1/cmdline'],
  ]);
  await eventually(async () => {
    expect(await node.out('logs p -c look')).toContain('sleep 100000');
  });
  const state = '{.status.ephemeralContainerStatuses[0].state.terminated.exitCode}';
  await eventually(async () => {
    expect(await node.out(['get', 'pod', 'p', '-o', `jsonpath=${state}`])).toBe('0');
  });
  expect(await node.out('get pod p --no-headers')).toMatch(/^p +2\/2 +Running +0 /);
  await node.daemon.restart('SIGKILL');
  await node.daemon.passes();
  expect(idsOf(await world.live(node.daemon.namespace, 'p'))).toEqual(before);
  const { containers } = await world.objects(node.daemon.namespace, 'p');
  expect(containers.filter(({ name }) => name === 'look')).toHaveLength(1);
});

onContainerd(
  'a readiness gate opens when its condition is set, and stays open over a crash',
  async (context) => {
    const gate = 'example.org/lb';
    const containers = [shell('app', 'trap "exit 0" TERM; while :; do sleep 1; done')];
    const node = await nodeWith(
      context,
      { name: 'p', containers, terminationGracePeriodSeconds: 2 },
      { readinessGates: [{ conditionType: gate }] },
    );
    const ready = (): Promise<string> =>
      node.out(['get', 'pod', 'p', '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}']);
    expect(await ready()).toBe('False');
    const status = { conditions: [{ type: gate, status: 'True' }] };
    await node.out([
      'patch',
      'pod',
      'p',
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status }),
    ]);
    await eventually(async () => expect(await ready()).toBe('True'));
    await node.daemon.restart('SIGKILL');
    await eventually(async () => expect(await ready()).toBe('True'));
  },
);
