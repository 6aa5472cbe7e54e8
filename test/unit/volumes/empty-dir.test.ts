import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import { filePodVolumes } from '../../../src/volumes/index.ts';
import { emptyDir, modeAndOwner, mountOptions, mountsBelow, notRoot, realVolumes, run, uid } from './real.ts';

describe.skipIf(notRoot)('an emptyDir', () => {
  const real = realVolumes();
  const at = (name = 'data'): string => join(real.pod, 'volumes', 'kubernetes.io~empty-dir', name);
  const setUp = (...setups: Parameters<typeof emptyDir>[]): Promise<void> =>
    real.volumes.setUp(uid, { setups: setups.map((args) => emptyDir(...args)) });

  test('is a directory for everyone, below one for nobody', async () => {
    const umask = process.umask(0o077);
    await setUp(['data']).finally(() => process.umask(umask));
    expect(modeAndOwner(at())).toBe('0777 0:0');
    expect(modeAndOwner(real.pod)).toBe('0700 0:0');
    expect(readdirSync(real.pod).sort()).toEqual(['plugins', 'volumes']);
  });

  test('is made once: content and mode survive every further set-up', async () => {
    await setUp(['data']);
    writeFileSync(join(at(), 'kept'), 'yes');
    chmodSync(at(), 0o750);
    await setUp(['data']);
    await setUp(['data'], ['other']);
    expect(readFileSync(join(at(), 'kept'), 'utf8')).toBe('yes');
    expect(modeAndOwner(at())).toBe('0750 0:0');
  });

  test('that is not listed any more is deleted, the others stay', async () => {
    await setUp(['data'], ['memory', { medium: 'memory', sizeBytes: 1 << 20 }], ['other']);
    writeFileSync(join(at('other'), 'kept'), 'yes');
    await setUp(['other']);
    expect(readdirSync(join(real.pod, 'volumes', 'kubernetes.io~empty-dir'))).toEqual(['other']);
    expect(readdirSync(join(real.pod, 'plugins', 'kubernetes.io~empty-dir'))).toEqual(['other']);
    expect(readFileSync(join(at('other'), 'kept'), 'utf8')).toBe('yes');
    expect(mountsBelow(real.root)).toEqual([]);
  });

  test('in memory is a tmpfs of its size', async () => {
    await setUp(['data', { medium: 'memory', sizeBytes: 1 << 20 }]);
    expect(mountOptions(at())).toContain('size=1024k');
    const [major = 0, minor = 0] = release().split('.').map(Number);
    if (major > 6 || (major === 6 && minor >= 4)) expect(mountOptions(at())).toContain('noswap');
    expect(statSync(at()).mode & 0o777).toBe(0o777);
    await setUp(['data', { medium: 'memory', sizeBytes: 1 << 20 }]);
    expect(mountsBelow(real.root)).toEqual([at()]);
  });

  test('in memory changes its size in place', async () => {
    await setUp(['data', { medium: 'memory', sizeBytes: 1 << 20 }]);
    writeFileSync(join(at(), 'kept'), Buffer.alloc(100_000));
    await setUp(['data', { medium: 'memory', sizeBytes: 1 << 21 }]);
    expect(mountOptions(at())).toContain('size=2048k');
    expect(statSync(join(at(), 'kept')).size).toBe(100_000);
    await expect(setUp(['data', { medium: 'memory', sizeBytes: 4096 }])).rejects.toMatchObject({
      code: 'VOLUME_SETUP',
      message: expect.stringMatching(/^MountVolume\.SetUp failed for volume "data" : mount: .+/),
    });
    expect(statSync(join(at(), 'kept')).size).toBe(100_000);
  });

  test('in memory is mounted again after a reboot, and its group set again', async () => {
    const memory = { medium: 'memory', sizeBytes: 1 << 20, fsGroup: 77 } as const;
    await setUp(['data', memory]);
    writeFileSync(join(at(), 'lost'), '');
    run('umount', at());
    await setUp(['data', memory]);
    expect(mountsBelow(real.root)).toEqual([at()]);
    expect(readdirSync(at())).toEqual([]);
    expect(statSync(at()).gid).toBe(77);
  });

  test('of another medium begins empty', async () => {
    await setUp(['data']);
    writeFileSync(join(at(), 'on disk'), '');
    await setUp(['data', { medium: 'memory' }]);
    expect(mountsBelow(real.root)).toEqual([at()]);
    expect(readdirSync(at())).toEqual([]);
    writeFileSync(join(at(), 'in memory'), '');
    await setUp(['data']);
    expect(mountsBelow(real.root)).toEqual([]);
    expect(readdirSync(at())).toEqual([]);
  });

  test('of huge pages is a hugetlbfs', async () => {
    await setUp(['data', { medium: 'hugepages', pageSize: '2M' }]);
    expect(mountOptions(at())).toContain('pagesize=2M');
    await setUp(['data', { medium: 'hugepages', pageSize: '2M' }]);
    expect(mountsBelow(real.root)).toEqual([at()]);
  });

  test('of pages the kernel lacks fails with the words of mount(8)', async () => {
    await expect(setUp(['data', { medium: 'hugepages', pageSize: '3M' }])).rejects.toMatchObject({
      message: expect.stringMatching(/^MountVolume\.SetUp failed for volume "data" : mount: .+/),
    });
  });

  test('belongs to fsGroup, once: what a container changes afterwards stays', async () => {
    await setUp(['data', { fsGroup: 77 }]);
    expect(modeAndOwner(at())).toBe('2777 0:77');
    writeFileSync(join(at(), 'mine'), '', { mode: 0o600 });
    run('chown', '5:5', join(at(), 'mine'));
    await setUp(['data', { fsGroup: 77 }]);
    expect(modeAndOwner(join(at(), 'mine'))).toBe('0600 5:5');
    await setUp(['data', { fsGroup: 78 }]);
    expect(modeAndOwner(at())).toBe('2777 0:78');
    expect(modeAndOwner(join(at(), 'mine'))).toBe('0660 5:78');
  });

  test('whose set-up was cut off is completed', async () => {
    mkdirSync(at(), { recursive: true });
    run('mount', '-t', 'tmpfs', 'tmpfs', at());
    await setUp(['data', { medium: 'memory', sizeBytes: 1 << 20, fsGroup: 77 }]);
    expect(mountsBelow(real.root)).toEqual([at()]);
    expect(mountOptions(at())).toContain('size=1024k');
    expect(statSync(at()).gid).toBe(77);
  });

  test('a marker that cannot be understood costs no content', async () => {
    await setUp(['data']);
    writeFileSync(join(at(), 'kept'), '');
    writeFileSync(join(real.pod, 'plugins', 'kubernetes.io~empty-dir', 'data', 'ready'), '{"medi');
    await setUp(['data']);
    expect(existsSync(join(at(), 'kept'))).toBe(true);
  });

  test('a root directory behind a link is the same', async () => {
    const link = `${real.root} link`;
    symlinkSync(real.root, link);
    try {
      const volumes = filePodVolumes({ rootDir: link, logger: silentLogger });
      const setups = [emptyDir('data', { medium: 'memory' })];
      await volumes.setUp(uid, { setups });
      await volumes.setUp(uid, { setups });
      expect(mountsBelow(real.root)).toEqual([at()]);
      await volumes.tearDown(uid);
      expect(mountsBelow(real.root)).toEqual([]);
    } finally {
      rmSync(link);
    }
  });
});
