import { expect } from 'vitest';
import type { JsonObject } from '../../src/base/index.ts';
import { post } from './support/api-post.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, HTTP_IMAGE, idle, shell, v1, v1Json } from './support/manifests.ts';
import { besideOthers, idsOf, useContainerd } from './support/world.ts';

const world = useContainerd('podlet');

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

async function start(daemon: Daemon, manifest: string, query = ''): Promise<[number, JsonObject[]]> {
  const { status, body } = await post(daemon, `/pods${query}`, manifest);
  return [status, JSON.parse(body)];
}

/** The names of all objects of a namespace, as the API lists them. */
async function names(daemon: Daemon): Promise<readonly string[]> {
  const { pods } = await daemon.status();
  return pods.filter(({ terminating }) => !terminating).map(({ name }) => name);
}

besideOthers('pods from manifests: their containers are told when they run', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.start();
  const one = v1({ name: 'one', namespace, containers: [idle('a'), idle('b')] });
  const [status, made] = await start(daemon, one);
  const { containers } = await world.live(namespace, 'one');
  const NEVER = '0001-01-01T00:00:00Z';
  const running = {
    ...{ Status: 'running', Running: true, ExitCode: 0, Error: '' },
    ...{ StartedAt: expect.stringMatching(INSTANT), FinishedAt: NEVER },
  };
  const told = (Name: string) => ({
    ...{ Id: containers[Name]?.id, Name, Created: expect.stringMatching(INSTANT), State: running },
    ...{ Pod: 'one', Namespace: namespace, Image: HTTP_IMAGE },
  });
  expect([status, made]).toEqual([200, [told('a'), told('b')]]);

  // Again: nothing is touched. Changed: just that container is another one.
  const before = idsOf(await world.live(namespace, 'one'));
  expect(await start(daemon, one)).toEqual([200, made]);
  expect(idsOf(await world.live(namespace, 'one'))).toEqual(before);
  const [, changed] = await start(
    daemon,
    v1({ name: 'one', namespace, containers: [idle('a'), idle('b', 'new')] }),
  );
  const after = idsOf(await world.live(namespace, 'one'));
  expect(changed.map(({ Id }) => Id)).toEqual([after.a, after.b]);
  expect([after.a, after.sandbox]).toEqual([before.a, before.sandbox]);
  expect(after.b).not.toBe(before.b);

  // What cannot be had leaves the version that was there as it was.
  const broken = { ...idle('b', 'newer'), image: 'tinylet.invalid/none:1' };
  const [refused, why] = await start(daemon, v1({ name: 'one', namespace, containers: [idle('a'), broken] }));
  expect(refused).toBe(502);
  expect(why).toMatchObject({ kind: 'Status', reason: 'ErrImagePull', code: 502 });
  await daemon.passes();
  expect(idsOf(await world.live(namespace, 'one'))).toEqual(after);
});

besideOthers('several documents at once, or none of them', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('mine.yaml', flat({ name: 'mine', namespace, containers: [idle('a')] }));
  await daemon.start();
  const configMap = {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words', namespace } },
    data: { WORD: 'spoken' },
  };
  const job = {
    ...shell('job', 'echo "$WORD" > /dev/termination-log; exit 3'),
    envFrom: [{ configMapRef: { name: 'words' } }],
  };
  const all = [
    v1Json({ name: 'job', namespace, restartPolicy: 'Never', containers: [job] }),
    flat({ name: 'flat', namespace, containers: [idle('a')] }),
    JSON.stringify(configMap),
  ].join('\n---\n');
  const [status, made] = await start(daemon, all);
  expect(status).toBe(200);
  expect(made).toMatchObject([
    { Pod: 'job', Name: 'job' },
    { Pod: 'flat', Name: 'a', State: { Status: 'running' } },
  ]);
  // Where a pod has come to its end there is nothing to wait for.
  const ended = { Status: 'exited', Running: false, ExitCode: 3, Error: 'spoken\n' };
  await eventually(async () =>
    expect(await start(daemon, all)).toMatchObject([200, [{ Id: made[0]?.Id, State: ended }, made[1]]]),
  );
  const there = ['flat', 'job', 'mine'];
  expect([...(await names(daemon))].sort()).toEqual(there);

  const refusals = await Promise.all([
    // A file of the user's is the user's.
    start(daemon, v1({ name: 'mine', namespace, containers: [idle('b')] })),
    start(
      daemon,
      `${flat({ name: 'new', namespace, containers: [idle('a')] })}\n---\nname: newer\ncontainer: []\n`,
    ),
    start(
      daemon,
      [
        flat({ name: 'new', namespace, containers: [idle('a')] }),
        flat({ name: 'bad', namespace, containers: [{ ...idle('a'), image: 'No Image' }] }),
      ].join('\n---\n'),
    ),
    start(daemon, flat({ name: 'lost', namespace, containers: [{ ...idle('a'), command: ['/nowhere'] }] })),
    start(
      daemon,
      flat({
        name: 'early',
        namespace,
        annotations: { 'tinylet.dev/start-after': 'nobody' },
        containers: [idle('a')],
      }),
      '?timeout=10s',
    ),
  ]);
  const message = (words: string) => expect.stringContaining(words);
  expect(refusals).toMatchObject([
    [403, { message: message(daemon.file('mine.yaml')) }],
    [
      400,
      {
        message: expect.stringMatching(
          /^body:\d+:1: containers: Required value\nbody:\d+:1: container: unknown/,
        ),
      },
    ],
    [502, { reason: 'InvalidImageName', message: message('pod "') }],
    [502, { reason: expect.stringMatching(/^(StartError|RunContainerError|CrashLoopBackOff)$/) }],
    [504, { message: message('does not run after 10 s (StartAfter: ') }],
  ]);
  await daemon.passes();
  expect([...(await names(daemon))].sort()).toEqual(there);
});
