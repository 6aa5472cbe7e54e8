import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import { filePodVolumes, type PodVolumes, type VolumeSetup } from '../../../src/volumes/index.ts';
import { emptyDir, modeAndOwner, mountsBelow, notRoot, uid } from './real.ts';

/** A process with mounts of its own stands for a runtime in another container. It has a /mnt that nobody else sees. */
describe.skipIf(notRoot)('a runtime with other mounts', () => {
  let runtime: ChildProcess;
  let runtimeRoot = '';
  let volumes: PodVolumes;
  const there = (path: string): string => `${runtimeRoot}${path}`;
  const mounts = (): string[] => mountsBelow('/mnt/root', join(runtimeRoot, '../mountinfo'));
  const inPod = (path: string): string => join('/mnt/root/pods', uid, path);

  beforeEach(async () => {
    const script = 'mount -t tmpfs tmpfs /mnt && mkdir /mnt/root && echo ready && exec sleep 600';
    runtime = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script]);
    await new Promise((resolve) => runtime.stdout?.once('data', resolve));
    runtimeRoot = `/proc/${runtime.pid}/root`;
    volumes = filePodVolumes({ rootDir: '/mnt/root', runtimeRoot, logger: silentLogger });
  });
  afterEach(() => {
    runtime.kill('SIGKILL');
    expect(existsSync('/mnt/root')).toBe(false);
  });

  test('has the volumes, and this process does not', async () => {
    const secret: VolumeSetup = {
      ...{ kind: 'files', volume: 's', plugin: 'secret', medium: 'memory', fsGroup: 77 },
      files: [{ path: 'key', mode: 0o400, base64: 'eA==' }],
    };
    const setups = [emptyDir(), emptyDir('m', { medium: 'memory', fsGroup: 77 }), secret];
    await volumes.setUp(uid, { setups });
    await volumes.setUp(uid, { setups });
    expect(mounts().sort()).toEqual([
      inPod('volumes/kubernetes.io~empty-dir/m'),
      inPod('volumes/kubernetes.io~secret/s'),
    ]);
    expect(readFileSync(there(inPod('volumes/kubernetes.io~secret/s/key')), 'utf8')).toBe('x');
    expect(modeAndOwner(there(inPod('volumes/kubernetes.io~empty-dir/m')))).toBe('3777 0:77');
    expect((await volumes.usage(uid, ['data'])).has('data')).toBe(true);
    await volumes.tearDown(uid);
    expect(mounts()).toEqual([]);
    expect(readdirSync(there(inPod('')))).toEqual([]);
  });

  test('has parts of volumes bound among its own mounts', async () => {
    await volumes.setUp(uid, { setups: [emptyDir()] });
    const target = inPod('volume-subpaths/data/app/0');
    const root = inPod('volumes/kubernetes.io~empty-dir/data');
    await volumes.prepareContainer(uid, {
      ...{ container: 'app', attempt: 0, etcHosts: 'hosts', terminationLog: true },
      subPaths: [{ volume: 'data', root, path: 'new/part', target, readOnly: false }],
    });
    expect(mounts()).toEqual([target]);
    writeFileSync(there(join(target, 'file')), 'x');
    expect(readFileSync(there(join(root, 'new/part/file')), 'utf8')).toBe('x');
    expect(readFileSync(there(inPod('etc-hosts')), 'utf8')).toBe('hosts');
    writeFileSync(there(inPod('containers/app/0')), 'last');
    expect(await volumes.terminationMessage(uid, { container: 'app', attempt: 0 })).toBe('last');
    await volumes.tearDown(uid);
    expect(mounts()).toEqual([]);
  });

  test('has links that mean its own files, not those of this process', async () => {
    mkdirSync(there('/mnt/host/dir'), { recursive: true });
    symlinkSync('/mnt/host', there('/mnt/link'));
    const check = (path: string): Promise<void> =>
      volumes.setUp(uid, { setups: [{ kind: 'host-path', volume: 'h', path, type: 'Directory' }] });
    await check('/mnt/link/dir');
    const target = inPod('volume-subpaths/h/app/0');
    const stray = { volume: 'h', root: '/mnt/host', path: 'escape', target, readOnly: false };
    symlinkSync('/etc', there('/mnt/host/escape'));
    await expect(
      volumes.prepareContainer(uid, {
        ...{ container: 'app', attempt: 0, terminationLog: false },
        subPaths: [stray],
      }),
    ).rejects.toMatchObject({ code: 'VOLUME_SETUP' });
    expect(mounts()).toEqual([]);
  });
});
