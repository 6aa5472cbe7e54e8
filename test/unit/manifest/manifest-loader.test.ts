import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../src/base/index.ts';
import {
  createManifestLoader,
  type ManifestDirectory,
  type ManifestFile,
  type ManifestLoader,
  podsOf,
} from '../../../src/manifest/index.ts';

const isRoot = process.getuid?.() === 0;
const manifest = (name: string): string => `name: ${name}\ncontainers: [{name: c, image: i}]\n`;

let root: string;
let directory: string;
let loader: ManifestLoader;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tinylet-load-'));
  directory = join(root, 'manifests');
  mkdirSync(directory, { mode: 0o755 });
  loader = createManifestLoader({ directories: [directory], maxBytes: 2_000 });
});

afterEach(async () => {
  await loader.close();
  rmSync(root, { recursive: true, force: true });
});

const at = (name: string): string => join(directory, name);
const write = (name: string, text: string | Buffer = manifest('web')): void =>
  writeFileSync(at(name), text, { mode: 0o644 });

async function loadDirectory(): Promise<ManifestDirectory> {
  const { directories } = await loader.load();
  const [first] = directories;
  if (first === undefined || directories.length !== 1) throw new Error('not exactly one directory');
  return first;
}

async function loadFiles(): Promise<readonly ManifestFile[]> {
  const read = await loadDirectory();
  if (read.state !== 'read') throw new Error(read.reason);
  return read.files;
}

/** What each file came to: the names of its pods, or why it was refused. */
async function outcome(): Promise<Record<string, string>> {
  const files = await loadFiles();
  return Object.fromEntries(
    files.map((file) => [
      file.file.slice(directory.length + 1),
      file.state === 'accepted'
        ? podsOf(file)
            .map((pod) => pod.metadata.name)
            .join()
        : file.errors.map((error) => error.message).join(),
    ]),
  );
}

describe('which files are manifests', () => {
  test('by name, in order, and not below subdirectories', async () => {
    for (const name of ['b.yml', 'a.yaml', 'c.json']) write(name, manifest(`pod-${name[0]}`));
    for (const name of [
      '.a.yaml',
      'a.yaml~',
      'a.yaml.swp',
      '.a.yaml.swp',
      'a.bak',
      '#a.yaml#',
      '#b.yaml',
      'README',
    ]) {
      write(name, 'not: [a manifest');
    }
    mkdirSync(at('sub'));
    writeFileSync(at('sub/d.yaml'), manifest('d'));
    expect(Object.entries(await outcome())).toEqual([
      ['a.yaml', 'pod-a'],
      ['b.yml', 'pod-b'],
      ['c.json', 'pod-c'],
    ]);
  });

  test('an empty directory is read, and has none', async () => {
    expect(await loadDirectory()).toEqual({ state: 'read', directory, files: [], warnings: [] });
  });

  test('several directories keep their order', async () => {
    const missing = join(root, 'missing');
    const both = createManifestLoader({ directories: [missing, directory] });
    write('a.yaml');
    const { directories } = await both.load();
    await both.close();
    expect(directories.map((each) => [each.directory, each.state])).toEqual([
      [missing, 'unreadable'],
      [directory, 'read'],
    ]);
  });
});

describe('what is no regular file is refused without waiting for it', () => {
  test('FIFO, directory, device, dangling link, link to itself', async () => {
    execFileSync('mkfifo', [at('fifo.yaml')]);
    mkdirSync(at('dir.yaml'));
    symlinkSync('/dev/zero', at('zero.yaml'));
    symlinkSync('nowhere', at('dangling.yaml'));
    symlinkSync('loop.yaml', at('loop.yaml'));
    symlinkSync('fifo.yaml', at('tofifo.yaml'));
    write('good.yaml');
    expect(await outcome()).toEqual({
      'dangling.yaml': 'is a symbolic link to nothing',
      'dir.yaml': 'is a directory: manifests are files, and subdirectories are not searched',
      'fifo.yaml': 'is a FIFO, not a regular file',
      'good.yaml': 'web',
      'loop.yaml': expect.stringMatching(/^cannot be read: ELOOP/),
      'tofifo.yaml': 'is a FIFO, not a regular file',
      'zero.yaml': 'is a device, not a regular file',
    });
  });

  test('socket', async () => {
    const server = createServer().listen(at('socket.yaml'));
    await new Promise((resolve) => server.once('listening', resolve));
    const found = await outcome();
    await new Promise((resolve) => server.close(resolve));
    expect(found).toEqual({ 'socket.yaml': 'is a socket, not a regular file' });
  });
});

describe('what a file holds', () => {
  test('too much of it is refused unparsed, with size and limit', async () => {
    write('just.yaml', manifest('web') + '#'.repeat(2_000 - manifest('web').length));
    write('over.yaml', '\0'.repeat(2_001));
    expect(await outcome()).toEqual({ 'just.yaml': 'web', 'over.yaml': 'has 2001 bytes; the limit is 2000' });
  });

  test('bytes that are no UTF-8 are refused; a BOM is fine', async () => {
    write('latin1.yaml', Buffer.from(`${manifest('web')}# caf\xe9\n`, 'latin1'));
    write('bom.yaml', `\ufeff${manifest('bom')}`);
    expect(await outcome()).toEqual({ 'bom.yaml': 'bom', 'latin1.yaml': 'is not valid UTF-8' });
  });

  test('half of it, and the whole a moment later', async () => {
    write('a.yaml', 'name: web\ncontainers: [{name: c,');
    expect(await outcome()).toEqual({ 'a.yaml': expect.stringMatching(/^not valid YAML/) });
    write('a.yaml');
    expect(await outcome()).toEqual({ 'a.yaml': 'web' });
  });
});

describe('an unchanged file', () => {
  test('is the same object in each snapshot, accepted or refused', async () => {
    write('good.yaml');
    write('broken.yaml', 'a: [');
    mkdirSync(at('dir.yaml'));
    const first = await loadFiles();
    const second = await loadFiles();
    expect(second).toHaveLength(3);
    for (const [index, file] of second.entries()) expect(file).toBe(first[index]);
  });

  test('is the same object when only its times changed, or it was moved into place again', async () => {
    write('a.yaml');
    const [first] = await loadFiles();
    utimesSync(at('a.yaml'), new Date(), new Date());
    expect((await loadFiles())[0]).toBe(first);
    write('.new');
    renameSync(at('.new'), at('a.yaml'));
    expect((await loadFiles())[0]).toBe(first);
  });

  test('is not gone when it is there again at the second look, under the same name or another', async () => {
    let betweenLooks = (): void => undefined;
    const clock: Clock = {
      ...systemClock,
      setTimer(_, callback) {
        betweenLooks();
        return systemClock.setTimer(0, callback);
      },
    };
    const looking = createManifestLoader({ directories: [directory], clock });
    const names = async (): Promise<string[]> => {
      const [read] = (await looking.load()).directories;
      return read?.state === 'read' ? read.files.map(({ file }) => file) : [];
    };
    write('a.yaml', manifest('one'));
    write('b.yaml', manifest('two'));
    await names();
    unlinkSync(at('a.yaml'));
    renameSync(at('b.yaml'), at('.b.yaml'));
    betweenLooks = () => {
      write('a.yaml', manifest('one'));
      renameSync(at('.b.yaml'), at('c.yaml'));
    };
    expect(await names()).toEqual([at('a.yaml'), at('c.yaml')]);
    betweenLooks = () => undefined;
    unlinkSync(at('a.yaml'));
    expect(await names()).toEqual([at('c.yaml')]);
    await looking.close();
  });

  test('is read again when written twice within one step of the file clock', async () => {
    for (const name of ['aaa', 'bbb', 'ccc', 'ddd']) {
      write('a.yaml', manifest(name));
      expect(await outcome()).toEqual({ 'a.yaml': name });
    }
  });

  test('is trusted by its stats once it has rested', async () => {
    const clock = {
      // Long after every file time: everything counts as rested.
      nowMs: () => Number.MAX_SAFE_INTEGER,
      monotonicMs: () => 0,
      setTimer: () => ({ cancel: () => undefined }),
    };
    let parsed = 0;
    const logger = {
      debug: (fields: { files?: unknown }) => (parsed += Number(fields.files)),
      info() {},
      warn() {},
      error() {},
    };
    const rested = createManifestLoader({ directories: [directory], clock, logger });
    write('a.yaml');
    const first = (await rested.load()).directories;
    const second = (await rested.load()).directories;
    await rested.close();
    expect(second).toEqual(first);
    expect(parsed).toBe(1);
  });
});

describe('links', () => {
  test('a ..data link is followed, and its swap seen', async () => {
    for (const version of ['1', '2']) {
      mkdirSync(at(`..${version}`));
      writeFileSync(at(`..${version}/pod.yaml`), manifest(`v${version}`), { mode: 0o644 });
    }
    symlinkSync('..1', at('..data'));
    symlinkSync('..data/pod.yaml', at('pod.yaml'));
    expect(await outcome()).toEqual({ 'pod.yaml': 'v1' });
    symlinkSync('..2', at('..data_tmp'));
    renameSync(at('..data_tmp'), at('..data'));
    expect(await outcome()).toEqual({ 'pod.yaml': 'v2' });
  });

  test('the file behind a link is held to the same rules', async () => {
    const target = join(root, 'target.yaml');
    writeFileSync(target, manifest('web'));
    symlinkSync(target, at('a.yaml'));
    chmodSync(target, 0o666);
    expect(await outcome()).toEqual({ 'a.yaml': expect.stringMatching(/^others may write to it/) });
    chmodSync(target, 0o664);
    expect(await outcome()).toEqual({ 'a.yaml': 'web' });
  });
});

describe('permissions and owners', () => {
  test('a file others may write to is refused until they may not', async () => {
    write('a.yaml');
    chmodSync(at('a.yaml'), 0o602);
    expect(await outcome()).toEqual({ 'a.yaml': expect.stringMatching(/^others may write to it/) });
    chmodSync(at('a.yaml'), 0o660);
    expect(await outcome()).toEqual({ 'a.yaml': 'web' });
  });

  test.each([0o777, 0o1777])('a directory of mode %o says nothing', async (mode) => {
    write('a.yaml');
    chmodSync(directory, mode);
    expect(await loadDirectory()).toEqual({
      state: 'unreadable',
      directory,
      reason: expect.stringMatching(/^others may write to it/),
    });
    chmodSync(directory, 0o775);
    expect(await outcome()).toEqual({ 'a.yaml': 'web' });
  });

  test('a directory that is missing, or none', async () => {
    rmSync(directory, { recursive: true });
    expect(await loadDirectory()).toEqual({ state: 'unreadable', directory, reason: 'does not exist' });
    writeFileSync(directory, '');
    expect(await loadDirectory()).toMatchObject({
      state: 'unreadable',
      reason: expect.stringMatching(/^ENOTDIR/),
    });
  });

  // Root may read everything.
  test.skipIf(isRoot)('what the daemon may not read is refused', async () => {
    write('a.yaml');
    chmodSync(at('a.yaml'), 0o000);
    expect(await outcome()).toEqual({ 'a.yaml': expect.stringMatching(/^cannot be read: EACCES/) });
    chmodSync(directory, 0o300);
    expect(await loadDirectory()).toMatchObject({ state: 'unreadable' });
    chmodSync(directory, 0o700);
  });

  // Only root can give files away.
  test.runIf(isRoot)('files and directories of other users give one warning each', async () => {
    write('a.yaml');
    write('mine.yaml', manifest('mine'));
    chownSync(at('a.yaml'), 4711, 0);
    chownSync(directory, 4712, 0);
    for (const _ of ['first', 'cached']) {
      expect(await loadDirectory()).toMatchObject({
        files: [{ state: 'accepted' }, { state: 'accepted' }],
        warnings: [
          `${directory} belongs to uid 4712, who can decide what runs here`,
          `${at('a.yaml')} belongs to uid 4711, who can decide what runs here`,
        ],
      });
    }
  });
});

test('files that come and go while they are read never fail a load', async () => {
  let going = true;
  const churn = (async () => {
    while (going) {
      write('a.yaml');
      write('b.yaml', manifest('other'));
      await new Promise((resolve) => setImmediate(resolve));
      unlinkSync(at('a.yaml'));
      renameSync(at('b.yaml'), at('c.yaml'));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const seen = new Set<string>();
  for (let load = 0; load < 200; load += 1) {
    for (const text of Object.values(await outcome())) seen.add(text);
  }
  going = false;
  await churn;
  // Empty and half-written moments are possible; a crash, another error or a lost file is not.
  expect([...seen].filter((text) => !/^(web|other|holds no object.*)$/.test(text))).toEqual([]);
  expect(seen).toContain('other');
});

test('loads asked for at once run one after the other', async () => {
  write('a.yaml');
  const snapshots = await Promise.all([loader.load(), loader.load(), loader.load()]);
  expect(new Set(snapshots.map((snapshot) => JSON.stringify(snapshot))).size).toBe(1);
});
