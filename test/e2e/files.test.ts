import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from './support/eventually.ts';
import { flat, idle } from './support/manifests.ts';
import { besideOthers, idsOf, useContainerd } from './support/world.ts';

const world = useContainerd('files');

besideOthers(
  'a broken edit keeps the pod, also over a restart, and the mended one is applied',
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace } = daemon;
    const pod = (note: string) => flat({ name: 'p', namespace, containers: [idle('a', note), idle('b')] });
    await daemon.write('p.yaml', pod('one'));
    await daemon.start();
    const { uid } = await daemon.running('p');
    const before = await world.live(namespace, 'p');

    await daemon.write('p.yaml', `${pod('two')}restartPolice: Always\n`);
    const line = pod('two').split('\n').length;
    const isKept = async () => {
      expect(await daemon.pod('p')).toMatchObject({ uid, phase: 'Running', stale: true });
      expect((await daemon.status()).refused).toMatchObject([
        { file: daemon.file('p.yaml'), errors: [{ line }] },
      ]);
    };
    await eventually(isKept);
    await daemon.passes();
    await daemon.restart();
    await eventually(isKept);
    await daemon.passes();
    expect(idsOf(await world.live(namespace, 'p'))).toEqual(idsOf(before));
    const told = daemon.log.filter(({ level, file }) => level === 50 && file === daemon.file('p.yaml'));
    expect(told.length, 'told once in each life of the daemon').toBe(2);

    await daemon.write('p.yaml', pod('two'));
    await eventually(async () => {
      const after = await world.live(namespace, 'p');
      expect(after.containers.a?.attempt).toBe(1);
      expect(idsOf(after)).toMatchObject({ sandbox: before.sandbox.id, b: before.containers.b?.id });
    });
    await eventually(async () => expect(await daemon.pod('p')).toMatchObject({ uid, stale: false }));
    expect((await daemon.status()).refused).toEqual([]);
  },
);

besideOthers(
  'a directory that disappears changes nothing, also over a restart; an empty one means no pods',
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace, manifests } = daemon;
    await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
    await daemon.start();
    const { uid } = await daemon.running('p');
    const before = idsOf(await world.live(namespace, 'p'));
    const isKept = async () => {
      const { directories } = await daemon.passes();
      const objects = { directory: join(daemon.rootDir, 'objects') };
      expect(directories).toEqual([{ directory: manifests, problem: 'does not exist' }, objects]);
      expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
      expect((await daemon.pod('p')).uid).toBe(uid);
    };

    await rename(manifests, `${manifests}.away`);
    await eventually(async () => expect((await daemon.status()).directories[0]?.problem).toBeDefined());
    await isKept();
    await daemon.restart('SIGKILL');
    await isKept();

    await rename(`${manifests}.away`, manifests);
    await eventually(async () => expect((await daemon.status()).directories[0]?.problem).toBeUndefined());
    await daemon.passes();
    expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
    await rm(manifests, { recursive: true });
    await mkdir(manifests);
    await eventually(async () => expect((await daemon.status()).pods).toEqual([]));
    expect(await world.objects(namespace)).toEqual({ sandboxes: [], containers: [] });
  },
);

besideOthers('what is no manifest does not hold up what is', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const good = (name: string) => flat({ name, namespace, containers: [idle('a')] });
  const socket = createServer().listen(daemon.file('1-socket.yaml'));
  context.onTestFinished(() => void socket.close());
  execFileSync('mkfifo', [daemon.file('2-fifo.yaml')]);
  await writeFile(daemon.file('3-huge.yaml'), '');
  await truncate(daemon.file('3-huge.yaml'), 8 * 2 ** 30);
  await writeFile(daemon.file('4-bomb.yaml'), aliasBomb());
  await writeFile(
    daemon.file('5-keys.json'),
    `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
  );
  await mkdir(daemon.file('6-directory.yaml'));
  await writeFile(daemon.file('p.yaml~'), good('backup'));
  await writeFile(daemon.file('.p.yaml.swp'), good('swap'));
  await daemon.write('p.yaml', good('early'));
  await daemon.start();
  await daemon.running('early');
  await daemon.write('q.yaml', good('late'));
  await daemon.running('late');
  await eventually(async () => {
    const { refused, pods } = await daemon.status();
    expect(pods.map(({ name }) => name)).toEqual(['early', 'late']);
    const names = [
      '1-socket.yaml',
      '2-fifo.yaml',
      '3-huge.yaml',
      '4-bomb.yaml',
      '5-keys.json',
      '6-directory.yaml',
    ];
    expect(refused.map(({ file }) => file)).toEqual(names.map((name) => daemon.file(name)));
  });
  await daemon.remove('p.yaml');
  await eventually(async () =>
    expect((await daemon.status()).pods.map(({ name }) => name)).toEqual(['late']),
  );
});

besideOthers(
  'of two files with one name the recorded one stays; a renamed file is the same pod',
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace } = daemon;
    const pod = (note: string) => flat({ name: 'p', namespace, containers: [idle('a', note)] });
    await daemon.write('m.yaml', pod('recorded'));
    await daemon.start();
    const { uid } = await daemon.running('p');
    const before = idsOf(await world.live(namespace, 'p'));

    await daemon.write('a.yaml', pod('other'));
    const isRefused = async () => {
      const { refused } = await daemon.status();
      expect(refused.map(({ file }) => file)).toEqual([daemon.file('a.yaml')]);
      expect(refused[0]?.errors[0]?.message).toContain(daemon.file('m.yaml'));
    };
    await eventually(isRefused);
    await daemon.restart();
    await isRefused();
    await daemon.remove('a.yaml');
    await rename(daemon.file('m.yaml'), daemon.file('z.yaml'));
    await eventually(async () => expect((await daemon.pod('p')).file).toBe(daemon.file('z.yaml')));
    await daemon.passes();
    expect(await daemon.pod('p')).toMatchObject({ uid, waiting: [] });
    expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
  },
);

/** Small to read and, where aliases are followed blindly, two to the thirtieth power to hold. */
function aliasBomb(): string {
  const lines = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}]`);
  return `l0: &l0 [x]\n${lines.join('\n')}\nname: *l30\n`;
}
