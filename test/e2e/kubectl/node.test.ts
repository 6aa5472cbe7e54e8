import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { KubectlWorld, withKubectl } from '../support/kubectl-world.ts';
import { flat, HTTP_IMAGE, idle, v1 } from '../support/manifests.ts';
import { runTinylet } from '../support/program.ts';
import { idsOf, useContainerd } from '../support/world.ts';

const world = useContainerd('kubectl-node');

withKubectl(
  'cordon, drain and uncordon: what the API made goes, what files say stays',
  async (context, suite) => {
    const node = await KubectlWorld.of(world, context, suite);
    const { daemon } = node;
    const { namespace } = daemon;
    await daemon.write('f.yaml', flat({ name: 'f', namespace, containers: [idle('app')] }));
    await node.start();
    await daemon.running('f');
    await node.out('apply -f -', { stdin: v1({ name: 'p', namespace, containers: [idle('app')] }) });
    await node.out('wait --for=condition=Ready pod/p --timeout=60s');
    await node.golden('cordon', 'cordon box');
    await node.golden('get-nodes-cordoned', 'get nodes');
    await node.golden('create-cordoned', 'create -f -', {
      stdin: v1({ name: 'q', namespace, containers: [idle('app')] }),
    });
    await node.golden('drain', 'drain box');
    const drained = await node.out('drain box --force --timeout=60s');
    expect(drained).toContain('pod/p evicted');
    expect(await node.out('get pods -o name')).toBe('pod/f\n');
    await daemon.restart();
    await eventually(async () => expect(await node.out('get nodes')).toContain('SchedulingDisabled'));
    await node.golden('uncordon', 'uncordon box');
    await node.golden('label-node', 'label node box disk=ssd');
    expect(await node.out('get nodes -l disk=ssd -o name')).toBe('node/box\n');
  },
);

withKubectl('what pods and the node use', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { daemon } = node;
  await daemon.write(
    'f.yaml',
    flat({ name: 'f', namespace: daemon.namespace, containers: [idle('app'), idle('side')] }),
  );
  await node.start();
  await daemon.running('f');
  await eventually(async () => {
    expect(await node.out('top pod')).toMatch(/^NAME +CPU\(cores\) +MEMORY\(bytes\) *\nf +\d+m +\d+Mi *\n$/);
  });
  expect(await node.out('top pod --containers')).toMatch(/f +app +\d+m +\d+Mi *\nf +side +\d+m/);
  expect(await node.out('top node')).toMatch(/\nbox +\d+m +\d+% +\d+Mi +\d+% *\n/);
});

withKubectl('a debug container beside what runs, which is not touched', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { daemon } = node;
  const { namespace } = daemon;
  await node.start();
  await node.out(`create namespace ${namespace}`);
  await node.out('apply -f -', { stdin: v1({ name: 'p', namespace, containers: [idle('app')] }) });
  await node.out('wait --for=condition=Ready pod/p --timeout=60s');
  const before = idsOf(await world.live(namespace, 'p'));
  const look = ['/bin/sh', '-c', 'ls -d /proc/[0-9]*; cat /proc/1/cmdline | tr "\\0" " "; echo'];
  await node.out([
    'debug',
    'p',
    `--image=${HTTP_IMAGE}`,
    '--image-pull-policy=IfNotPresent',
    '--target=app',
    '-c',
    'bug',
    '--profile=general',
    '--',
    ...look,
  ]);
  await eventually(async () => expect(await node.out('logs p -c bug')).toContain('catatonit'));
  expect(idsOf(await world.live(namespace, 'p'))).toMatchObject(before);
  const reason = 'jsonpath={.status.ephemeralContainerStatuses[0].state.terminated.reason}';
  await eventually(async () => expect(await node.out(['get', 'pod', 'p', '-o', reason])).toBe('Completed'));
  const copied = await node.out([
    'debug',
    'p',
    '--copy-to=p2',
    `--image=${HTTP_IMAGE}`,
    '--image-pull-policy=IfNotPresent',
    '-c',
    'bug',
    '--profile=general',
    '--',
    'sleep',
    '100000',
  ]);
  expect(copied).toBe('');
  await node.out('wait --for=condition=Ready pod/p2 --timeout=60s');
});

withKubectl(
  'a debug container in the pod of a file, for as long as the file has the pod',
  async (context, suite) => {
    const node = await KubectlWorld.of(world, context, suite);
    const { daemon } = node;
    const { namespace } = daemon;
    const debug = (name: string, ...command: readonly string[]): Promise<string> =>
      node.out([
        ...['debug', 'f', `--image=${HTTP_IMAGE}`, '--image-pull-policy=IfNotPresent', '--profile=general'],
        ...['--target=app', '-c', name, '--', ...command],
      ]);
    const instances = async (name: string): Promise<readonly string[]> =>
      (await world.objects(namespace, 'f')).containers
        .filter((each) => each.name === name)
        .map(({ id }) => id);
    await daemon.write('f.yaml', flat({ name: 'f', namespace, containers: [idle('app')] }));
    await node.start();
    await daemon.running('f');
    const before = idsOf(await world.live(namespace, 'f'));
    await debug('once', '/bin/sh', '-c', 'ls -d /proc/[0-9]*; cat /proc/1/cmdline | tr "\\0" " "; echo');
    await eventually(async () => expect(await node.out('logs f -c once')).toContain('catatonit'));
    await eventually(async () => expect(idsOf(await world.live(namespace, 'f'))).toEqual(before));
    await debug('stays', 'sleep', '100000');
    await eventually(async () =>
      expect((await world.live(namespace, 'f')).containers).toHaveProperty('stays'),
    );
    const now = idsOf(await world.live(namespace, 'f'));
    expect(now).toMatchObject(before);
    const once = await instances('once');
    expect(once).toHaveLength(1);
    await daemon.restart('SIGKILL');
    await daemon.passes();
    expect(idsOf(await world.live(namespace, 'f'))).toEqual(now);
    expect(await instances('once')).toEqual(once);
    const planned = await runTinylet(['--manifests', daemon.manifests, ...daemon.place, '--dry-run']);
    expect(JSON.parse(planned.stdout)).toMatchObject({ pods: [{ actions: [], waits: [] }] });
    const names = 'jsonpath={.spec.ephemeralContainers[*].name}';
    expect(await node.out(['get', 'pod', 'f', '-o', names])).toBe('once stays');
    await daemon.write('f.yaml', flat({ name: 'f', namespace, containers: [idle('app'), idle('stays')] }));
    await daemon.said('ephemeral container gives way to the manifest');
    await eventually(async () => {
      const { containers, sandbox } = await world.live(namespace, 'f');
      expect([containers.app?.id, sandbox.id]).toEqual([before.app, before.sandbox]);
      expect(containers.stays?.id).not.toBe(now.stays);
    });
    expect(await node.out(['get', 'pod', 'f', '-o', names])).toBe('once');
    const kept = join(daemon.rootDir, 'ephemeral-containers');
    expect(await readdir(kept)).toHaveLength(1);
    await daemon.write('f.yaml', flat({ name: 'g', namespace, containers: [idle('app')] }));
    await eventually(async () => expect(await node.out('get pods -o name')).toBe('pod/g\n'));
    expect(await readdir(kept)).toEqual([]);
  },
);
