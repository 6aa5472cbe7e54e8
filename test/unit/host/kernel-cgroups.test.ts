import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Clock, silentLogger, systemClock } from '../../../src/base/index.ts';
import { cgroupFacts } from '../../../src/host/cgroup-facts.ts';
import { findHierarchies } from '../../../src/host/hierarchies.ts';
import { createPodCgroups } from '../../../src/host/index.ts';
import { asPodUid, type PodCgroup } from '../../../src/pod/index.ts';

const facts = await cgroupFacts();
const hierarchies = await findHierarchies();

/** A directory in every hierarchy of this machine. */
const everywhere = (path: string): string[] => hierarchies.map(({ directory }) => join(directory, path));
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
const present = (path: string): Promise<boolean[]> => Promise.all(everywhere(path).map(exists));
const of = (controller: string, path: string): string =>
  join(hierarchies.find(({ controllers }) => controllers.has(controller))?.directory ?? '', path);

// Elsewhere the kernel's part is left to the machine that has it.
describe.skipIf(!facts.shared)("the kernel's own cgroups", () => {
  const uid = asPodUid(randomUUID());
  const path = `/kubepods/burstable/pod${uid}`;
  const cgroup: PodCgroup = {
    path,
    qos: 'Burstable',
    cpuShares: 1024,
    cpuQuotaUs: 50_000,
    cpuPeriodUs: 100_000,
    memoryLimitBytes: 2 ** 26,
  };
  const cgroups = createPodCgroups({ clock: systemClock, logger: silentLogger });
  /** Waits for nothing, as often as it would have waited. */
  const hasty: Clock = { ...systemClock, setTimer: (_, callback) => systemClock.setTimer(0, callback) };
  const impatient = createPodCgroups({ clock: hasty, logger: silentLogger });
  let inside: ChildProcess | undefined;

  afterEach(async () => {
    inside?.kill('SIGKILL');
    await cgroups.remove(uid);
  });

  test('a pod has its limits, and nothing of it stays behind', async () => {
    await cgroups.setUp(uid, cgroup);
    await cgroups.setUp(uid, cgroup);
    expect(await present(path)).not.toContain(false);
    const [quota, memory] =
      facts.version === 1 ? ['cpu.cfs_quota_us', 'memory.limit_in_bytes'] : ['cpu.max', 'memory.max'];
    expect(await readFile(of('cpu', join(path, quota)), 'utf8')).toMatch(/^50000\b/);
    expect(await readFile(of('memory', join(path, memory)), 'utf8')).toBe('67108864\n');
    await mkdir(of('memory', `${path}/left/behind`), { recursive: true });
    await cgroups.remove(uid);
    await cgroups.remove(uid);
    expect(await present(path)).not.toContain(true);
  });

  test('a process can run in it, and keeps it from being removed until it ends', async () => {
    await cgroups.setUp(uid, cgroup);
    const child = spawn('sleep', ['60']);
    inside = child;
    for (const directory of everywhere(path))
      await writeFile(join(directory, 'cgroup.procs'), String(child.pid));
    await expect(impatient.remove(uid)).rejects.toMatchObject({
      code: 'CGROUP',
      message: expect.stringContaining(`a process is still in ${path}`),
    });
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await cgroups.remove(uid);
    expect(await present(path)).not.toContain(true);
  });

  test('a container that never began and that the runtime has forgotten is ended', async () => {
    await cgroups.setUp(uid, cgroup);
    await Promise.all(everywhere(`${path}/container`).map((directory) => mkdir(directory)));
    // What /proc shows of `runc init`: a script of that name, which waits for its input.
    const place = await mkdtemp('/tmp/unstarted-');
    await writeFile(join(place, 'init'), 'read line');
    const child = spawn('/bin/sh', ['init'], { argv0: 'runc', cwd: place });
    inside = child;
    const ended = once(child, 'exit');
    // A new cpuset of version 1 takes nobody.
    for (const { directory, controllers } of hierarchies)
      if (!controllers.has('cpuset'))
        await writeFile(join(directory, path, 'container/cgroup.procs'), String(child.pid));
    await cgroups.remove(uid);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await present(path)).not.toContain(true);
    await rm(place, { recursive: true });
  });
});
