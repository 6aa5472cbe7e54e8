import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, idle, stubborn } from './support/manifests.ts';
import { runTinylet } from './support/program.ts';
import { besideOthers, idsOf, useContainerd } from './support/world.ts';

const world = useContainerd('shutdown');

besideOthers('SIGTERM leaves the pods, and the next start takes them as they are', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a'), idle('b')] }));
  await daemon.start();
  const { uid } = await daemon.running('p');
  const before = await world.objects(namespace);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    expect(await daemon.end(signal)).toEqual({ code: 0, signal: null });
    expect(await world.objects(namespace)).toEqual(before);
    await expect(daemon.status()).rejects.toThrow('no such socket');
    await daemon.start();
    await daemon.passes();
    expect((await daemon.running('p')).uid).toBe(uid);
    expect(await world.objects(namespace)).toEqual(before);
  }
});

besideOthers('a stop that SIGTERM cut short is taken up with what is left of its grace', async (context) => {
  const graceSeconds = 20;
  const daemon = await world.daemon(context);
  const removedAtMs = await removeDeaf(daemon, graceSeconds);
  expect(await daemon.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(Object.keys((await world.live(daemon.namespace, 'p')).containers)).toEqual(['deaf']);
  await daemon.start();
  await eventually(async () => expect((await daemon.status()).pods).toEqual([]));
  expect(Date.now() - removedAtMs).toBeGreaterThanOrEqual(graceSeconds * 1000);
  expect(await world.objects(daemon.namespace)).toEqual({ sandboxes: [], containers: [] });
});

besideOthers('a second signal ends it at once', async (context) => {
  const daemon = await world.daemon(context);
  await removeDeaf(daemon, 30);
  process.kill(daemon.pid, 'SIGTERM');
  await daemon.said('tinylet ends; pods go on');
  expect(await daemon.end('SIGTERM')).toEqual({ code: 143, signal: null });
  expect(Object.keys((await world.live(daemon.namespace, 'p')).containers)).toEqual(['deaf']);
});

besideOthers('a second daemon on one root directory refuses, until the first is gone', async (context) => {
  const daemon = await world.daemon(context);
  await daemon.start();
  const second = ['--manifests', daemon.manifests, ...daemon.place, '--api-socket', `${daemon.apiSocket}2`];
  const refused = await runTinylet(second);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain(`another tinylet (pid ${daemon.pid}) runs on ${daemon.rootDir}`);
  expect((await daemon.status()).runtime.ready).toBe(true);
  await daemon.restart('SIGKILL');
});

besideOthers('stop --all ends daemon and pods and leaves a shared containerd', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const bystander = await world.daemon(context);
  await bystander.write(
    'p.yaml',
    flat({ name: 'p', namespace: bystander.namespace, containers: [idle('a')] }),
  );
  await bystander.start();
  await bystander.running('p');
  const theirs = idsOf(await world.live(bystander.namespace, 'p'));
  for (const name of ['a', 'b'])
    await daemon.write(`${name}.yaml`, flat({ name, namespace, containers: [idle('c')] }));
  await daemon.start();
  await daemon.running('a');
  await daemon.running('b');
  const stop = () => runTinylet(['stop', '--all', ...daemon.place]);
  expect(await stop()).toMatchObject({ code: 0, stdout: 'daemon stopped, 2 pods removed\n' });
  expect(await daemon.ended()).toEqual({ code: 0, signal: null });
  expect(await world.objects(namespace)).toEqual({ sandboxes: [], containers: [] });
  expect(await stop()).toMatchObject({ code: 0, stdout: 'no daemon ran, 0 pods removed\n' });
  expect(idsOf(await world.live(bystander.namespace, 'p'))).toEqual(theirs);
  expect((await bystander.status()).runtime.ready).toBe(true);
});

/** Removes a pod that needs all of its grace period, waits until its stop has begun, and tells since when. */
async function removeDeaf(daemon: Daemon, graceSeconds: number): Promise<number> {
  const { namespace, rootDir } = daemon;
  const pod = {
    name: 'p',
    namespace,
    terminationGracePeriodSeconds: graceSeconds,
    containers: [stubborn('deaf')],
  };
  await daemon.write('p.yaml', flat(pod));
  await daemon.start();
  const { uid } = await daemon.running('p');
  const removedAtMs = Date.now();
  await daemon.remove('p.yaml');
  await eventually(async () => {
    const record = await readFile(join(rootDir, 'pods', uid, 'record.json'), 'utf8');
    expect(Object.keys(JSON.parse(record).stops).length).toBe(1);
    expect(daemon.log.map(({ action }) => action)).toContain('begin-stop');
  });
  return removedAtMs;
}
