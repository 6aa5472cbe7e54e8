import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import { asPodUid } from '../../../src/pod/index.ts';
import { type PodDirectories, podDirectories, type VolumeSetup } from '../../../src/volumes/index.ts';
import { emptyDir, mountsBelow, notRoot, realVolumes, run, tree, uid } from './real.ts';

describe.skipIf(notRoot)('the directories of pods', () => {
  const real = realVolumes();
  const found = (): PodDirectories => podDirectories({ rootDir: real.root, logger: silentLogger });
  const at = (path: string): string => join(real.pod, path);
  const memory = (): string => at('volumes/kubernetes.io~empty-dir/memory');

  async function wholePod(): Promise<void> {
    const claim: VolumeSetup = {
      ...{ kind: 'claim', volume: 'v', namespace: 'prod', claim: 'p' },
      fsGroupChangePolicy: 'Always',
    };
    await real.volumes.setUp(uid, { setups: [emptyDir(), emptyDir('memory', { medium: 'memory' }), claim] });
    writeFileSync(join(real.root, 'claims/prod/p/kept'), 'yes');
    const subPath = (volume: string, root: string, index: number) => ({
      ...{ volume, root, path: 'part', readOnly: false },
      target: at(`volume-subpaths/${volume}/app/${index}`),
    });
    await real.volumes.prepareContainer(uid, {
      ...{ container: 'app', attempt: 0, etcHosts: '', terminationLog: true },
      subPaths: [
        subPath('data', at('volumes/kubernetes.io~empty-dir/data'), 0),
        subPath('v', join(real.root, 'claims/prod/p'), 1),
      ],
    });
    writeFileSync(at('record.json'), 'not to be understood');
  }

  test('are listed by their pods; what is none is left out', async () => {
    expect(await found().list()).toEqual([]);
    for (const name of ['a', 'B-1.x', '.hidden', 'with space'])
      mkdirSync(join(real.root, 'pods', name), { recursive: true });
    writeFileSync(join(real.root, 'pods/file'), '');
    symlinkSync('/etc', join(real.root, 'pods/link'));
    expect([...(await found().list())].sort()).toEqual(['B-1.x', 'a']);
  });

  test('go with their mounts and the record; claims, also those that were bound there, stay', async () => {
    await wholePod();
    const unmounted = await found().remove(uid);
    expect([...unmounted].sort()).toEqual([
      at('volume-subpaths/data/app/0'),
      at('volume-subpaths/v/app/1'),
      memory(),
    ]);
    expect(existsSync(real.pod)).toBe(false);
    expect(mountsBelow(real.root)).toEqual([]);
    expect(tree(join(real.root, 'claims'))).toEqual({ 'prod/p/kept': 'yes' });
    expect(await found().remove(uid)).toEqual([]);
  });

  test.each<[string, () => string]>([
    ['in a volume', () => at('volumes/kubernetes.io~empty-dir/data/deep')],
    ['in a volume in memory', () => join(memory(), 'deep')],
    ['beside the volumes', () => at('elsewhere')],
    ['over all of it', () => real.pod],
  ])('are not touched where anything of others is mounted %s', async (_case, where) => {
    await wholePod();
    mkdirSync(where(), { recursive: true });
    run('mount', '-t', 'tmpfs', 'tmpfs', where());
    writeFileSync(join(where(), 'precious'), '');
    const before = mountsBelow(real.root);
    await expect(found().remove(uid)).rejects.toMatchObject({
      code: 'VOLUME_TEARDOWN',
      message: `cannot remove the directory of pod ${uid}: not mounted by tinylet: ${where()}`,
    });
    expect(mountsBelow(real.root)).toEqual(before);
    expect(existsSync(join(where(), 'precious'))).toBe(true);
  });

  test('are left by no link, wherever it stands', async () => {
    const outside = join(real.root, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'precious'), '');
    await wholePod();
    symlinkSync(outside, at('volumes/kubernetes.io~empty-dir/data/link'));
    symlinkSync(outside, at('volumes/kubernetes.io~link'));
    await found().remove(uid);
    expect(existsSync(real.pod)).toBe(false);
    symlinkSync(outside, real.pod);
    await expect(found().remove(uid)).rejects.toThrow('is no directory');
    expect(readdirSync(outside)).toEqual(['precious']);
  });

  test.each(['..', '.', 'a/b', '', '.x'])('%j is no pod', async (name) => {
    await wholePod();
    await expect(found().remove(asPodUid(name))).rejects.toMatchObject({ code: 'VOLUME_TEARDOWN' });
    expect(existsSync(real.pod)).toBe(true);
  });
});
