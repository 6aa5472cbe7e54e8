import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { label } from '../../src/pod/index.ts';
import { layoutOf } from '../../src/standalone/layout.ts';
import { mountsUnder } from '../../src/standalone/mounts.ts';
import { freePort } from '../support/real-runtime.ts';
import { eventually, httpText } from './support/eventually.ts';
import { flat, idle, shell, stubborn, v1, v1Json, web } from './support/manifests.ts';
import { besideOthers, useContainerd } from './support/world.ts';

const world = useContainerd('pods');

besideOthers(
  'both forms come up and answer on the host port and on the address of the pod',
  async (context) => {
    const daemon = await world.daemon(context, { args: [] });
    const { namespace } = daemon;
    const ports = [await freePort(), await freePort()];
    await daemon.write('flat.yaml', flat({ name: 'flat', namespace, containers: [web('hello', ports[0])] }));
    await daemon.write('v1.json', v1Json({ name: 'v1', namespace, containers: [web('good day', ports[1])] }));
    await daemon.start();
    const pods = [await daemon.running('flat'), await daemon.running('v1')];
    const answers = ['hello from pod flat\n', 'good day from pod v1\n'];
    for (const [index, pod] of pods.entries()) {
      await eventually(async () =>
        expect(await httpText(`http://127.0.0.1:${ports[index]}/`)).toBe(answers[index]),
      );
      expect(await httpText(`http://${pod.podIPs[0]}:8080/`)).toBe(answers[index]);
      expect(pod).toMatchObject({ phase: 'Running', terminating: false, stale: false, hostNetwork: false });
    }
  },
);

besideOthers(
  'the runtime shows whose things are, and logs lie where the kubelet lays them',
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace, logDir } = daemon;
    const talker = shell('talker', 'echo one word; echo two >&2; exec sleep 100000');
    const labels = { app: 'demo', tinylet: 'false' };
    const annotations = { 'example.com/why': 'because' };
    await daemon.write(
      'a.yaml',
      v1({ name: 'a', namespace, labels, annotations, containers: [talker, idle('b')] }),
    );
    await daemon.start();
    const { uid, podIPs } = await daemon.running('a');
    const { sandbox, containers } = await world.live(namespace, 'a');
    const ours = {
      [label.tinylet]: 'true',
      [label.owner]: await daemon.owner(),
      [label.podName]: 'a',
      [label.podNamespace]: namespace,
      [label.podUid]: uid,
    };
    expect(sandbox.labels).toEqual({ app: 'demo', ...ours });
    expect(sandbox.annotations).toMatchObject(annotations);
    expect(sandbox).toMatchObject({ name: 'a', namespace, uid, attempt: 0 });
    for (const name of ['talker', 'b']) {
      expect(containers[name]?.labels).toEqual({ ...ours, [label.containerName]: name });
      expect(containers[name]?.attempt).toBe(0);
    }
    expect((await world.cri.sandboxStatus(sandbox.id)).ips).toEqual(podIPs);
    const log = join(logDir, `${namespace}_a_${uid}`, 'talker', '0.log');
    await eventually(async () => {
      const lines = (await readFile(log, 'utf8')).trim().split('\n');
      expect(lines.map((line) => line.replace(/^\S+Z /, '')).sort()).toEqual([
        'stderr F two',
        'stdout F one word',
      ]);
    });
  },
);

besideOthers('a deleted pod leaves nothing', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace, rootDir, logDir } = daemon;
  const containers = [web('x', await freePort()), idle('second')];
  await daemon.write('a.yaml', flat({ name: 'a', namespace, containers }));
  await daemon.write('stays.yaml', flat({ name: 'stays', namespace, containers: [idle('c')] }));
  await daemon.start();
  const { uid } = await daemon.running('a');
  const stays = await daemon.running('stays');
  const { sandbox } = await world.live(namespace, 'a');
  const netns = await networkNamespaceOf(sandbox.id);
  expect(await mountsNaming(sandbox.id, netns)).toContain(netns);
  expect(await readdir(logDir)).toContain(`${namespace}_a_${uid}`);

  await daemon.remove('a.yaml');
  await eventually(async () =>
    expect((await daemon.status()).pods.map(({ name }) => name)).toEqual(['stays']),
  );
  expect(await world.objects(namespace, 'a')).toEqual({ sandboxes: [], containers: [] });
  expect(await readdir(logDir)).toEqual([`${namespace}_stays_${stays.uid}`]);
  expect(await readdir(join(rootDir, 'pods'))).toEqual([stays.uid]);
  expect(await mountsNaming(sandbox.id, netns)).toEqual([]);
  await expect(access(netns)).rejects.toThrow('ENOENT');
});

besideOthers('the same name again is a new pod, and waits until the old one is gone', async (context) => {
  const graceSeconds = 20;
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const pod = (note: string) =>
    flat({
      name: 'again',
      namespace,
      terminationGracePeriodSeconds: graceSeconds,
      containers: [stubborn('deaf'), idle('quick', note)],
    });
  await daemon.write('a.yaml', pod('first'));
  await daemon.start();
  const first = await daemon.running('again');
  const old = await world.live(namespace, 'again');

  const removedAtMs = Date.now();
  await daemon.remove('a.yaml');
  await eventually(async () => expect((await daemon.status()).pods[0]?.terminating).toBe(true));
  await daemon.write('a.yaml', pod('second'));
  const { waiting } = await daemon.waiting('again', 'PodTerminating');
  expect(waiting[0]?.message).toContain(first.uid);
  const second = await daemon.running('again');
  expect(second.uid).not.toBe(first.uid);
  const { sandboxes, containers } = await world.objects(namespace);
  expect(sandboxes.map(({ uid }) => uid)).toEqual([second.uid]);
  expect(containers.map(({ id }) => id)).not.toContain(old.containers.deaf?.id);
  expect(sandboxes[0]?.createdAtMs).toBeGreaterThanOrEqual(removedAtMs + graceSeconds * 1000);
});

/** Where the sandbox's network namespace is kept, from the bundle its shim was started with. */
async function networkNamespaceOf(sandboxId: string): Promise<string> {
  const { stateDir } = layoutOf(world.runtime.rootDir);
  const bundle = join(stateDir, 'io.containerd.runtime.v2.task/k8s.io', sandboxId, 'config.json');
  const config: { linux: { namespaces: { type: string; path?: string }[] } } = JSON.parse(
    await readFile(bundle, 'utf8'),
  );
  const path = config.linux.namespaces.find(({ type }) => type === 'network')?.path;
  if (path === undefined) throw new Error(`sandbox ${sandboxId} has no network namespace`);
  return path;
}

async function mountsNaming(sandboxId: string, netns: string): Promise<readonly string[]> {
  const mounts = await mountsUnder([world.runtime.rootDir]);
  return mounts.filter((point) => point.includes(sandboxId) || point === netns);
}
