import { describe, expect, test } from 'vitest';
import type { ImageInfo } from '../../../src/cri/index.ts';
import { GcRig, imageOf } from './gc-rig.ts';

const digest = (name: string): string => imageOf(name).repoDigests[0] ?? '';

/** A pull that brings this image, with what happens meanwhile. */
async function pull(
  rig: GcRig,
  name: string,
  image: ImageInfo,
  meanwhile: () => unknown = () => undefined,
): Promise<void> {
  const claim = await rig.pulled.prepare(name);
  await meanwhile();
  rig.images.set(image.id, image);
  await claim(image.id);
}

const namesOnRecord = (rig: GcRig) => Object.fromEntries(rig.saved.map(({ id, names }) => [id, names]));

describe('an image that a pull brought', () => {
  test('is on record with the names that it got, and when', async () => {
    const rig = new GcRig();
    await pull(rig, 'reg.test/a:1', imageOf('a'));
    expect(rig.saved).toEqual([
      { id: 'a', names: ['reg.test/a:1', digest('a')], pulledAtMs: rig.clock.nowMs() },
    ]);
  });

  test.each([
    ['app', ['docker.io/library/app:latest', `docker.io/library/app@sha256:${'0'.repeat(64)}`]],
    ['me/app:2', ['docker.io/me/app:2']],
    [`reg.test:5000/app@sha256:${'0'.repeat(64)}`, [`reg.test:5000/app@sha256:${'0'.repeat(64)}`]],
  ])('%s has the full names of the runtime', async (name, names) => {
    const rig = new GcRig();
    const asked = name === 'app' ? 'app:latest' : name;
    const tags = names.filter((each) => !each.includes('@'));
    const image = imageOf('a', { repoTags: tags, repoDigests: names.filter((each) => each.includes('@')) });
    await pull(rig, asked, image);
    expect(namesOnRecord(rig)).toEqual({ a: names });
  });

  test('is pulled again under the same name, and is as old as it was', async () => {
    const rig = new GcRig();
    await pull(rig, 'reg.test/a:1', imageOf('a'));
    const before = rig.saved;
    await rig.clock.advance(60_000);
    await pull(rig, 'reg.test/a:1', imageOf('a'));
    expect(rig.saved).toEqual(before);
  });

  test('is pulled under another name, and has both', async () => {
    const rig = new GcRig();
    await pull(rig, 'reg.test/a:1', imageOf('a'));
    const both = ['reg.test/a:1', 'reg.test/a:2'];
    await pull(rig, 'reg.test/a:2', imageOf('a', { repoTags: both }));
    expect(namesOnRecord(rig)).toEqual({ a: ['reg.test/a:1', digest('a'), 'reg.test/a:2'] });
  });

  test('lets others keep the names that they gave it meanwhile', async () => {
    const rig = new GcRig();
    const tags = ['reg.test/a:1', 'reg.test/a:2', 'mine/a:1'];
    await pull(rig, 'reg.test/a:1', imageOf('a', { repoTags: tags }));
    expect(namesOnRecord(rig)).toEqual({ a: ['reg.test/a:1', digest('a')] });
  });

  test('leaves the record of the image that had the tag before', async () => {
    const rig = new GcRig();
    await pull(rig, 'reg.test/a:1', imageOf('a'));
    rig.images.set('a', imageOf('a', { repoTags: [] }));
    await pull(rig, 'reg.test/a:1', imageOf('b', { repoTags: ['reg.test/a:1'], repoDigests: [] }));
    expect(namesOnRecord(rig)).toEqual({ b: ['reg.test/a:1'], a: ['reg.test/a:1', digest('a')] });
  });
});

describe('an image that is not ours', () => {
  test.each<[string, Partial<ImageInfo>]>([
    ['under that name', {}],
    ['under another name', { repoTags: ['imported/a:1'], repoDigests: [] }],
    ['under no name', { repoTags: [], repoDigests: [] }],
  ])('was there %s before the pull', async (_case, before) => {
    const rig = new GcRig();
    rig.images.set('a', imageOf('a', before));
    await pull(rig, 'reg.test/a:1', imageOf('a'));
    expect(rig.saved).toEqual([]);
  });

  test('came back by another hand after ours was gone for one look', async () => {
    const rig = new GcRig();
    await pull(rig, 'reg.test/a:1', imageOf('a'));
    rig.images.clear();
    await rig.pulled.look();
    expect(rig.saved).toEqual([]);
    rig.images.set('a', imageOf('a'));
    await pull(rig, 'reg.test/a:1', imageOf('a'));
    expect(rig.saved).toEqual([]);
  });

  test.each([
    ['what was there cannot be listed', 'listImages', 'before'],
    ['it cannot be asked after', 'imageStatus', 'after'],
    ['it cannot be written down', 'save', 'after'],
  ])('counts as such where %s, and the pull goes on', async (_case, call) => {
    const rig = new GcRig();
    rig.failing.set(call, 'no');
    await pull(rig, 'reg.test/a:1', imageOf('a'));
    rig.failing.clear();
    expect((await rig.pulled.look()).own.size).toBe(0);
    expect(rig.warnings()).toEqual([{ image: 'reg.test/a:1', err: 'no' }]);
  });
});

test('two pulls that bring one image at a time share the record', async () => {
  const rig = new GcRig();
  const [first, second] = await Promise.all([
    rig.pulled.prepare('reg.test/a:1'),
    rig.pulled.prepare('reg.test/a:2'),
  ]);
  rig.images.set('a', imageOf('a', { repoTags: ['reg.test/a:1', 'reg.test/a:2'] }));
  await Promise.all([first('a'), second('a')]);
  expect(namesOnRecord(rig)).toEqual({ a: ['reg.test/a:1', digest('a'), 'reg.test/a:2'] });
});

test('of very many the oldest are forgotten', async () => {
  const records = Array.from({ length: 1_000 }, (_, at) => ({ id: `i${at}`, names: [], pulledAtMs: at }));
  const rig = new GcRig(records);
  for (const { id } of records) rig.images.set(id, imageOf(id));
  await pull(rig, 'reg.test/a:1', imageOf('a'));
  expect(rig.saved).toHaveLength(1_000);
  expect([rig.saved[0]?.id, rig.saved.at(-1)?.id]).toEqual(['a', 'i1']);
});
