import { expect, test } from 'vitest';
import type { ManifestDirectory } from '../../../src/manifest/index.ts';
import { asPodUid } from '../../../src/pod/index.ts';
import { makeContainer, makePod } from '../plan/base.ts';
import { goodFile, snapshotOf } from '../targets/manifests.ts';
import { intervalMs, Rig } from './rig.ts';

const podNamed = (name: string) =>
  makePod({
    metadata: { name, uid: asPodUid(`uid-of-${name}`) },
    spec: { containers: [makeContainer(name, { image: `${name}:1` })] },
  });
const [web, mine] = [podNamed('web'), podNamed('mine')];

const unread: ManifestDirectory = { state: 'unreadable', directory: '/m', reason: 'left to the daemon' };
const own = (...pods: (typeof web)[]): ManifestDirectory => ({
  ...{ state: 'read', directory: '/objects', warnings: [] },
  files: pods.map((pod) => goodFile(`/objects/${pod.metadata.name}.json`, pod)),
});

/** What a daemon left whose only pod, `web` from /m, has lost its container since. */
async function left(next: Rig): Promise<Rig> {
  const before = new Rig();
  await before.startWith(web);
  await before.reconciler.stop();
  before.cri.setState('web-0', 'exited', 1);
  for (const [id, sandbox] of before.cri.sandboxes) next.cri.sandboxes.set(id, sandbox);
  for (const [id, container] of before.cri.containers) next.cri.containers.set(id, container);
  for (const [uid, record] of before.records.kept) next.records.kept.set(uid, record);
  for (const image of ['web:1', 'mine:1']) next.cri.images.add(image);
  return next;
}

async function runFor(rig: Rig): Promise<readonly string[]> {
  await rig.reconciler.start();
  await rig.clock.advance(3 * intervalMs);
  await rig.reconciler.stop();
  return rig.cri.calls.filter((call) => /^(run|create|start|stop|remove)/.test(call));
}

const alone = { leavesAlone: (source: string) => source !== '/objects' };

test('pods of a source that is left alone are neither begun anew nor removed, others run', async () => {
  const rig = await left(new Rig(alone));
  rig.manifests = snapshotOf(own(mine), unread);
  expect(await runFor(rig)).toEqual(['runSandbox mine', 'createContainer mine', 'startContainer mine-0']);
  // That nothing is known of it is no news.
  expect(rig.logger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
});

test('the same pods are brought back where nothing is left alone', async () => {
  const rig = await left(new Rig());
  rig.manifests = snapshotOf(own(mine), unread);
  expect(await runFor(rig)).toContain('startContainer web-1');
});

test('what has lost its record is left alone, too', async () => {
  const rig = await left(new Rig(alone));
  rig.records.kept.clear();
  rig.manifests = snapshotOf(own(mine));
  expect(await runFor(rig)).toEqual(['runSandbox mine', 'createContainer mine', 'startContainer mine-0']);
});

test('its names are not free', async () => {
  const rig = await left(new Rig(alone));
  rig.manifests = snapshotOf(own(web), unread);
  expect(await runFor(rig)).toEqual([]);
  expect(rig.reconciler.report().refused).toMatchObject([{ file: '/objects/web.json' }]);
});
