import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { VolumeSetup } from '../../../src/volumes/index.ts';
import { modeAndOwner, notRoot, realVolumes, run, uid } from './real.ts';

describe.skipIf(notRoot)('fsGroup of a claim', () => {
  const real = realVolumes();
  const at = (path = ''): string => join(real.root, 'claims/prod/p', path);
  const claim = (fsGroup: number, policy: 'Always' | 'OnRootMismatch' = 'Always'): VolumeSetup => ({
    ...{ kind: 'claim', volume: 'v', namespace: 'prod', claim: 'p' },
    ...{ fsGroup, fsGroupChangePolicy: policy },
  });
  const setUp = (setup: VolumeSetup): Promise<void> => real.volumes.setUp(uid, { setups: [setup] });

  function populate(): void {
    mkdirSync(at('dir/sub'), { recursive: true });
    writeFileSync(at('dir/file'), '');
    chmodSync(at('dir/file'), 0o4711);
    chmodSync(at('dir/sub'), 0o1700);
    writeFileSync(join(real.root, 'theirs'), '', { mode: 0o600 });
    symlinkSync(join(real.root, 'theirs'), at('link'));
    run('mkfifo', '-m', '0600', at('fifo'));
  }

  test('reaches all of it, links themselves and not where they lead', async () => {
    populate();
    await setUp(claim(77));
    expect(modeAndOwner(at())).toMatch(/^2.7. 0:77$/);
    expect(modeAndOwner(at('dir/sub'))).toBe('3770 0:77');
    expect(modeAndOwner(at('dir/file'))).toBe('4771 0:77');
    expect(modeAndOwner(at('fifo'))).toBe('0660 0:77');
    expect(modeAndOwner(at('link'))).toBe('0777 0:77');
    expect(modeAndOwner(join(real.root, 'theirs'))).toBe('0600 0:0');
  });

  test('is set once for each pod', async () => {
    populate();
    await setUp(claim(77));
    run('chgrp', '5', at('dir/file'));
    await setUp(claim(77));
    expect(statSync(at('dir/file')).gid).toBe(5);
    await real.volumes.tearDown(uid);
    await setUp(claim(77));
    expect(statSync(at('dir/file')).gid).toBe(77);
  });

  test('OnRootMismatch looks at the root alone', async () => {
    populate();
    run('chgrp', '77', at());
    chmodSync(at(), 0o2770);
    await setUp(claim(77, 'OnRootMismatch'));
    expect(statSync(at('dir')).gid).toBe(0);
    chmodSync(at(), 0o770);
    await real.volumes.tearDown(uid);
    await setUp(claim(77, 'OnRootMismatch'));
    expect(statSync(at('dir')).gid).toBe(77);
  });

  test('stops at what is mounted inside, of the same device too', async () => {
    populate();
    mkdirSync(join(real.root, 'outside/x'), { recursive: true });
    for (const name of ['bound', 'memory']) mkdirSync(at(name));
    run('mount', '--bind', join(real.root, 'outside'), at('bound'));
    run('mount', '-t', 'tmpfs', 'tmpfs', at('memory'));
    await setUp(claim(77));
    expect(statSync(join(real.root, 'outside')).gid).toBe(0);
    expect(statSync(join(real.root, 'outside/x')).gid).toBe(0);
    expect(statSync(at('memory')).gid).toBe(0);
  });

  test('never reaches out while directories are swapped for links', async () => {
    mkdirSync(at(), { recursive: true });
    mkdirSync(join(real.root, 'outside/deep'), { recursive: true });
    writeFileSync(join(real.root, 'outside/deep/file'), '', { mode: 0o600 });
    mkdirSync(at('x/deep'), { recursive: true });
    writeFileSync(at('x/deep/file'), '');
    symlinkSync(join(real.root, 'outside'), at('evil'));
    const swap = `const { renameSync } = require('node:fs');
      process.chdir(${JSON.stringify(at())});
      const swap = (a, b) => { renameSync(a, 'tmp'); renameSync(b, a); renameSync('tmp', b); };
      for (;;) swap('x', 'evil');`;
    const attacker = spawn(process.execPath, ['-e', swap]);
    const gone = once(attacker, 'exit');
    try {
      for (let group = 100; group < 160; group += 1) await setUp(claim(group)).catch(() => undefined);
    } finally {
      attacker.kill('SIGKILL');
      await gone;
    }
    expect(modeAndOwner(join(real.root, 'outside/deep/file'))).toBe('0600 0:0');
    expect(modeAndOwner(join(real.root, 'outside/deep'))).toBe('0755 0:0');
  });

  test('gives up on what is nested beyond reason', async () => {
    mkdirSync(at(`${'d/'.repeat(260)}`), { recursive: true });
    await expect(setUp(claim(77))).rejects.toMatchObject({
      message: 'MountVolume.SetUp failed for volume "v" : directories are nested deeper than 256 levels',
    });
  });

  test('a file with two names is given once', async () => {
    populate();
    linkSync(at('dir/file'), at('again'));
    await setUp(claim(77));
    expect(modeAndOwner(at('again'))).toBe('4771 0:77');
  });
});
