import { expect } from 'vitest';
import { freePort } from '../support/real-runtime.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually, httpText } from './support/eventually.ts';
import { type ContainerSketch, flat, idle, web } from './support/manifests.ts';
import { saveLike, swapData } from './support/save-like.ts';
import { besideOthers, idsOf, type Live, useContainerd } from './support/world.ts';

const world = useContainerd('edit');

besideOthers(
  'a field of a container restarts that container alone; labels restart nothing',
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace } = daemon;
    const pod = (note: string, labels = {}) =>
      flat({ name: 'p', namespace, labels, containers: [idle('a', note), idle('b')] });
    await daemon.write('p.yaml', pod('one'));
    await daemon.start();
    const { uid } = await daemon.running('p');
    const before = await world.live(namespace, 'p');

    await daemon.write('p.yaml', pod('two'));
    const after = await attemptRuns(daemon, { a: 1, b: 0 });
    expect(idsOf(after)).toMatchObject({ sandbox: before.sandbox.id, b: before.containers.b?.id });
    await daemon.write('p.yaml', pod('two', { app: 'new', tier: 'x' }));
    await daemon.passes();
    expect(idsOf(await world.live(namespace, 'p'))).toEqual(idsOf(after));
    expect((await daemon.running('p')).uid).toBe(uid);
  },
);

besideOthers('an added container starts and a removed one stops, beside those that stay', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const pod = (containers: readonly ContainerSketch[]) => flat({ name: 'p', namespace, containers });
  await daemon.write('p.yaml', pod([idle('a')]));
  await daemon.start();
  await daemon.running('p');
  const before = await world.live(namespace, 'p');
  await daemon.write('p.yaml', pod([idle('a'), idle('new')]));
  const grown = await attemptRuns(daemon, { a: 0, new: 0 });
  expect(idsOf(grown)).toMatchObject(idsOf(before));
  await daemon.write('p.yaml', pod([idle('a')]));
  const shrunk = await attemptRuns(daemon, { a: 0 });
  expect(idsOf(shrunk)).toEqual(idsOf(before));
  await eventually(async () =>
    expect((await world.objects(namespace)).containers.map(({ name }) => name)).toEqual(['a']),
  );
});

besideOthers('a field of the pod makes the sandbox anew', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const ports = [await freePort(), await freePort(), await freePort()];
  const onHost = {
    ...web('host'),
    command: ['/bin/httpd', '-f', '-p', `${ports[2]}`, '-h', '/www'],
    ports: [],
  };
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [web('one', ports[0])] }));
  await daemon.start();
  const { uid } = await daemon.running('p');
  const before = await world.live(namespace, 'p');
  await eventually(async () => expect(await httpText(`http://127.0.0.1:${ports[0]}/`)).toContain('one from'));

  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [web('one', ports[1])] }));
  const moved = await attemptRuns(daemon, { web: 1 }, 1);
  expect(moved.sandbox.id).not.toBe(before.sandbox.id);
  await eventually(async () => expect(await httpText(`http://127.0.0.1:${ports[1]}/`)).toContain('one from'));
  await expect(httpText(`http://127.0.0.1:${ports[0]}/`)).rejects.toThrow();

  await daemon.write('p.yaml', flat({ name: 'p', namespace, hostNetwork: true, containers: [onHost] }));
  await attemptRuns(daemon, { web: 2 }, 2);
  await eventually(async () =>
    expect(await httpText(`http://127.0.0.1:${ports[2]}/`)).toContain('host from'),
  );
  expect(await daemon.running('p')).toMatchObject({ uid, hostNetwork: true });
  // The latest dead container is kept for its logs, and its sandbox with it; older ones go.
  await eventually(async () => {
    const { sandboxes } = await world.objects(namespace);
    expect(sandboxes.map(({ id }) => id)).not.toContain(before.sandbox.id);
  });
});

/** With an hour between two passes over everything, only the watching of files can tell of an edit. */
const EVENTS_ALONE = ['--interval', '1h'];

besideOthers('however a file is saved, it is one update, seen at once', async (context) => {
  const daemon = await world.daemon(context, { args: EVENTS_ALONE });
  const { namespace } = daemon;
  const pod = (note: string) => flat({ name: 'p', namespace, containers: [idle('a', note), idle('b')] });
  await daemon.write('p.yaml', pod('note-0'));
  await daemon.start();
  await daemon.running('p');
  const before = await world.live(namespace, 'p');
  for (const [index, save] of Object.values(saveLike).entries()) {
    await save(daemon.file('p.yaml'), { from: `note-${index}`, to: `note-${index + 1}` });
    const after = await attemptRuns(daemon, { a: index + 1, b: 0 });
    expect(idsOf(after)).toMatchObject({ sandbox: before.sandbox.id, b: before.containers.b?.id });
  }
  expect(daemon.log.filter(({ action }) => action === 'create-container').length).toBe(
    2 + Object.keys(saveLike).length,
  );
  expect((await daemon.status()).refused).toEqual([]);
});

besideOthers('a swapped ..data link is one update', async (context) => {
  const daemon = await world.daemon(context, { args: EVENTS_ALONE });
  const { namespace } = daemon;
  const pod = (note: string) => flat({ name: 'p', namespace, containers: [idle('a', note), idle('b')] });
  await swapData(daemon.manifests, 'v1', { 'p.yaml': pod('one') });
  await daemon.start();
  await daemon.running('p');
  const before = await world.live(namespace, 'p');
  await swapData(daemon.manifests, 'v2', { 'p.yaml': pod('two') });
  const after = await attemptRuns(daemon, { a: 1, b: 0 });
  expect(idsOf(after)).toMatchObject({ sandbox: before.sandbox.id, b: before.containers.b?.id });
});

/** Waits until just these containers run, each in the attempt named, in a sandbox of the attempt named. */
function attemptRuns(
  { namespace }: Daemon,
  attempts: Readonly<Record<string, number>>,
  sandboxAttempt = 0,
): Promise<Live> {
  return eventually(async () => {
    const live = await world.live(namespace, 'p');
    const found = Object.entries(live.containers).map(([name, { attempt }]) => [name, attempt]);
    expect(Object.fromEntries(found)).toEqual(attempts);
    expect(live.sandbox.attempt).toBe(sandboxAttempt);
    return live;
  });
}
