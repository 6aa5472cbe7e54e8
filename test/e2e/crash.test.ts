import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sleep, systemClock } from '../../src/base/index.ts';
import { label } from '../../src/pod/index.ts';
import { layoutOf } from '../../src/standalone/layout.ts';
import { mountsUnder } from '../../src/standalone/mounts.ts';
import { SeededRandom } from '../fakes/seeded-random.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually, httpText } from './support/eventually.ts';
import { flat, idle, web } from './support/manifests.ts';
import { besideOthers, idsOf, onContainerd, useContainerd } from './support/world.ts';

const world = useContainerd('crash');

/** More seeds and kills prove more and take minutes: `make test` must stay short. TINYLET_SEED=3 tries that one. */
const FULL = process.env.TINYLET_FULL === '1';
const SEEDS = process.env.TINYLET_SEED?.split(',').map(Number) ?? (FULL ? [1, 2, 3, 4] : [1]);
const KILLS = FULL ? 20 : 8;
const NAMES = Array.from({ length: 10 }, (_, index) => `pod-${index}`);

/** What the manifests ask for: the greeting of each pod that is wanted. */
type Wanted = Map<string, string>;

for (const seed of SEEDS) {
  onContainerd(
    `killed at any moment while ten pods come and go, it converges (seed ${seed})`,
    async (context) => {
      const daemon = await world.daemon(context);
      const random = new SeededRandom(seed);
      const wanted: Wanted = new Map();
      for (const name of NAMES) await want(daemon, wanted, name, 'greeting-0');
      await daemon.launch();
      for (let round = 1; round <= KILLS; round += 1) {
        await sleep(systemClock, random.between(50, 2_500));
        for (let change = 0; change < 4; change += 1)
          await changeOne(daemon, wanted, { random, greeting: `greeting-${round}` });
        await sleep(systemClock, random.between(0, 400));
        await daemon.end('SIGKILL');
        await daemon.launch();
      }
      await expectConverged(daemon, wanted);
      await eventually(() => expectNoRubbish(daemon));
      await daemon.passes();
      const before = await world.objects(daemon.namespace);
      await daemon.passes();
      expect(await world.objects(daemon.namespace), 'a converged node is left alone').toEqual(before);
    },
  );
}

onContainerd(
  'containerd killed and restarted: pods are untouched, and the daemon goes on',
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace } = daemon;
    await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [web('still'), idle('b')] }));
    await daemon.start();
    const { podIPs } = await daemon.running('p');
    const before = idsOf(await world.live(namespace, 'p'));
    // It may be back before it is missed; whoever starts it anew takes longer each time.
    await eventually(async () => {
      const restarted = world.runtime.restart();
      const isBack = restarted.then(() => true);
      let seen = await runtimeOf(daemon);
      while (seen.ready && !(await Promise.race([isBack, sleep(systemClock, 20)])))
        seen = await runtimeOf(daemon);
      await daemon.write('q.yaml', flat({ name: 'q', namespace, containers: [idle('a')] }));
      await restarted;
      expect(seen).toMatchObject({ ready: false, message: expect.stringContaining(world.socket) });
    });
    await daemon.running('q');
    await daemon.passes();
    expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
    expect(await httpText(`http://${podIPs[0]}:8080/`)).toBe('still from pod p\n');
    await daemon.remove('q.yaml');
    await eventually(async () => expect((await daemon.status()).pods.map(({ name }) => name)).toEqual(['p']));
  },
);

besideOthers('without a runtime at its start it says so, waits, and then works', async (context) => {
  const daemon = await world.daemon(context, { runtimeLater: true });
  const { namespace } = daemon;
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
  await daemon.launch();
  const line = await daemon.said('runtime does not answer');
  expect(line.err).toContain(daemon.socket);
  expect(await daemon.status()).toMatchObject({ runtime: { ready: false }, passes: 0 });
  expect((await daemon.status()).runtime.message).toContain(daemon.socket);
  await symlink(world.socket, daemon.socket);
  await daemon.running('p');
  expect((await daemon.status()).runtime.ready).toBe(true);
  expect(daemon.log.filter(({ msg }) => msg === 'runtime does not answer').length, 'told once').toBe(1);
});

async function runtimeOf(daemon: Daemon) {
  return (await daemon.status()).runtime;
}

function want(daemon: Daemon, wanted: Wanted, name: string, greeting: string): Promise<void> {
  wanted.set(name, greeting);
  const { namespace } = daemon;
  return daemon.write(`${name}.yaml`, flat({ name, namespace, containers: [web(greeting), idle('beside')] }));
}

/** Adds, edits or removes one pod. */
async function changeOne(
  daemon: Daemon,
  wanted: Wanted,
  { random, greeting }: { random: SeededRandom; greeting: string },
): Promise<void> {
  const name = random.pick(NAMES);
  if (!wanted.has(name) || random.chance(0.5)) return want(daemon, wanted, name, greeting);
  wanted.delete(name);
  return daemon.remove(`${name}.yaml`);
}

/** Of each container at most one instance is kept that ended, and no sandbox but for one. What cannot be removed is tried again later. */
async function expectNoRubbish({ namespace }: Daemon): Promise<void> {
  const { sandboxes, containers } = await world.objects(namespace);
  const ended = containers.filter(({ state }) => state !== 'running');
  const names = ended.map(({ labels, name }) => `${labels[label.podUid]}/${name}`);
  expect(names).toEqual([...new Set(names)]);
  const used = containers.map(({ sandboxId }) => sandboxId);
  expect(sandboxes.filter(({ id, state }) => state !== 'ready' && !used.includes(id))).toEqual([]);
}

/** Just the wanted pods run, each once and in the version wanted; of the others nothing is left. */
async function expectConverged(daemon: Daemon, wanted: Wanted): Promise<void> {
  const { namespace, logDir, rootDir } = daemon;
  const names = [...wanted.keys()].sort();
  await eventually(async () => expect((await daemon.status()).pods.map(({ name }) => name)).toEqual(names));
  for (const name of names) {
    const { podIPs } = await daemon.running(name);
    const answer = `${wanted.get(name)} from pod ${name}\n`;
    await eventually(async () => expect(await httpText(`http://${podIPs[0]}:8080/`)).toBe(answer));
    // It answers before the runtime calls it running; what was told above may have been the version before.
    await daemon.running(name);
    const { containers } = await world.live(namespace, name);
    expect(Object.keys(containers).sort()).toEqual(['beside', 'web']);
  }
  const { pods } = await daemon.status();
  const uids = pods.map(({ uid }) => uid).sort();
  const { sandboxes, containers } = await world.objects(namespace);
  expect([...new Set(sandboxes.map(({ uid }) => uid))].sort()).toEqual(uids);
  const known = sandboxes.map(({ id }) => id);
  expect(containers.filter(({ sandboxId }) => !known.includes(sandboxId))).toEqual([]);
  const mounts = await mountsUnder([layoutOf(world.runtime.rootDir).stateDir]);
  const ready = (await world.cri.listSandboxes()).filter(({ state }) => state === 'ready');
  expect(mounts.filter((point) => point.includes('/netns/')).length, 'network namespaces').toBe(ready.length);
  expect((await readdir(join(rootDir, 'pods'))).sort()).toEqual(uids);
  expect((await readdir(logDir)).sort()).toEqual(
    pods.map(({ name, uid }) => `${namespace}_${name}_${uid}`).sort(),
  );
}
