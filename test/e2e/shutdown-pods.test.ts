import { expect } from 'vitest';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, idle, shell, stubborn } from './support/manifests.ts';
import { runTinylet } from './support/program.ts';
import { besideOthers, useContainerd } from './support/world.ts';

const world = useContainerd('shutdown-pods');

const argsFor = (gracePeriod: string) => [
  ...['--interval', '500ms'],
  ...['--shutdown-pods', '--shutdown-grace-period', gracePeriod],
];

besideOthers('SIGTERM stops the pods in order, and the next start brings them back', async (context) => {
  const daemon = await world.daemon(context, { args: argsFor('40s') });
  const { namespace } = daemon;
  const startAfter = { annotations: { 'tinylet.dev/start-after': 'db' } };
  // A first process is deaf to the signal until it has a handler.
  const readinessProbe = { exec: { command: ['test', '-f', '/tmp/up'] }, periodSeconds: 1 };
  const endsAfter = (name: string, seconds: number) => ({
    ...shell(name, `trap "sleep ${seconds}; exit 0" TERM; touch /tmp/up; while :; do sleep 0.1; done`),
    readinessProbe,
  });
  const [slow, lengthy] = [endsAfter('db', 1), endsAfter('web', 2)];
  const grace = { terminationGracePeriodSeconds: 15 };
  await daemon.write(
    'web.yaml',
    flat({ name: 'web', namespace, ...startAfter, ...grace, containers: [lengthy] }),
  );
  await daemon.write('db.yaml', flat({ name: 'db', namespace, ...grace, containers: [slow] }));
  await daemon.write(
    'job.yaml',
    flat({ name: 'job', namespace, restartPolicy: 'Never', containers: [idle('job')] }),
  );
  await daemon.start();
  for (const name of ['web', 'db', 'job'])
    await eventually(async () =>
      expect((await daemon.running(name)).containers).toMatchObject([{ ready: true }]),
    );
  const uids = await uidsOf(daemon);

  expect(await daemon.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect((await world.objects(namespace)).sandboxes.map(({ state }) => state)).toEqual(
    Array(3).fill('not-ready'),
  );
  const ends = await endsOf(namespace);
  // As they end by themselves, none was killed; the one that others were started after ended last.
  expect(ends.web?.exitCode).toBe(0);
  expect(ends.db?.exitCode).toBe(0);
  expect(ends.db?.finishedAtMs).toBeGreaterThanOrEqual((ends.web?.finishedAtMs ?? Infinity) + 1_000);

  await daemon.start();
  for (const name of ['web', 'db']) {
    const { containers } = await daemon.running(name);
    expect(containers.map(({ restartCount }) => restartCount)).toEqual([1]);
  }
  const [db, web] = [await world.live(namespace, 'db'), await world.live(namespace, 'web')];
  expect(web.sandbox.createdAtMs).toBeGreaterThan(db.containers.db?.createdAtMs ?? Infinity);
  expect(await daemon.pod('job')).toMatchObject({ phase: 'Failed', waiting: [] });
  expect(await uidsOf(daemon)).toEqual(uids);
});

besideOthers('a pod that does not end is killed when the time is over, not before', async (context) => {
  const daemon = await world.daemon(context, { args: argsFor('8s') });
  const { namespace } = daemon;
  const deaf = { terminationGracePeriodSeconds: 600, containers: [stubborn('deaf')] };
  await daemon.write('deaf.yaml', flat({ name: 'deaf', namespace, ...deaf }));
  await daemon.start();
  await daemon.running('deaf');
  const toldAtMs = Date.now();
  expect(await daemon.end('SIGINT')).toEqual({ code: 0, signal: null });
  const { deaf: end } = await endsOf(namespace);
  expect(end?.exitCode).toBe(137);
  // What is left after a tenth for clearing up, in whole seconds.
  expect((end?.finishedAtMs ?? 0) - toldAtMs).toBeGreaterThanOrEqual(6_000);
});

besideOthers(
  'a second signal ends the daemon at once, and the next one brings the stop to its end',
  async (context) => {
    const daemon = await world.daemon(context, { args: argsFor('60s') });
    const { namespace } = daemon;
    const deaf = { terminationGracePeriodSeconds: 8, containers: [stubborn('deaf')] };
    await daemon.write('deaf.yaml', flat({ name: 'deaf', namespace, ...deaf }));
    await daemon.start();
    await daemon.running('deaf');
    const toldAtMs = Date.now();
    process.kill(daemon.pid, 'SIGTERM');
    await eventually(() => expect(daemon.log.map(({ action }) => action)).toContain('begin-stop'));
    expect(await daemon.end('SIGTERM')).toEqual({ code: 143, signal: null });
    expect(Object.keys((await world.live(namespace, 'deaf')).containers)).toEqual(['deaf']);
    await daemon.start();
    await eventually(async () =>
      expect((await world.live(namespace, 'deaf')).containers.deaf?.attempt).toBe(1),
    );
    expect(Date.now() - toldAtMs).toBeGreaterThanOrEqual(8_000);
  },
);

besideOthers('stop --all takes the pods of such a daemon away, too', async (context) => {
  const daemon = await world.daemon(context, { args: argsFor('60s') });
  const { namespace } = daemon;
  for (const name of ['a', 'b'])
    await daemon.write(`${name}.yaml`, flat({ name, namespace, containers: [idle(name)] }));
  await daemon.start();
  for (const name of ['a', 'b']) await daemon.running(name);
  const stopped = await runTinylet(['stop', '--all', ...daemon.place]);
  expect(stopped).toMatchObject({ code: 0, stdout: 'daemon stopped, 2 pods removed\n' });
  expect(await world.objects(namespace)).toEqual({ sandboxes: [], containers: [] });
});

async function uidsOf(daemon: Daemon): Promise<Record<string, string>> {
  const { pods } = await daemon.status();
  return Object.fromEntries(pods.map(({ name, uid }) => [name, uid]));
}

/** How the containers of a namespace ended, by name. */
async function endsOf(namespace: string) {
  const { containers } = await world.objects(namespace);
  const ends = containers.map(async ({ id, name }) => [name, await world.cri.containerStatus(id)] as const);
  return Object.fromEntries(await Promise.all(ends));
}
