import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asPodUid } from '../../../src/pod/index.ts';
import { notRoot, realVolumes } from './real.ts';

const DEVICE = '/dev/fuse';

describe.skipIf(notRoot || !existsSync(DEVICE))('a path of the machine that never answers', () => {
  const real = realVolumes();

  /** Mounts a file system in user space that nobody serves. Returns what ends it, and with it all that hangs. */
  function mountDead(name: string): () => void {
    const point = join(real.root, name);
    mkdirSync(point);
    const device = openSync(DEVICE, 'r+');
    const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
    const stdio = ['ignore', 'ignore', 'inherit', device] as const;
    execFileSync('mount', ['--internal-only', '-t', 'fuse', '-o', options, 'dead', point], {
      stdio: [...stdio],
    });
    return () => {
      closeSync(device);
      execFileSync('umount', ['--lazy', point]);
    };
  }

  test('fails what needs it, and nothing else, however many there are', { timeout: 30_000 }, async () => {
    mkdirSync(join(real.root, 'alive'));
    const ends = ['dead1', 'dead2', 'dead3'].map(mountDead);
    try {
      const check = (name: string) => {
        const path = join(real.root, name);
        return real.volumes.setUp(asPodUid(`u-${name.replace('/', '-')}`), {
          setups: [{ kind: 'host-path', volume: 'host', path, type: 'Directory' }],
        });
      };
      const bind = (name: string) => {
        const uid = asPodUid(`u-bind-${name}`);
        const root = join(real.root, name);
        const target = join(real.root, 'pods', uid, 'volume-subpaths/host/c/0');
        return real.volumes.prepareContainer(uid, {
          container: 'c',
          attempt: 0,
          subPaths: [{ volume: 'host', root, path: 'part', target, readOnly: false }],
          terminationLog: false,
        });
      };
      const looks = await Promise.allSettled([
        check('dead1/x'),
        check('dead2'),
        check('dead3'),
        bind('dead1'),
      ]);
      expect(looks.map((look) => look.status === 'rejected' && String(look.reason.message))).toEqual([
        expect.stringContaining('dead1/x does not answer'),
        expect.stringContaining('dead2 does not answer'),
        expect.stringContaining('dead3 does not answer'),
        expect.stringContaining('failed to prepare subPath for volumeMount "host"'),
      ]);
      await check('alive');
      await bind('alive');
    } finally {
      for (const end of ends) end();
    }
  });
});
