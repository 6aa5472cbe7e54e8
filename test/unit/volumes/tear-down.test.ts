import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { VolumeSetup } from '../../../src/volumes/index.ts';
import { emptyDir, mountsBelow, notRoot, realVolumes, run, tree, uid } from './real.ts';

describe.skipIf(notRoot)('tear-down', () => {
  const real = realVolumes();
  const at = (path = ''): string => join(real.pod, 'volumes/kubernetes.io~empty-dir/data', path);
  const claim: VolumeSetup = {
    ...{ kind: 'claim', volume: 'v', namespace: 'prod', claim: 'p' },
    fsGroupChangePolicy: 'Always',
  };
  const secret: VolumeSetup = {
    ...{ kind: 'files', volume: 's', plugin: 'secret', medium: 'memory' },
    files: [{ path: 'key', mode: 0o400, base64: '' }],
  };

  async function wholePod(): Promise<void> {
    await real.volumes.setUp(uid, {
      setups: [emptyDir(), emptyDir('memory', { medium: 'memory' }), claim, secret],
    });
    const target = join(real.pod, 'volume-subpaths/data/app/0');
    await real.volumes.prepareContainer(uid, {
      ...{ container: 'app', attempt: 0, etcHosts: '', terminationLog: true },
      subPaths: [{ volume: 'data', root: at(), path: 'x', target, readOnly: false }],
    });
    writeFileSync(join(real.pod, 'record.json'), '{}');
    writeFileSync(join(real.pod, '.record.json.1.tmp'), '');
  }

  test('leaves the record and the claims, and nothing else', async () => {
    await wholePod();
    writeFileSync(join(real.root, 'claims/prod/p/kept'), 'yes');
    await real.volumes.tearDown(uid);
    expect(mountsBelow(real.root)).toEqual([]);
    expect(readdirSync(real.pod).sort()).toEqual(['.record.json.1.tmp', 'record.json']);
    expect(tree(join(real.root, 'claims'))).toEqual({ 'prod/p/kept': 'yes' });
    expect(real.warnings).toEqual([]);
  });

  test('may come again, and where there never was anything', async () => {
    await real.volumes.tearDown(uid);
    await wholePod();
    await real.volumes.tearDown(uid);
    await real.volumes.tearDown(uid);
    expect(readdirSync(real.pod)).toHaveLength(2);
  });

  test('takes what was mounted on top of each other, and below', async () => {
    await wholePod();
    mkdirSync(at('a/b'), { recursive: true });
    run('mount', '-t', 'tmpfs', 'tmpfs', at('a'));
    mkdirSync(at('a/b c'));
    run('mount', '-t', 'tmpfs', 'tmpfs', at('a/b c'));
    run('mount', '-t', 'tmpfs', 'tmpfs', at('a/b c'));
    await real.volumes.tearDown(uid);
    expect(mountsBelow(real.root)).toEqual([]);
    expect(readdirSync(real.pod)).toHaveLength(2);
  });

  test('never deletes through a link, nor what is mounted', async () => {
    await wholePod();
    const outside = join(real.root, 'outside');
    mkdirSync(join(outside, 'dir'), { recursive: true });
    writeFileSync(join(outside, 'dir/file'), 'theirs');
    symlinkSync(outside, at('link'));
    symlinkSync('../../../../../outside', at('up'));
    mkdirSync(at('bound'));
    run('mount', '--bind', outside, at('bound'));
    writeFileSync(at('boundfile'), '');
    run('mount', '--bind', join(outside, 'dir/file'), at('boundfile'));
    symlinkSync(outside, join(real.pod, 'planted'));
    await real.volumes.tearDown(uid);
    expect(tree(outside)).toEqual({ 'dir/file': 'theirs' });
    expect(existsSync(at())).toBe(false);
    expect(readdirSync(real.pod)).toHaveLength(2);
  });

  test('detaches what is busy though nothing runs any more, and says so', async () => {
    await wholePod();
    const memory = join(real.pod, 'volumes/kubernetes.io~empty-dir/memory');
    const holding = spawn('sleep', ['60'], { cwd: memory });
    await real.volumes.tearDown(uid);
    holding.kill();
    expect(mountsBelow(real.root)).toEqual([]);
    expect(real.warnings).toEqual([
      { fields: { path: memory }, message: 'mount is busy: detached, and gone once nothing uses it' },
    ]);
  });

  test('takes trees that are deeper than the daemon may have open files', async () => {
    await wholePod();
    const nest = 'for (let n = 0; n < 1500; n += 1) { fs.mkdirSync("d"); process.chdir("d"); }';
    run(process.execPath, '-e', `process.chdir(${JSON.stringify(at())}); ${nest}`);
    await real.volumes.tearDown(uid);
    expect(readdirSync(real.pod)).toHaveLength(2);
  });

  test('says what is left where something cannot be deleted, and goes on at the next call', async () => {
    await wholePod();
    run('chattr', '+i', join(real.pod, 'etc-hosts'));
    try {
      await expect(real.volumes.tearDown(uid)).rejects.toMatchObject({
        code: 'VOLUME_TEARDOWN',
        message: expect.stringMatching(/^cannot tear down volumes: rm: .*etc-hosts/),
      });
    } finally {
      run('chattr', '-i', join(real.pod, 'etc-hosts'));
    }
    await real.volumes.tearDown(uid);
    expect(readdirSync(real.pod)).toHaveLength(2);
  });
});
