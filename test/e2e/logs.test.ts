import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, type TestContext } from 'vitest';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, idle, shell } from './support/manifests.ts';
import { runTinylet } from './support/program.ts';
import { besideOthers, useContainerd, type World } from './support/world.ts';

const world = useContainerd('logs');

const MAX_BYTES = 64 * 1024;
const MAX_FILES = 3;

/** Writes about 20 KiB a second, lines numbered from 0. */
const WRITER = `
  n=0; pad=$(printf %0200d 0)
  while :; do
    until [ $((n % 80)) -eq 79 ]; do echo "$n $pad"; n=$((n + 1)); done
    echo "$n $pad"; n=$((n + 1)); sleep 1
  done`;

async function loggingDaemon(context: TestContext, on: World): Promise<Daemon & { readonly links: string }> {
  const place = await mkdtemp(join(tmpdir(), 'tinylet-e2e-links-'));
  context.onTestFinished(() => rm(place, { recursive: true, force: true }));
  // Made by the daemon.
  const links = join(place, 'containers');
  const args = [
    ...['--interval', '500ms', '--container-log-links', links],
    ...['--container-log-max-size', '64Ki', '--container-log-max-files', String(MAX_FILES)],
  ];
  return Object.assign(await on.daemon(context, { args }), { links });
}

async function logsOf(daemon: Daemon, container: string): Promise<string> {
  const { uid } = await daemon.pod('p');
  return join(daemon.logDir, `${daemon.namespace}_p_${uid}`, container);
}

/** The numbers of the lines in a file, as the container counted them. */
async function numbersIn(path: string): Promise<number[]> {
  const content = await readFile(path);
  const text = (path.endsWith('.gz') ? gunzipSync(content) : content).toString();
  const numbers = /^\S+ stdout F (\d+) 0{200}$/;
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => Number(numbers.exec(line)?.[1] ?? Number.NaN));
}

besideOthers('a container that writes much keeps its last lines, each once and in order', async (context) => {
  const daemon = await loggingDaemon(context, world);
  const { namespace } = daemon;
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [shell('writer', WRITER)] }));
  await daemon.start();
  await daemon.running('p');
  const directory = await logsOf(daemon, 'writer');
  // One rotation more than files are kept: the oldest had to go.
  const rotations = () => daemon.log.filter(({ msg }) => msg === 'log rotated');
  await eventually(() => expect(rotations().length).toBeGreaterThanOrEqual(MAX_FILES));
  expect(rotations()[0]).toMatchObject({ pod: `${namespace}/p`, container: 'writer', attempt: 0 });
  const { containers: before } = await world.live(namespace, 'p');
  await daemon.restart('SIGKILL');
  const { containers: after } = await world.live(namespace, 'p');
  expect(after.writer?.id).toBe(before.writer?.id);
  await daemon.end();

  const names = (await readdir(directory)).sort();
  expect(names).toEqual([
    '0.log',
    expect.stringMatching(/^0\.log\.\d{8}-\d{6}\.gz$/),
    expect.stringMatching(/^0\.log\.\d{8}-\d{6}$/),
  ]);
  const [current = '', compressed = '', rotated = ''] = names;
  const { size, mode } = await lstat(join(directory, rotated));
  expect(size).toBeGreaterThanOrEqual(MAX_BYTES);
  expect((await lstat(join(directory, compressed))).mode).toBe(mode);
  const kept = await Promise.all(
    [compressed, rotated, current].map((name) => numbersIn(join(directory, name))),
  );
  const numbers = kept.flat();
  const first = numbers[0] ?? Number.NaN;
  expect(first).toBeGreaterThan(0);
  expect(numbers).toEqual(numbers.map((_, index) => first + index));
});

besideOthers('a missing log file is begun anew', async (context) => {
  const daemon = await loggingDaemon(context, world);
  const { namespace } = daemon;
  const script = 'while :; do echo tick; sleep 1; done';
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [shell('ticker', script)] }));
  await daemon.start();
  await daemon.running('p');
  const file = join(await logsOf(daemon, 'ticker'), '0.log');
  await rm(file);
  await eventually(async () => expect(await readFile(file, 'utf8')).toContain('stdout F tick'));
});

besideOthers('links come with containers and go with their logs; the previous log stays', async (context) => {
  const daemon = await loggingDaemon(context, world);
  const { namespace, links } = daemon;
  const containers = [shell('a', 'echo begun; exec sleep 100000'), idle('b')];
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers }));
  await daemon.start();
  await daemon.running('p');
  const [a, b] = [await logsOf(daemon, 'a'), await logsOf(daemon, 'b')];
  const linkTo = async (container: string, attempt: number): Promise<Record<string, string>> => {
    const { containers: known } = await world.objects(namespace, 'p');
    const found = known.find((each) => each.name === container && each.attempt === attempt);
    const directory = container === 'a' ? a : b;
    return { [`p_${namespace}_${container}-${found?.id}.log`]: join(directory, `${attempt}.log`) };
  };
  const linked = async (...wanted: readonly [string, number][]): Promise<void> =>
    eventually(async () => {
      const each = await Promise.all(wanted.map(([container, attempt]) => linkTo(container, attempt)));
      expect(await linksIn(links)).toEqual(Object.assign({}, ...each));
    });
  await linked(['a', 0], ['b', 0]);

  await endContainer(daemon, 'a', 0);
  await linked(['a', 0], ['a', 1], ['b', 0]);
  await eventually(async () => expect(await readFile(join(a, '1.log'), 'utf8')).toContain('begun'));
  await endContainer(daemon, 'a', 1);
  await linked(['a', 1], ['a', 2], ['b', 0]);
  expect((await readdir(a)).sort()).toEqual(['1.log', '2.log']);
  expect(await readFile(join(a, '1.log'), 'utf8')).toMatch(/^\S+ stdout F begun\n$/);

  // A daemon that comes back makes what is missing, and leaves the rest.
  await daemon.end('SIGKILL');
  const [missing = '', kept = ''] = Object.keys(await linksIn(links));
  await rm(join(links, missing));
  const { ino } = await lstat(join(links, kept));
  await daemon.start();
  await linked(['a', 1], ['a', 2], ['b', 0]);
  expect((await lstat(join(links, kept))).ino).toBe(ino);

  await daemon.remove('p.yaml');
  await eventually(async () => {
    expect(await linksIn(links)).toEqual({});
    expect(await readdir(daemon.logDir)).toEqual([]);
    expect(await readdir(join(daemon.rootDir, 'log-directories'))).toEqual([]);
  });
});

besideOthers('stop --all takes the links along', async (context) => {
  const daemon = await loggingDaemon(context, world);
  const { namespace, links, place } = daemon;
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
  await daemon.start();
  await daemon.running('p');
  await eventually(async () => expect(Object.keys(await linksIn(links))).toHaveLength(1));
  const stopped = await runTinylet(['stop', '--all', ...place, '--container-log-links', links]);
  expect(stopped.code).toBe(0);
  expect(await linksIn(links)).toEqual({});
  expect(await readdir(daemon.logDir)).toEqual([]);
});

besideOthers("what a lost record leaves goes, and a stranger's logs stay", async (context) => {
  const daemon = await loggingDaemon(context, world);
  const { namespace } = daemon;
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
  await daemon.start();
  const { uid } = await daemon.running('p');
  const own = `${namespace}_p_${uid}`;
  await daemon.end();
  // The pod is gone from the runtime, the manifests and the records: as after a restore of half a backup.
  await daemon.remove('p.yaml');
  const { sandboxes } = await world.objects(namespace);
  for (const { id } of sandboxes) {
    await world.cri.stopSandbox(id);
    await world.cri.removeSandbox(id);
  }
  await rm(join(daemon.rootDir, 'pods', uid, 'record.json'));
  const stranger = `${namespace}_stranger_1234`;
  await mkdir(join(daemon.logDir, stranger, 'app'), { recursive: true });
  expect((await readdir(daemon.logDir)).sort()).toEqual([own, stranger]);
  await daemon.start();
  const line = await daemon.said('orphaned log directory removed');
  expect(line).toMatchObject({
    uid,
    file: join(daemon.logDir, own),
    reason: 'no manifest, no record and no container is of this pod',
  });
  expect(await readdir(daemon.logDir)).toEqual([stranger]);
});

/** Kills an instance and waits for the next to run. */
async function endContainer({ namespace }: Daemon, name: string, attempt: number): Promise<void> {
  const { containers } = await world.live(namespace, 'p');
  const instance = containers[name];
  expect(instance?.attempt).toBe(attempt);
  if (instance !== undefined) await world.cri.stopContainer(instance.id, 0);
  await eventually(async () => {
    const live = await world.live(namespace, 'p');
    expect(live.containers[name]?.attempt).toBe(attempt + 1);
  });
}

async function linksIn(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  const pairs = names.map(
    async (name): Promise<[string, string]> => [name, await readlink(join(directory, name))],
  );
  return Object.fromEntries(await Promise.all(pairs));
}
