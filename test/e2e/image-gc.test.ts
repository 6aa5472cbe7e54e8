import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { sleep, systemClock } from '../../src/base/index.ts';
import { realRuntimeUnavailable } from '../support/real-runtime.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { type ContainerSketch, flat, idle } from './support/manifests.ts';
import { runTinylet } from './support/program.ts';
import { onContainerd, useContainerd } from './support/world.ts';

/** Images go once they are pulled and not needed: to thresholds of 0 every disk is too full. */
const ALWAYS = [
  ...['--interval', '500ms', '--image-gc', 'on', '--image-minimum-gc-age', '0s'],
  ...['--image-gc-high-threshold', '0', '--image-gc-low-threshold', '0'],
];

const world = useContainerd('image-gc');
let registry: TestRegistry;

if (realRuntimeUnavailable() === undefined) {
  beforeAll(async () => {
    registry = await startRegistry();
  }, 120_000);
  afterAll(() => registry?.stop());
}

/** An image of its own content, so that it has an id of its own. */
function pushed(name: string): Promise<string> {
  const archive = join(world.runtime.rootDir, 'images/http.tar');
  return registry.push({ archive, config: { Labels: { name } } }, `${name}:1`);
}

function pod(
  { namespace }: Daemon,
  name: string,
  image: Pick<ContainerSketch, 'image' | 'imagePullPolicy'>,
): string {
  return flat({ name, namespace, containers: [{ ...idle('a'), ...image }] });
}

const isThere = async (image: string): Promise<boolean> => (await world.cri.imageStatus(image)) !== undefined;

onContainerd('of all images those go that tinylet pulled and nothing needs', async (context) => {
  const daemon = await world.daemon(context, { args: ALWAYS });
  const [unused, named, used, before] = await Promise.all(['unused', 'named', 'used', 'before'].map(pushed));
  if (!unused || !named || !used || !before) throw new Error('an image is missing');
  await world.cri.pullImage(before);
  for (const [name, image] of Object.entries({ unused, named, used, before }))
    await daemon.write(`${name}.yaml`, pod(daemon, name, { image }));
  // Every start pulls it, and it is nobody's but that other hand's all the same.
  await daemon.write('always.yaml', pod(daemon, 'always', { image: before, imagePullPolicy: 'Always' }));
  // Not before all is as it shall be then.
  await daemon.start('--image-gc', 'off');
  for (const name of ['unused', 'named', 'used', 'before', 'always']) await daemon.running(name);
  const { stdout: events } = await runTinylet(['events', '--api-socket', daemon.apiSocket]);
  expect(events).toContain(`Pulling image "${unused}"`);
  expect(events).toMatch(
    new RegExp(
      `Successfully pulled image "${unused}" in [\\d.ms]+ \\([\\d.ms]+ including waiting\\)\\. Image size: \\d+ bytes\\.`,
    ),
  );
  expect(events).toContain(`Container image "${before}" already present on machine`);
  const stranger = await runStranger(used);
  for (const name of ['unused', 'used', 'before', 'always']) await daemon.remove(`${name}.yaml`);
  await eventually(async () => expect((await daemon.status()).pods).toHaveLength(1));
  expect(await isThere(unused)).toBe(true);

  // The first look is soon after a start; which images are its own it has on record.
  await daemon.restart('SIGKILL');
  await daemon.said('image removed');
  expect(await isThere(unused)).toBe(false);
  expect(await Promise.all([named, used, before, world.runtime.httpImage].map(isThere))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  await daemon.said('disk space for images cannot be freed');
  expect(daemon.log.filter(({ msg }) => msg === 'image removed').map(({ image }) => `${image}`)).toEqual([
    expect.stringContaining(unused),
  ]);

  await stranger.remove();
  await daemon.restart();
  await eventually(async () => expect(await isThere(used)).toBe(false));
  expect(await Promise.all([named, before, world.runtime.httpImage].map(isThere))).toEqual([
    true,
    true,
    true,
  ]);

  // What went comes back when it is needed.
  await daemon.write('unused.yaml', pod(daemon, 'unused', { image: unused }));
  await daemon.running('unused');
});

onContainerd('without being asked for, nothing goes', async (context) => {
  const daemon = await world.daemon(context, {
    args: ALWAYS.map((word) => (word === 'on' ? 'off' : word)),
  });
  const image = await pushed('kept');
  await daemon.write('p.yaml', pod(daemon, 'p', { image }));
  await daemon.start();
  await daemon.running('p');
  await daemon.remove('p.yaml');
  await eventually(async () => expect((await daemon.status()).pods).toEqual([]));
  await daemon.restart();
  // The first look would be after 10 s.
  await sleep(systemClock, 12_000);
  expect(await isThere(image)).toBe(true);
});

/** A container of somebody else, made and not started. */
async function runStranger(image: string): Promise<{ remove(): Promise<void> }> {
  const { cri } = world;
  const sandboxConfig = {
    metadata: { name: 'stranger', namespace: 'elsewhere', uid: 'stranger', attempt: 0 },
    log_directory: join(world.runtime.logDir, 'stranger'),
    linux: { security_context: { namespace_options: { network: 'NODE' as const } } },
  };
  const sandboxId = await cri.runSandbox(sandboxConfig);
  const config = { metadata: { name: 'a', attempt: 0 }, image: { image }, log_path: 'a.log' };
  await cri.createContainer({ sandboxId, config, sandboxConfig });
  return {
    async remove() {
      await cri.stopSandbox(sandboxId);
      await cri.removeSandbox(sandboxId);
    },
  };
}
