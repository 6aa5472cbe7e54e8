import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, type TestContext } from 'vitest';
import { systemClock } from '../../src/base/index.ts';
import { connectCri } from '../../src/cri/index.ts';
import { layoutOf } from '../../src/standalone/layout.ts';
import { freePort } from '../support/real-runtime.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually, httpText } from './support/eventually.ts';
import { leftovers } from './support/leftovers.ts';
import { flat, idle, web } from './support/manifests.ts';
import { runTinylet } from './support/program.ts';
import { newDaemon, onContainerd } from './support/world.ts';

const run = promisify(execFile);
const CHECKOUT = resolve(import.meta.dirname, '../..');

onContainerd(
  '--standalone brings its own containerd, keeps it through kills, and takes all of it away',
  async (context) => {
    const port = await freePort();
    const daemon = await standaloneDaemon(context, port);
    await daemon.start();
    const { uid } = await daemon.running('p');
    const answers = () =>
      eventually(async () => expect(await httpText(`http://127.0.0.1:${port}/`)).toBe('alone from pod p\n'));
    await answers();
    const [pid, ids] = [await containerdPid(daemon), await idsOn(daemon)];
    expect((await leftovers({ ...daemon, ids })).length).toBeGreaterThan(8);

    await daemon.restart('SIGKILL');
    expect(daemon.log.findLast(({ msg }) => msg === 'private containerd serves')).toMatchObject({
      pid,
      adopted: true,
    });
    await daemon.passes();
    expect([await containerdPid(daemon), await idsOn(daemon)]).toEqual([pid, ids]);

    process.kill(pid, 'SIGKILL');
    await daemon.said('private containerd restarted');
    expect(await containerdPid(daemon)).not.toBe(pid);
    await daemon.write(
      'late.yaml',
      flat({ name: 'late', namespace: daemon.namespace, containers: [idle('a')] }),
    );
    await daemon.running('late');
    expect(await daemon.running('p')).toMatchObject({ uid, containers: [{ restartCount: 0 }] });
    expect(await idsOn(daemon)).toEqual(expect.arrayContaining([...ids]));
    await answers();

    const all = await idsOn(daemon);
    const stopped = await stopAll(daemon);
    expect(stopped).toMatchObject({
      code: 0,
      stdout: 'daemon stopped, 2 pods removed, private containerd stopped\n',
    });
    expect(await daemon.ended()).toEqual({ code: 0, signal: null });
    expect(await leftovers({ ...daemon, ids: all })).toEqual([]);
    expect(await readdir(join(daemon.rootDir, 'pods'))).toEqual([]);
    expect(await readdir(daemon.logDir)).toEqual([]);
    expect(await stopAll(daemon)).toMatchObject({ code: 0, stdout: 'no daemon ran, 0 pods removed\n' });
    expect(await leftovers({ ...daemon, ids: all })).toEqual([]);
  },
);

onContainerd(
  'stop --all leaves nothing where daemon and containerd were killed and the pod goes on',
  async (context) => {
    const daemon = await standaloneDaemon(context, await freePort());
    await daemon.start();
    await daemon.running('p');
    const [pid, ids] = [await containerdPid(daemon), await idsOn(daemon)];
    await daemon.end('SIGKILL');
    process.kill(pid, 'SIGKILL');
    const stopped = await stopAll(daemon);
    expect(stopped).toMatchObject({
      code: 0,
      stdout: 'no daemon ran, 1 pod removed, private containerd stopped\n',
    });
    expect(await leftovers({ ...daemon, ids })).toEqual([]);
    expect(await readdir(join(daemon.rootDir, 'pods'))).toEqual([]);
  },
);

/** A daemon that is to have a containerd of its own, with the test images to import and one pod. */
async function standaloneDaemon(context: TestContext, hostPort: number): Promise<Daemon> {
  const daemon = await newDaemon(context, {
    namespace: 'alone',
    args: ['--standalone', '--interval', '500ms'],
  });
  const { rootDir, namespace } = daemon;
  const images = join(CHECKOUT, '.cache/images');
  await run(join(CHECKOUT, 'docker/images/build.sh'), [images]);
  await mkdir(join(rootDir, 'images'), { recursive: true });
  for (const name of ['pause.tar', 'http.tar']) await cp(join(images, name), join(rootDir, 'images', name));
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [web('alone', hostPort)] }));
  return daemon;
}

/** The process of the private containerd, as it is recorded for the next start. */
async function containerdPid({ rootDir }: Daemon): Promise<number> {
  const record: { pid: number } = JSON.parse(await readFile(layoutOf(rootDir).recordFile, 'utf8'));
  return record.pid;
}

/** The ids of everything on its containerd. */
async function idsOn({ socket }: Daemon): Promise<readonly string[]> {
  const cri = connectCri({ endpoint: socket, clock: systemClock });
  try {
    const objects = [...(await cri.listSandboxes()), ...(await cri.listContainers())];
    return objects.map(({ id }) => id).sort();
  } finally {
    cri.close();
  }
}

function stopAll({ place }: Daemon) {
  return runTinylet(['stop', '--all', ...place]);
}
