import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, shell } from './support/manifests.ts';
import { besideOthers, useContainerd } from './support/world.ts';

const world = useContainerd('pod-log');

const ROTATION = ['--container-log-max-size', '64Ki', '--container-log-max-files', '3'];
const LINES = 2_400;

/** Writes about 24 KiB a second, lines numbered from 0, says so and ends: three rotations at least, which come every ten seconds. */
const WRITER = `
  n=0; pad=$(printf %0200d 0)
  while [ $n -lt ${LINES} ]; do
    until [ $((n % 80)) -eq 79 ]; do echo "$n $pad"; n=$((n + 1)); done
    echo "$n $pad"; n=$((n + 1)); sleep 1
  done
  echo the end >&2; sleep 1`;

const TICKER = 'echo begun; while :; do sleep 1; done';

/** The answer to a request for the log of pod `p`. */
function log(daemon: Daemon, query: string): Promise<IncomingMessage> {
  const path = `/api/v1/namespaces/${daemon.namespace}/pods/p/log?${query}`;
  return new Promise((resolve, reject) => {
    get({ socketPath: daemon.apiSocket, path, agent: false }, resolve).once('error', reject);
  });
}

besideOthers('what is followed comes whole and once, over rotations, to the last word', async (context) => {
  const daemon = await world.daemon(context, { args: ['--interval', '500ms', ...ROTATION] });
  const { namespace } = daemon;
  const pod = flat({ name: 'p', namespace, restartPolicy: 'Never', containers: [shell('writer', WRITER)] });
  await daemon.write('p.yaml', pod);
  await daemon.start();
  await daemon.running('p');
  const [whole, stderr] = [await log(daemon, 'follow=true'), await log(daemon, 'follow=true&stream=Stderr')];
  expect(whole.headers).toMatchObject({ 'content-type': 'text/plain', 'transfer-encoding': 'chunked' });
  const lines = (await text(whole)).split('\n');
  expect(await text(stderr)).toBe('the end\n');
  const numbers = lines.slice(0, LINES).map((line) => Number(/^(\d+) 0{200}$/.exec(line)?.[1] ?? Number.NaN));
  expect(numbers).toEqual(Array.from({ length: LINES }, (_, index) => index));
  expect(lines.slice(LINES)).toEqual(['the end', '']);
  expect(daemon.log.filter(({ msg }) => msg === 'log rotated').length).toBeGreaterThanOrEqual(2);
  // What was rotated is told to those only who followed.
  const last = (await text(await log(daemon, 'tailLines=5000'))).split('\n');
  expect(last.length).toBeLessThan(LINES);
  expect(last.slice(-2)).toEqual(['the end', '']);
});

besideOthers('following ends with the instance, and the next one has a log of its own', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [shell('a', TICKER)] }));
  await daemon.start();
  await daemon.running('p');
  const followed = text(await log(daemon, 'follow=true'));
  const { containers } = await world.live(namespace, 'p');
  const first = containers.a?.id;
  await eventually(async () => expect(await text(await log(daemon, ''))).toBe('begun\n'));
  if (first !== undefined) await world.cri.stopContainer(first, 0);
  expect(await followed).toBe('begun\n');
  await eventually(async () => expect((await daemon.pod('p')).containers[0]?.restartCount).toBe(1));
  await eventually(async () => {
    expect(await text(await log(daemon, 'previous=true&timestamps=true&tailLines=1'))).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\S+ begun\n$/,
    );
  });
});

besideOthers('a client that goes away leaves nothing open', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [shell('a', TICKER)] }));
  await daemon.start();
  const { uid } = await daemon.running('p');
  const directory = join(daemon.logDir, `${namespace}_p_${uid}`, 'a');
  expect(await openBelow(daemon)).toEqual([]);
  const responses = await Promise.all(Array.from({ length: 5 }, () => log(daemon, 'follow=true')));
  await eventually(async () => expect((await openBelow(daemon)).length).toBe(10));
  expect(await isWatched(daemon, directory)).toBe(true);
  for (const response of responses) response.destroy();
  await eventually(async () => {
    expect(await openBelow(daemon)).toEqual([]);
    expect(await isWatched(daemon, directory)).toBe(false);
  });
});

/** What the daemon has open of its logs. */
async function openBelow({ pid, logDir }: Daemon): Promise<readonly string[]> {
  const fds = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(logDir));
}

/** Whether the kernel tells the daemon of changes in a directory (proc(5): fdinfo of an inotify descriptor). */
async function isWatched({ pid }: Daemon, directory: string): Promise<boolean> {
  const { ino } = await stat(directory);
  const fds = await readdir(`/proc/${pid}/fdinfo`);
  const infos = await Promise.all(
    fds.map((fd) => readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8').catch(() => '')),
  );
  return infos.some((info) => info.includes(`ino:${ino.toString(16)} `));
}
