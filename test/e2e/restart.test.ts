import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ContainerStatus } from '../../src/status/index.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, idle, shell } from './support/manifests.ts';
import { besideOthers, useContainerd } from './support/world.ts';

const world = useContainerd('restart');

/** The first step of the back-off. */
const BACKOFF_MS = 10_000;

besideOthers('a container that fails is restarted at once, and then only after a pause', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace, logDir } = daemon;
  await daemon.write(
    'p.yaml',
    flat({ name: 'p', namespace, containers: [shell('bad', 'exit 3'), idle('good')] }),
  );
  await daemon.start();
  const { waiting, uid } = await daemon.waiting('p', 'CrashLoopBackOff');
  expect(waiting[0]?.message).toMatch(/^back-off \d+s restarting failed container=bad pod=p_/);
  const first = await containerOf(daemon, 'p', 'bad');
  expect(first).toMatchObject({
    restartCount: 1,
    lastState: { terminated: { exitCode: 3, reason: 'Error' } },
  });
  const { containers: before } = await world.live(namespace, 'p');
  const exited = (await world.objects(namespace)).containers.find(({ attempt }) => attempt === 1);
  if (exited === undefined) throw new Error('the second instance is not there');
  const { finishedAtMs } = await world.cri.containerStatus(exited.id);

  // A restart of the daemon shortens no pause.
  await daemon.restart('SIGKILL');
  const third = await eventually(async () => {
    const found = (await world.objects(namespace)).containers.find(({ attempt }) => attempt === 2);
    expect(found, 'a third instance').toBeDefined();
    return found;
  });
  expect(third?.createdAtMs).toBeGreaterThanOrEqual(finishedAtMs + BACKOFF_MS);
  expect((await world.live(namespace, 'p')).containers.good?.id).toBe(before.good?.id);
  await eventually(async () => expect((await containerOf(daemon, 'p', 'bad')).restartCount).toBe(2));
  // It is counted once it is created; its log comes with its start.
  await eventually(async () =>
    expect(await readdir(join(logDir, `${namespace}_p_${uid}`, 'bad'))).toContain('2.log'),
  );
});

besideOthers('the restart policy decides what an exit means', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const exits = (name: string, code: number, restartPolicy: 'OnFailure' | 'Never') =>
    daemon.write(
      `${name}.yaml`,
      flat({ name, namespace, restartPolicy, containers: [shell('a', `exit ${code}`)] }),
    );
  await exits('on-failure-0', 0, 'OnFailure');
  await exits('on-failure-1', 1, 'OnFailure');
  await exits('never-0', 0, 'Never');
  await exits('never-1', 1, 'Never');
  await daemon.start();
  await daemon.waiting('on-failure-1', 'CrashLoopBackOff');
  const ended = {
    'on-failure-0': ['Succeeded', 'Completed'],
    'never-0': ['Succeeded', 'Completed'],
    'never-1': ['Failed', 'Error'],
  };
  for (const [name, [phase, reason]] of Object.entries(ended)) {
    await eventually(async () => expect(await daemon.pod(name)).toMatchObject({ phase, waiting: [] }));
    expect(await containerOf(daemon, name, 'a')).toMatchObject({
      restartCount: 0,
      state: { terminated: { reason } },
    });
  }
  await daemon.restart();
  await daemon.passes();
  for (const name of Object.keys(ended)) {
    await eventually(async () => {
      const { sandboxes, containers } = await world.objects(namespace, name);
      expect(sandboxes.map(({ state }) => state)).toEqual(['not-ready']);
      expect(containers.map(({ attempt }) => attempt)).toEqual([0]);
    });
  }
});

besideOthers('an image that cannot be had is told of as the kubelet does', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const absent = { image: 'registry.invalid/none:1' };
  const never = { ...idle('never'), ...absent, imagePullPolicy: 'Never' as const };
  const pulled = { ...idle('pulled'), ...absent, imagePullPolicy: 'IfNotPresent' as const };
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [never, pulled, idle('good')] }));
  await daemon.start();
  const seen = new Set<string>();
  await eventually(async () => {
    const { waiting } = await daemon.pod('p');
    for (const { container, reason } of waiting) seen.add(`${container} ${reason}`);
    const wanted = ['never ErrImageNeverPull', 'pulled ErrImagePull', 'pulled ImagePullBackOff'];
    expect([...seen]).toEqual(expect.arrayContaining(wanted));
  });
  const { containers } = await eventually(async () => {
    const live = await world.live(namespace, 'p');
    expect(Object.keys(live.containers)).toEqual(['good']);
    return live;
  });
  const mended = [idle('never'), idle('pulled'), idle('good')];
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: mended }));
  await daemon.running('p');
  expect((await world.live(namespace, 'p')).containers.good?.id).toBe(containers.good?.id);
});

async function containerOf(daemon: Daemon, pod: string, name: string): Promise<ContainerStatus> {
  const found = (await daemon.pod(pod)).containers.find((container) => container.name === name);
  if (found === undefined) throw new Error(`no container ${name} in pod ${pod}`);
  return found;
}
