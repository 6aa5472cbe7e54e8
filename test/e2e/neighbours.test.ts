import { expect } from 'vitest';
import { label } from '../../src/pod/index.ts';
import { eventually } from './support/eventually.ts';
import { flat, HTTP_IMAGE, idle } from './support/manifests.ts';
import { runTinylet } from './support/program.ts';
import { besideOthers, idsOf, onContainerd, useContainerd } from './support/world.ts';

const world = useContainerd('neighbours');

besideOthers("what is not tinylet's survives everything", async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  // A kubelet's pod of the very name that is wanted here, and one that only looks like a tinylet's.
  await runStranger(namespace, 'p', {});
  await runStranger(namespace, 'q', { tinylet: 'false', [label.owner]: 'nobody' });
  const strangers = await world.objects(namespace);
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
  await daemon.start();
  await daemon.running('p');
  expect((await daemon.status()).foreign.filter((pod) => pod.namespace === namespace)).toEqual([]);
  await daemon.restart('SIGKILL');
  await daemon.remove('p.yaml');
  await eventually(async () => expect((await daemon.status()).pods).toEqual([]));
  expect(await world.objects(namespace)).toEqual(strangers);

  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
  await daemon.running('p');
  const stopped = await runTinylet(['stop', '--all', ...daemon.place]);
  expect(stopped).toMatchObject({ code: 0, stdout: 'daemon stopped, 1 pod removed\n' });
  expect(await world.objects(namespace)).toEqual(strangers);
  expect((await world.cri.version()).runtimeName).toBe('containerd');
});

besideOthers("another tinylet's pods are told of, block their names, and are left alone", async (context) => {
  const other = await world.daemon(context);
  const { namespace } = other;
  await other.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
  await other.start();
  await other.running('p');
  const theirs = await world.live(namespace, 'p');
  await other.end('SIGKILL');

  const ours = await world.daemon(context, { namespace });
  await ours.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
  await ours.write('q.yaml', flat({ name: 'q', namespace, containers: [idle('a')] }));
  await ours.start();
  await ours.running('q');
  const { waiting } = await ours.waiting('p', 'PodNameInUse');
  expect(waiting[0]?.message).toMatch(/another tinylet .*--adopt/);
  const told = { namespace, name: 'p', owner: await other.owner() };
  expect((await ours.status()).foreign).toContainEqual(told);
  expect((await runTinylet(['status', '--api-socket', ours.apiSocket])).stdout).toContain(
    `${namespace}/p, owner`,
  );
  const warning = ours.log.find(({ level, pods }) => level === 40 && `${pods}`.includes(`${namespace}/p`));
  expect(warning?.msg).toContain('another tinylet');

  await ours.restart();
  await ours.remove('q.yaml');
  await eventually(async () => expect((await world.objects(namespace, 'q')).sandboxes).toEqual([]));
  expect((await runTinylet(['stop', '--all', ...ours.place])).code).toBe(0);
  expect(idsOf(await world.live(namespace, 'p'))).toEqual(idsOf(theirs));
});

// Alone and last: it takes over whatever other tinylets have on the runtime, and removes what it has no manifest of.
onContainerd("--adopt takes another tinylet's pods over as they are", async (context) => {
  const other = await world.daemon(context);
  const { namespace } = other;
  const pod = (name: string) => flat({ name, namespace, containers: [idle('a'), idle('b')] });
  await other.write('p.yaml', pod('p'));
  await other.write('unwanted.yaml', pod('unwanted'));
  await other.start();
  const { uid } = await other.running('p');
  await other.running('unwanted');
  const before = idsOf(await world.live(namespace, 'p'));
  await other.end();

  const ours = await world.daemon(context, { namespace });
  await ours.write('p.yaml', pod('p'));
  await ours.start('--adopt');
  expect(await ours.running('p')).toMatchObject({ uid });
  await eventually(async () => expect((await world.objects(namespace, 'unwanted')).sandboxes).toEqual([]));
  expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
  await ours.restart();
  await ours.passes();
  expect(idsOf(await world.live(namespace, 'p')), 'remembered without the flag').toEqual(before);
  await ours.remove('p.yaml');
  await eventually(async () => expect((await ours.status()).pods).toEqual([]));
  expect(await world.objects(namespace)).toEqual({ sandboxes: [], containers: [] });
});

/** A pod as another program makes it, with whatever labels. */
async function runStranger(namespace: string, name: string, labels: Record<string, string>): Promise<void> {
  const { cri, runtime } = world;
  const metadata = { name, namespace, uid: `stranger-${namespace}-${name}`, attempt: 0 };
  const named = {
    ...labels,
    [label.podName]: name,
    [label.podNamespace]: namespace,
    [label.podUid]: metadata.uid,
  };
  const sandboxConfig = { metadata, labels: named, log_directory: runtime.logDir, linux: {} };
  const sandboxId = await cri.runSandbox(sandboxConfig);
  const config = {
    metadata: { name: 'a', attempt: 0 },
    labels: { ...named, [label.containerName]: 'a' },
    image: { image: HTTP_IMAGE },
    log_path: `${metadata.uid}.log`,
    linux: { security_context: { namespace_options: { pid: 'CONTAINER' as const } } },
  };
  await cri.startContainer(await cri.createContainer({ sandboxId, config, sandboxConfig }));
}
