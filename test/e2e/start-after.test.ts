import { expect } from 'vitest';
import { eventually } from './support/eventually.ts';
import { flat, idle, shell } from './support/manifests.ts';
import { besideOthers, idsOf, useContainerd } from './support/world.ts';

const world = useContainerd('start-after');

const READY_AFTER_SECONDS = 3;

/** Ready some seconds after it began, and as long as its file is there. */
const slow = {
  ...shell(
    'db',
    `trap "exit 0" TERM; (sleep ${READY_AFTER_SECONDS}; touch /tmp/ready) & while :; do sleep 0.1; done`,
  ),
  readinessProbe: { exec: { command: ['/bin/ls', '/tmp/ready'] }, periodSeconds: 1 },
};

const after = (name: string) => ({ annotations: { 'tinylet.dev/start-after': name } });

besideOthers('a pod begins when the one it starts after is Ready, and ends before it', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('web.yaml', flat({ name: 'web', namespace, ...after('db'), containers: [idle('web')] }));
  await daemon.start();
  const missing = await daemon.waiting('web', 'StartAfter');
  expect(missing.waiting[0]?.message).toBe(
    `waits for pod "${namespace}/db", which no valid manifest defines`,
  );
  await daemon.write('db.yaml', flat({ name: 'db', namespace, containers: [slow] }));
  await eventually(async () =>
    expect((await daemon.pod('web')).waiting[0]?.message).toBe(`waits for pod "${namespace}/db" to be Ready`),
  );
  await daemon.running('web');
  const [db, web] = [await world.live(namespace, 'db'), await world.live(namespace, 'web')];
  const dbBeganMs = db.containers.db?.createdAtMs ?? Number.POSITIVE_INFINITY;
  expect(web.sandbox.createdAtMs - dbBeganMs).toBeGreaterThanOrEqual(READY_AFTER_SECONDS * 1000);

  await Promise.all([daemon.remove('db.yaml'), daemon.remove('web.yaml')]);
  await eventually(async () => expect((await daemon.status()).pods).toEqual([]));
  const ends = daemon.log
    .filter(({ action, msg }) => action === 'remove-sandbox' || msg === 'container stopped')
    .map(({ container, pod }) => container ?? pod);
  expect(ends).toEqual(['web', `${namespace}/web`, 'db', `${namespace}/db`]);
  expect(await world.objects(namespace)).toEqual({ sandboxes: [], containers: [] });
});

besideOthers('a single run waits until the last of a row has begun', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('a.yaml', flat({ name: 'a', namespace, ...after('b'), containers: [idle('a')] }));
  await daemon.write('b.yaml', flat({ name: 'b', namespace, ...after('db'), containers: [idle('b')] }));
  await daemon.write('db.yaml', flat({ name: 'db', namespace, containers: [slow] }));
  await daemon.launch('--once');
  expect(await daemon.ended()).toEqual({ code: 0, signal: null });
  const began = ['db', 'b', 'a'].map(async (name) => (await world.live(namespace, name)).sandbox.createdAtMs);
  const times = await Promise.all(began);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

besideOthers('who runs is left alone when that one gets unready, also by a new daemon', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('db.yaml', flat({ name: 'db', namespace, containers: [slow] }));
  await daemon.write('web.yaml', flat({ name: 'web', namespace, ...after('db'), containers: [idle('web')] }));
  await daemon.start();
  await daemon.running('web');
  const before = idsOf(await world.live(namespace, 'web'));
  const { containers } = await world.live(namespace, 'db');
  const { id } = containers.db ?? {};
  expect(id).toBeDefined();
  if (id !== undefined) await world.cri.execSync(id, ['/bin/rm', '/tmp/ready'], { timeoutSeconds: 60 });
  await eventually(async () =>
    expect((await daemon.pod('db')).containers).toMatchObject([{ name: 'db', ready: false }]),
  );
  await daemon.restart('SIGKILL');
  await daemon.passes();
  expect(idsOf(await world.live(namespace, 'web'))).toEqual(before);
  expect((await daemon.running('web')).waiting).toEqual([]);
});

besideOthers('an edit into a cycle is refused by name, and what runs goes on', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const pod = (name: string, others?: string, note = '') =>
    flat({ name, namespace, ...(others !== undefined && after(others)), containers: [idle(name, note)] });
  await daemon.write('a.yaml', pod('a'));
  await daemon.write('b.yaml', pod('b', 'a'));
  await daemon.start();
  await daemon.running('b');
  const before = await Promise.all(['a', 'b'].map(async (name) => idsOf(await world.live(namespace, name))));

  await daemon.write('a.yaml', pod('a', 'b', 'edited'));
  const message = `cycle: ${namespace}/a → ${namespace}/b → ${namespace}/a`;
  const errors = [{ path: 'metadata.annotations[tinylet.dev/start-after]', message }];
  await eventually(async () =>
    expect((await daemon.status()).refused).toMatchObject([
      { file: daemon.file('a.yaml'), errors },
      { file: daemon.file('b.yaml'), errors },
    ]),
  );
  await daemon.passes();
  const during = await Promise.all(['a', 'b'].map(async (name) => idsOf(await world.live(namespace, name))));
  expect(during).toEqual(before);

  await daemon.write('b.yaml', pod('b'));
  await eventually(async () => {
    expect((await daemon.status()).refused).toEqual([]);
    expect((await world.live(namespace, 'a')).containers.a?.attempt).toBe(1);
  });
});
