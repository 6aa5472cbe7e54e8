import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SubPath } from '../../../src/volumes/index.ts';
import { emptyDir, modeAndOwner, mountsBelow, notRoot, realVolumes, tree, uid } from './real.ts';

describe.skipIf(notRoot)('a part of a volume', () => {
  const real = realVolumes();
  const root = (): string => join(real.root, 'volume');
  const target = (index = 0, volume = 'data'): string =>
    join(real.pod, 'volume-subpaths', volume, 'app', String(index));
  const part = (path: string, change: Partial<SubPath> = {}): SubPath => ({
    ...{ volume: 'data', root: root(), path, target: target(), readOnly: false },
    ...change,
  });
  const bind = (...subPaths: readonly SubPath[]): Promise<void> =>
    real.volumes.prepareContainer(uid, { container: 'app', attempt: 0, subPaths, terminationLog: false });
  const refused = {
    code: 'VOLUME_SETUP',
    message: 'failed to prepare subPath for volumeMount "data" of container "app"',
  };

  function populate(): void {
    mkdirSync(join(root(), 'dir/sub'), { recursive: true });
    writeFileSync(join(root(), 'dir/file'), 'inside');
    mkdirSync(join(real.root, 'outside'));
    writeFileSync(join(real.root, 'outside/file'), 'SECRET');
  }

  test('is bound: what is written at one place is seen at the other', async () => {
    populate();
    await bind(part('dir'));
    expect(mountsBelow(real.root)).toEqual([target()]);
    writeFileSync(join(target(), 'new'), 'x');
    expect(readFileSync(join(root(), 'dir/new'), 'utf8')).toBe('x');
  });

  test('may be a file', async () => {
    populate();
    await bind(part('dir/file'));
    expect(mountsBelow(real.root)).toEqual([target()]);
    expect(readFileSync(target(), 'utf8')).toBe('inside');
  });

  test('may be a FIFO or a device: neither is opened', async () => {
    populate();
    execFileSync('mkfifo', [join(root(), 'fifo')]);
    await bind(part('fifo'));
    expect(statSync(target()).isFIFO()).toBe(true);
  });

  test('that is missing is made with the mode of its volume, one level at a time', async () => {
    populate();
    chmodSync(root(), 0o2770);
    const umask = process.umask(0o077);
    await bind(part('new/er/est')).finally(() => process.umask(umask));
    expect(modeAndOwner(join(root(), 'new'))).toBe('2770 0:0');
    expect(modeAndOwner(join(root(), 'new/er/est'))).toBe('2770 0:0');
    expect(mountsBelow(real.root)).toEqual([target()]);
  });

  test('may lead through links that stay inside, as those of a ConfigMap do', async () => {
    populate();
    symlinkSync('dir', join(root(), 'link'));
    symlinkSync('../link/./file', join(root(), 'dir/twice'));
    symlinkSync(join(root(), 'dir/sub'), join(root(), 'absolute'));
    await bind(part('dir/twice'), part('absolute', { target: target(1) }));
    expect(readFileSync(target(), 'utf8')).toBe('inside');
    expect(statSync(target(1)).ino).toBe(statSync(join(root(), 'dir/sub')).ino);
  });

  test('of a hostPath begins where its links lead', async () => {
    populate();
    symlinkSync('volume', join(real.root, 'host'));
    await bind(part('dir', { root: join(real.root, 'host') }));
    expect(statSync(target()).ino).toBe(statSync(join(root(), 'dir')).ino);
  });

  test('of the whole machine is possible', async () => {
    populate();
    await bind(part(join(root(), 'dir').slice(1), { root: '/' }));
    expect(statSync(target()).ino).toBe(statSync(join(root(), 'dir')).ino);
  });

  test('stays bound while it is the same, and is bound anew where it is not', async () => {
    populate();
    await bind(part('dir'));
    const holding = spawn('sleep', ['60'], { cwd: target() });
    await bind(part('dir'));
    expect(real.warnings).toEqual([]);
    holding.kill();
    renameSync(join(root(), 'dir'), join(root(), 'old'));
    mkdirSync(join(root(), 'dir'));
    await bind(part('dir'));
    expect(mountsBelow(real.root)).toEqual([target()]);
    expect(statSync(target()).ino).toBe(statSync(join(root(), 'dir')).ino);
  });

  test('may become a file, and a directory again', async () => {
    populate();
    await bind(part('dir'));
    await bind(part('dir/file'));
    expect(statSync(target()).isFile()).toBe(true);
    await bind(part('dir/sub'));
    expect(statSync(target()).isDirectory()).toBe(true);
    expect(mountsBelow(real.root)).toEqual([target()]);
  });

  test('that no mount of the container wants any more is unbound, its content untouched', async () => {
    populate();
    await bind(part('dir'), part('dir', { volume: 'b', target: target(1, 'b') }));
    await bind(part('dir', { volume: 'b', target: target(1, 'b') }));
    expect(mountsBelow(real.root)).toEqual([target(1, 'b')]);
    expect(readdirSync(join(real.pod, 'volume-subpaths/data/app'))).toEqual([]);
    expect(tree(root())).toEqual({ 'dir/file': 'inside' });
  });

  test("leaves other containers' parts alone", async () => {
    populate();
    const other = { ...part('dir'), target: join(real.pod, 'volume-subpaths/data/other/0') };
    const files = { container: 'other', attempt: 0, subPaths: [other], terminationLog: false };
    await real.volumes.prepareContainer(uid, files);
    await bind();
    expect(mountsBelow(real.root)).toEqual([other.target]);
  });

  test('goes with its volume, so that no memory is held', async () => {
    await real.volumes.setUp(uid, { setups: [emptyDir('data', { medium: 'memory' })] });
    await bind(part('x', { root: join(real.pod, 'volumes/kubernetes.io~empty-dir/data') }));
    expect(mountsBelow(real.root)).toHaveLength(2);
    await real.volumes.setUp(uid, { setups: [] });
    expect(mountsBelow(real.root)).toEqual([]);
  });

  describe('never leaves its volume', () => {
    test.each<[what: string, plant: () => void, path: string]>([
      ['an absolute link', () => symlinkSync('/etc', join(root(), 'a')), 'a'],
      ['a link to the machine', () => symlinkSync('/', join(root(), 'a')), 'a/etc'],
      ['a link upwards', () => symlinkSync('../outside', join(root(), 'a')), 'a'],
      ['a file behind a link upwards', () => symlinkSync('../outside', join(root(), 'a')), 'a/file'],
      ['a link beside the volume', () => symlinkSync(`${root()}2`, join(root(), 'a')), 'a'],
      [
        'a link through a link',
        () => {
          symlinkSync('b', join(root(), 'a'));
          symlinkSync('../outside', join(root(), 'b'));
        },
        'a',
      ],
      ['a link upwards from below', () => symlinkSync('../../outside', join(root(), 'dir/a')), 'dir/a'],
      ['something missing behind a link', () => symlinkSync('../outside', join(root(), 'a')), 'a/new/er'],
      ['a link to nowhere outside', () => symlinkSync('../new', join(root(), 'a')), 'a'],
      ['a link to itself', () => symlinkSync('a', join(root(), 'a')), 'a'],
      ['dots', () => {}, '../outside'],
    ])('by %s', async (_what, plant, path) => {
      populate();
      mkdirSync(`${root()}2`);
      plant();
      const error = await bind(part(path)).catch((thrown) => thrown);
      expect(error).toMatchObject(refused);
      expect(mountsBelow(real.root)).toEqual([]);
      expect(tree(join(real.root, 'outside'))).toEqual({ file: 'SECRET' });
      expect(existsSync(join(real.root, 'new'))).toBe(false);
      expect(existsSync(join(real.root, 'outside/new'))).toBe(false);
    });

    test('through a link to nowhere inside, which is made', async () => {
      populate();
      symlinkSync('later', join(root(), 'a'));
      await bind(part('a'));
      expect(statSync(target()).ino).toBe(statSync(join(root(), 'later')).ino);
    });

    test('while its parts are swapped for links as fast as can be', async () => {
      populate();
      mkdirSync(join(root(), 'x/y'), { recursive: true });
      mkdirSync(join(real.root, 'outside/y'));
      symlinkSync(join(real.root, 'outside'), join(root(), 'evil'));
      symlinkSync(join(real.root, 'outside/y'), join(root(), 'dir/evil'));
      const swap = `const { renameSync } = require('node:fs');
        process.chdir(${JSON.stringify(root())});
        const swap = (a, b) => { renameSync(a, 'tmp'); renameSync(b, a); renameSync('tmp', b); };
        for (;;) { swap('x', 'evil'); swap('x', 'evil'); swap('dir/sub', 'dir/evil'); swap('dir/sub', 'dir/evil'); }`;
      const attacker = spawn(process.execPath, ['-e', swap]);
      const gone = once(attacker, 'exit');
      const inside = new Set<number>();
      const outside = new Set<number>();
      for (const path of ['', 'y']) outside.add(statSync(join(real.root, 'outside', path)).ino);
      let bound = 0;
      try {
        for (let round = 0; round < 60; round += 1) {
          const path = ['x/y', 'dir/sub', 'x/new'][round % 3] ?? '';
          const failure = await bind(part(path)).catch((error) => error);
          if (failure !== undefined) {
            expect(failure).toMatchObject(refused);
            continue;
          }
          bound += 1;
          inside.add(statSync(target()).ino);
        }
      } finally {
        attacker.kill('SIGKILL');
        await gone;
      }
      expect(bound).toBeGreaterThan(0);
      expect([...inside].filter((ino) => outside.has(ino))).toEqual([]);
      expect(readdirSync(join(real.root, 'outside')).sort()).toEqual(['file', 'y']);
    });
  });

  test('that is a link in place of the volume itself is followed once, before anything is opened', async () => {
    populate();
    rmSync(root(), { recursive: true });
    await expect(bind(part('a'))).rejects.toMatchObject(refused);
    expect(existsSync(root())).toBe(false);
  });
});
