import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HostPathType } from '../../../src/pod/index.ts';
import { modeAndOwner, notRoot, realVolumes, run, uid } from './real.ts';

describe.skipIf(notRoot)('a hostPath', () => {
  const real = realVolumes();
  const check = (path: string, type: HostPathType): Promise<void> =>
    real.volumes.setUp(uid, {
      setups: [{ kind: 'host-path', volume: 'host', path: join(real.root, path), type }],
    });

  /** One of each, and what leads to it. */
  async function populate(): Promise<() => void> {
    const at = (name: string): string => join(real.root, name);
    mkdirSync(at('directory'));
    writeFileSync(at('file'), '');
    run('mknod', at('chardevice'), 'c', '1', '3');
    run('mknod', at('blockdevice'), 'b', '7', '0');
    run('mkfifo', at('fifo'));
    symlinkSync('file', at('link'));
    symlinkSync('gone', at('dangling'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    return () => server.close();
  }

  const THINGS = ['directory', 'file', 'socket', 'chardevice', 'blockdevice', 'fifo', 'link', 'missing'];

  test.each<[type: HostPathType, sound: readonly string[], words: string]>([
    ['', THINGS, ''],
    ['Directory', ['directory'], 'a directory'],
    ['DirectoryOrCreate', ['directory', 'missing'], 'a directory'],
    ['File', ['file', 'link'], 'a file'],
    ['FileOrCreate', ['file', 'link', 'missing'], 'a file'],
    ['Socket', ['socket'], 'a socket file'],
    ['CharDevice', ['chardevice'], 'a character device'],
    ['BlockDevice', ['blockdevice'], 'a block device'],
  ])('of type %j is %j', async (type, sound, words) => {
    const close = await populate();
    try {
      for (const thing of THINGS) {
        const checked = check(thing, type);
        if (sound.includes(thing)) await checked;
        else {
          await expect(checked, thing).rejects.toMatchObject({
            code: 'VOLUME_SETUP',
            message: `MountVolume.SetUp failed for volume "host" : hostPath type check failed: ${join(real.root, thing)} is not ${words}`,
          });
        }
      }
    } finally {
      close();
    }
  });

  test.each<[type: HostPathType, path: string, made: string]>([
    ['DirectoryOrCreate', 'a/b/c', '0755 0:0'],
    ['FileOrCreate', 'new', '0644 0:0'],
    ['FileOrCreate', 'dangling', '0644 0:0'],
  ])('of type %s makes %s', async (type, path, made) => {
    const close = await populate();
    const umask = process.umask(0o077);
    await check(path, type).finally(() => process.umask(umask));
    close();
    expect(modeAndOwner(join(real.root, path === 'dangling' ? 'gone' : path))).toBe(made);
  });

  test('of type FileOrCreate makes nothing above it', async () => {
    await expect(check('none/new', 'FileOrCreate')).rejects.toMatchObject({ code: 'VOLUME_SETUP' });
    expect(existsSync(join(real.root, 'none'))).toBe(false);
  });

  test('that is there already keeps its mode', async () => {
    mkdirSync(join(real.root, 'mine'), { mode: 0o700 });
    await check('mine', 'DirectoryOrCreate');
    expect(modeAndOwner(join(real.root, 'mine'))).toBe('0700 0:0');
  });
});
