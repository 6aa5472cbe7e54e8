import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FilesSetup, VolumeFile } from '../../../src/volumes/index.ts';
import { modeAndOwner, mountsBelow, notRoot, realVolumes, run, tree, uid } from './real.ts';

const file = (path: string, text: string, mode = 0o644): VolumeFile => ({
  path,
  mode,
  base64: Buffer.from(text).toString('base64'),
});

describe.skipIf(notRoot)('a volume of files', () => {
  const real = realVolumes();
  const at = (): string => join(real.pod, 'volumes', 'kubernetes.io~configmap', 'config');
  const data = (): string => readlinkSync(join(at(), '..data'));
  const show = (files: readonly VolumeFile[], change: Partial<FilesSetup> = {}): Promise<void> =>
    real.volumes.setUp(uid, {
      setups: [{ kind: 'files', volume: 'config', plugin: 'configmap', medium: 'disk', files, ...change }],
    });
  /** What a container sees: names without their links. */
  const seen = (): Record<string, string> => {
    const names = readdirSync(at()).filter((name) => !name.startsWith('..'));
    const found = names.map((name): [string, string][] => {
      const path = join(at(), name);
      return statSync(path).isDirectory()
        ? Object.entries(tree(path)).map(([inner, text]) => [join(name, inner), text])
        : [[name, readFileSync(path, 'utf8')]];
    });
    return Object.fromEntries(found.flat());
  };

  test('shows each file through ..data', async () => {
    await show([file('b.conf', 'b'), file('deep/er/a', 'a', 0o400), file('empty', '')]);
    const version = data();
    expect(version).toMatch(/^\.\.\d{4}(_\d\d){5}\.\w{6}$/);
    expect(tree(at())).toEqual({
      '..data': `→ ${version}`,
      [join(version, 'b.conf')]: 'b',
      [join(version, 'deep/er/a')]: 'a',
      [join(version, 'empty')]: '',
      'b.conf': '→ ..data/b.conf',
      deep: '→ ..data/deep',
      empty: '→ ..data/empty',
    });
    expect(modeAndOwner(at())).toBe('0777 0:0');
    expect(modeAndOwner(join(at(), version))).toBe('0755 0:0');
    expect(modeAndOwner(join(at(), version, 'deep/er'))).toBe('0755 0:0');
    expect(modeAndOwner(join(at(), version, 'deep/er/a'))).toBe('0400 0:0');
    expect(modeAndOwner(join(at(), version, 'b.conf'))).toBe('0644 0:0');
  });

  test('keeps bytes that are no text, and the mode 0', async () => {
    const base64 = Buffer.from([0, 255, 10, 128]).toString('base64');
    await show([{ path: 'raw', mode: 0, base64 }]);
    expect([...readFileSync(join(at(), 'raw'))]).toEqual([0, 255, 10, 128]);
    expect(modeAndOwner(join(at(), data(), 'raw'))).toBe('0000 0:0');
  });

  test('is not touched where nothing changed', async () => {
    await show([file('a', '1'), file('b/c', '2')]);
    const before = { data: data(), time: lstatSync(at()).mtimeMs };
    await show([file('a', '1'), file('b/c', '2')]);
    expect({ data: data(), time: lstatSync(at()).mtimeMs }).toEqual(before);
  });

  test.each<[what: string, files: readonly VolumeFile[], seen: Record<string, string>]>([
    ['content', [file('a', 'new'), file('b/c', '2')], { a: 'new', 'b/c': '2' }],
    ['a mode', [file('a', '1', 0o600), file('b/c', '2')], { a: '1', 'b/c': '2' }],
    ['one more', [file('a', '1'), file('b/c', '2'), file('b/d', '3')], { a: '1', 'b/c': '2', 'b/d': '3' }],
    ['one less', [file('b/c', '2')], { 'b/c': '2' }],
    ['a name', [file('a', '1'), file('b/d', '2')], { a: '1', 'b/d': '2' }],
    ['a file that becomes a directory', [file('a/x', '1')], { 'a/x': '1' }],
    ['a directory that becomes a file', [file('b', '1')], { b: '1' }],
    ['all of it', [], {}],
  ])('follows a change of %s in one swap', async (_what, files, expected) => {
    await show([file('a', '1'), file('b/c', '2')]);
    const old = data();
    await show(files);
    expect(data()).not.toBe(old);
    expect(existsSync(join(at(), old))).toBe(false);
    expect(seen()).toEqual(expected);
  });

  test('a reader never sees some of each', async () => {
    const version = (n: number): VolumeFile[] => [file('a', `${n}`), file('b', `${n}`)];
    await show(version(0));
    let reading = true;
    const reader = (async () => {
      const { open, readFile } = await import('node:fs/promises');
      let looks = 0;
      for (; reading; looks += 1) {
        // As a careful reader does: hold the version open, then read both.
        const held = await open(join(at(), '..data'));
        const from = `/proc/self/fd/${held.fd}`;
        const texts = await Promise.all([readFile(`${from}/a`), readFile(`${from}/b`)]).catch(
          () => undefined,
        );
        await held.close();
        if (texts !== undefined) expect(texts[0]).toEqual(texts[1]);
        expect(existsSync(join(at(), 'a'))).toBe(true);
      }
      return looks;
    })();
    for (let n = 1; n <= 40; n += 1) await show(version(n));
    reading = false;
    expect(await reader).toBeGreaterThan(10);
    expect(seen()).toEqual({ a: '40', b: '40' });
  });

  describe('whose writing was cut off', () => {
    test.each<[instant: string, cut: () => void]>([
      [
        'while a version was written',
        () => mkdirSync(join(at(), '..2026_01_01_00_00_00.abcdef/half'), { recursive: true }),
      ],
      ['before the swap', () => symlinkSync('..gone', join(at(), '..data_tmp'))],
      ['before the new names', () => rmSync(join(at(), 'b'))],
      ['before the old names went', () => symlinkSync('..data/old', join(at(), 'old'))],
      [
        'before the old version went',
        () => {
          mkdirSync(join(at(), '..2025_01_01_00_00_00.abcdef'));
          writeFileSync(join(at(), '..2025_01_01_00_00_00.abcdef', 'a'), 'old');
        },
      ],
      ['and ..data is lost', () => rmSync(join(at(), '..data'))],
      ['and ..data leads nowhere', () => renameSync(join(at(), data()), join(at(), '..moved'))],
    ])('%s is completed', async (_instant, cut) => {
      const files = [file('a', '1'), file('b/c', '2')];
      await show(files);
      cut();
      await show(files);
      expect(seen()).toEqual({ a: '1', 'b/c': '2' });
      expect(readdirSync(at()).sort()).toEqual(['..data', data(), 'a', 'b'].sort());
    });
  });

  test('belongs to fsGroup, which may read it', async () => {
    await show([file('dir/a', '1', 0o600), file('b', '2', 0o444)], { fsGroup: 77 });
    const version = join(at(), data());
    expect(modeAndOwner(at())).toBe('2777 0:77');
    expect(modeAndOwner(join(version, 'dir'))).toBe('2755 0:77');
    expect(modeAndOwner(join(version, 'dir/a'))).toBe('0640 0:77');
    expect(modeAndOwner(join(version, 'b'))).toBe('0444 0:77');
    const before = data();
    await show([file('dir/a', '1', 0o600), file('b', '2', 0o444)], { fsGroup: 77 });
    expect(data()).toBe(before);
    await show([file('dir/a', '1', 0o600), file('b', '2', 0o444)], { fsGroup: 78 });
    expect(modeAndOwner(join(at(), data(), 'dir/a'))).toBe('0640 0:78');
  });

  test('loses fsGroup again, and is left alone then', async () => {
    await show([file('dir/a', '1', 0o600)], { fsGroup: 77 });
    await show([file('dir/a', '1', 0o600)]);
    expect(modeAndOwner(join(at(), data(), 'dir'))).toBe('0755 0:0');
    expect(modeAndOwner(join(at(), data(), 'dir/a'))).toBe('0600 0:0');
    const before = data();
    await show([file('dir/a', '1', 0o600)]);
    expect(data()).toBe(before);
  });

  test('of secrets lies in memory only', async () => {
    const change = { plugin: 'secret', medium: 'memory' } as const;
    await show([file('key', 'x', 0o400)], change);
    await show([file('key', 'y', 0o400)], change);
    const directory = join(real.pod, 'volumes', 'kubernetes.io~secret', 'config');
    expect(mountsBelow(real.root)).toEqual([directory]);
    expect(readFileSync(join(directory, 'key'), 'utf8')).toBe('y');
    run('umount', directory);
    expect(readdirSync(directory)).toEqual([]);
    await show([file('key', 'y', 0o400)], change);
    expect(readFileSync(join(directory, 'key'), 'utf8')).toBe('y');
  });

  test.each(['../x', '/x', 'a/../../x', '', 'a//b', './a', '..x', '..data', `${'x'.repeat(256)}`])(
    'refuses the path %j and keeps what it shows',
    async (path) => {
      await show([file('a', '1')]);
      await expect(show([file('a', '2'), file(path, 'SECRET')])).rejects.toMatchObject({
        code: 'VOLUME_SETUP',
        message: expect.not.stringContaining('SECRET'),
      });
      expect(seen()).toEqual({ a: '1' });
    },
  );

  test('that cannot be written leaves the old version whole and nothing beside it', async () => {
    await show([file('a', '1')]);
    await expect(show([file('a', 'SECRET'), file('a/b', 'SECRET')])).rejects.toMatchObject({
      message: expect.not.stringContaining('SECRET'),
    });
    expect(seen()).toEqual({ a: '1' });
    expect(readdirSync(at()).sort()).toEqual(['..data', data(), 'a'].sort());
  });

  test('is never written through a link that was planted in it', async () => {
    await show([file('a', '1')]);
    const outside = join(real.root, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'a'), 'theirs');
    rmSync(join(at(), 'a'));
    symlinkSync(join(outside, 'a'), join(at(), 'a'));
    symlinkSync(outside, join(at(), 'planted'));
    linkSync(join(outside, 'a'), join(at(), 'hard'));
    await show([file('a', '2'), file('planted/a', '3')]);
    expect(tree(outside)).toEqual({ a: 'theirs' });
    expect(seen()).toEqual({ a: '2', 'planted/a': '3' });
  });
});
