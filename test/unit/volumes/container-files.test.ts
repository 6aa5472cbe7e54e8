import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ContainerFiles } from '../../../src/volumes/index.ts';
import { emptyDir, modeAndOwner, notRoot, realVolumes, run, uid } from './real.ts';

const real = realVolumes();

function prepare(change: Partial<ContainerFiles> = {}): Promise<void> {
  return real.volumes.prepareContainer(uid, {
    ...{ container: 'app', attempt: 0, subPaths: [], terminationLog: true },
    ...change,
  });
}

describe('/etc/hosts', () => {
  const hosts = (): string => join(real.pod, 'etc-hosts');

  test('is one file for the pod, rewritten in place: who has it mounted sees the change', async () => {
    const umask = process.umask(0o077);
    await prepare({ etcHosts: 'a long first text\n' }).finally(() => process.umask(umask));
    expect(modeAndOwner(hosts())).toMatch(/^0644/);
    const mounted = openSync(hosts(), 'r');
    appendFileSync(hosts(), 'a container wrote this');
    await prepare({ container: 'other', etcHosts: 'second\n' });
    expect(readFileSync(mounted, 'utf8')).toBe('second\n');
  });

  test('is left alone where a volume covers it', async () => {
    await prepare({ etcHosts: 'first\n' });
    await prepare({ container: 'other' });
    expect(readFileSync(hosts(), 'utf8')).toBe('first\n');
  });

  test('is never written through a link', async () => {
    await prepare({ etcHosts: '' });
    rmSync(hosts());
    writeFileSync(join(real.root, 'theirs'), 'theirs');
    symlinkSync('../../theirs', hosts());
    await expect(prepare({ etcHosts: 'x' })).rejects.toMatchObject({ code: 'VOLUME_SETUP' });
    expect(readFileSync(join(real.root, 'theirs'), 'utf8')).toBe('theirs');
  });
});

describe('last words', () => {
  const log = (attempt = 0): string => join(real.pod, 'containers/app', String(attempt));
  const words = (attempt = 0): Promise<string | undefined> =>
    real.volumes.terminationMessage(uid, { container: 'app', attempt });

  test('have a fresh empty file that anyone may write, in each instance', async () => {
    const umask = process.umask(0o077);
    await prepare().finally(() => process.umask(umask));
    expect(modeAndOwner(log())).toMatch(/^0666/);
    expect(modeAndOwner(join(log(), '..'))).toMatch(/^0750/);
    expect(await words()).toBe('');
    writeFileSync(log(), 'old');
    await prepare();
    expect(await words()).toBe('');
  });

  test('are kept for the last two instances', async () => {
    for (const attempt of [8, 9, 10, 11]) {
      await prepare({ attempt });
      writeFileSync(log(attempt), `of ${attempt}`);
    }
    expect(readdirSync(join(log(), '..')).sort()).toEqual(['10', '11']);
    expect([await words(10), await words(11), await words(9)]).toEqual(['of 10', 'of 11', undefined]);
  });

  test('need no file', async () => {
    await prepare({ terminationLog: false });
    expect(await words()).toBeUndefined();
  });

  test.each<[what: string, text: string | Buffer, read: string]>([
    ['text', 'failed: ü\n', 'failed: ü\n'],
    ['the end of a long text', `${'x'.repeat(5000)}end`, `${'x'.repeat(4093)}end`],
    ['no half of a character', `${'ü'.repeat(2100)}e`, `${'ü'.repeat(2047)}e`],
    ['bytes that are no text', Buffer.from([0xff, 0x41]), '\ufffdA'],
  ])('are %s', async (_what, text, read) => {
    await prepare();
    writeFileSync(log(), text);
    expect(await words()).toBe(read);
  });

  test('of a file that pretends to be huge cost nothing', async () => {
    await prepare();
    truncateSync(log(), 2 ** 40);
    expect(await words()).toBe('\0'.repeat(4096));
  });

  test.each<[what: string, plant: (path: string) => void]>([
    ['a link', (path) => symlinkSync('/etc/passwd', path)],
    ['a FIFO nobody writes to', (path) => execFileSync('mkfifo', [path])],
    ['a directory', (path) => mkdirSync(path)],
  ])('are none where there is %s', async (_what, plant) => {
    await prepare();
    rmSync(log());
    plant(log());
    expect(await words()).toBeUndefined();
  });
});

describe.skipIf(notRoot)('files of variables', () => {
  const at = (path = ''): string => join(real.pod, 'volumes/kubernetes.io~empty-dir/data', path);
  const read = (path: string): Promise<string | undefined> =>
    real.volumes.readEnvFile(uid, { volume: 'data', path });
  const setUp = (): Promise<void> => real.volumes.setUp(uid, { setups: [emptyDir()] });

  test('are read where they are, also through links inside', async () => {
    await setUp();
    mkdirSync(at('dir'));
    writeFileSync(at('dir/env'), "A='ü'\n");
    symlinkSync('dir/env', at('link'));
    expect(await read('dir/env')).toBe("A='ü'\n");
    expect(await read('link')).toBe("A='ü'\n");
  });

  test('are none where nothing is', async () => {
    expect(await read('env')).toBeUndefined();
    await setUp();
    expect(await read('env')).toBeUndefined();
    expect(await read('dir/env')).toBeUndefined();
  });

  test('may have 64 KiB and no more', async () => {
    await setUp();
    writeFileSync(at('most'), 'x'.repeat(65_536));
    writeFileSync(at('more'), 'x'.repeat(65_537));
    expect(await read('most')).toHaveLength(65_536);
    await expect(read('more')).rejects.toMatchObject({
      code: 'VOLUME_SETUP',
      message: 'cannot read more of volume "data": more is larger than 65536 bytes',
    });
  });

  test.each<[what: string, plant: () => void]>([
    ['a link outside', () => symlinkSync('/etc/passwd', at('env'))],
    ['a link upwards', () => symlinkSync('../../../../../secret', at('env'))],
    ['a FIFO', () => execFileSync('mkfifo', [at('env')])],
    ['a device', () => run('mknod', at('env'), 'c', '1', '5')],
    ['a directory', () => mkdirSync(at('env'))],
  ])('are refused where there is %s', async (_what, plant) => {
    await setUp();
    writeFileSync(join(real.root, 'secret'), 'SECRET');
    plant();
    await expect(read('env')).rejects.toMatchObject({
      code: 'VOLUME_SETUP',
      message: expect.not.stringMatching(/SECRET|root:/),
    });
  });
});

describe.skipIf(notRoot)('usage', () => {
  const at = (name: string, path = ''): string =>
    join(real.pod, 'volumes/kubernetes.io~empty-dir', name, path);
  const blocks = (bytes: number): Buffer => Buffer.alloc(bytes, 1);

  test('counts blocks on disk, names once, and neither links nor mounts', async () => {
    await real.volumes.setUp(uid, { setups: [emptyDir('a'), emptyDir('b')] });
    const empty = await real.volumes.usage(uid, ['a', 'b']);
    writeFileSync(at('a', 'file'), blocks(1 << 20));
    linkSync(at('a', 'file'), at('a', 'again'));
    truncateSync(at('a', 'file'), 1 << 20);
    writeFileSync(at('a', 'sparse'), '');
    truncateSync(at('a', 'sparse'), 2 ** 40);
    symlinkSync('/usr', at('a', 'link'));
    mkdirSync(at('a', 'memory'));
    run('mount', '-t', 'tmpfs', 'tmpfs', at('a', 'memory'));
    writeFileSync(at('a', 'memory/file'), blocks(1 << 22));
    const used = await real.volumes.usage(uid, ['a', 'b', 'missing']);
    expect([...used.keys()].sort()).toEqual(['a', 'b']);
    expect(used.get('b')).toBe(empty.get('b'));
    const grown = (used.get('a') ?? 0) - (empty.get('a') ?? 0);
    expect(grown).toBeGreaterThanOrEqual(1 << 20);
    expect(grown).toBeLessThan((1 << 20) + 65_536);
  });

  test('of nothing is nothing', async () => {
    expect(await real.volumes.usage(uid, [])).toEqual(new Map());
    expect(await real.volumes.usage(uid, ['missing'])).toEqual(new Map());
  });

  test('of memory counts too', async () => {
    await real.volumes.setUp(uid, { setups: [emptyDir('m', { medium: 'memory', sizeBytes: 1 << 22 })] });
    writeFileSync(at('m', 'file'), blocks(1 << 20));
    expect((await real.volumes.usage(uid, ['m'])).get('m')).toBeGreaterThanOrEqual(1 << 20);
  });
});
