import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ManifestWatcher, watchManifests } from '../../../src/manifest/index.ts';

let root: string;
let directory: string;
let hints: string[];
let watcher: ManifestWatcher | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tinylet-watch-'));
  directory = join(root, 'manifests');
  hints = [];
});

afterEach(async () => {
  await watcher?.close();
  rmSync(root, { recursive: true, force: true });
});

/** Starts watching, and waits until the watch is on when the directory exists. */
async function start(): Promise<void> {
  watcher = watchManifests([directory], (path) => hints.push(path));
}

/** The hints up to the first one that satisfies `wanted`; fails when none comes. */
async function hint(wanted: (path: string) => boolean = () => true): Promise<void> {
  await expect.poll(() => hints.some(wanted), { interval: 2, timeout: 8_000 }).toBe(true);
}

async function watching(): Promise<void> {
  mkdirSync(directory);
  await start();
  await hint((path) => path === directory);
  hints.length = 0;
}

describe('watchManifests', () => {
  const changes: [string, string, (dir: string) => void][] = [
    ['a new file', 'a.yaml', (dir) => writeFileSync(join(dir, 'a.yaml'), 'x')],
    ['a file written in place', 'old.yaml', (dir) => writeFileSync(join(dir, 'old.yaml'), 'new')],
    ['a removed file', 'old.yaml', (dir) => rmSync(join(dir, 'old.yaml'))],
    [
      'a file renamed over another',
      'old.yaml',
      (dir) => renameSync(join(dir, '.new'), join(dir, 'old.yaml')),
    ],
    ['a swapped ..data link', '..data', (dir) => renameSync(join(dir, '..data_tmp'), join(dir, '..data'))],
  ];
  test.each(changes)('gives a hint for %s', async (_, name, change) => {
    mkdirSync(directory);
    writeFileSync(join(directory, 'old.yaml'), 'old');
    writeFileSync(join(directory, '.new'), 'new');
    for (const version of ['1', '2']) mkdirSync(join(directory, `..${version}`));
    symlinkSync('..1', join(directory, '..data'));
    symlinkSync('..2', join(directory, '..data_tmp'));
    await start();
    await hint((path) => path === directory);
    hints.length = 0;

    change(directory);

    await hint((path) => path === join(directory, name));
  });

  test('gives a hint for each of two quick writes', async () => {
    await watching();
    writeFileSync(join(directory, 'a.yaml'), 'first');
    await hint();
    hints.length = 0;
    writeFileSync(join(directory, 'a.yaml'), 'second');
    await hint((path) => path === join(directory, 'a.yaml'));
  });

  test('waits for a directory that does not exist yet', async () => {
    await start();
    mkdirSync(directory);
    await hint((path) => path === directory);
    hints.length = 0;
    writeFileSync(join(directory, 'a.yaml'), 'x');
    // The watch may have come on before or after this write; both give a hint.
    await hint();
  });

  test('notices that the directory goes, and that another one takes its place', async () => {
    await watching();
    rmSync(directory, { recursive: true });
    await hint();
    mkdirSync(directory);
    // Only a watch on the new directory can tell of this.
    await expect
      .poll(
        () => {
          writeFileSync(join(directory, 'a.yaml'), 'x');
          return hints.includes(join(directory, 'a.yaml'));
        },
        { interval: 50, timeout: 8_000 },
      )
      .toBe(true);
  });

  test('follows a directory replaced by a rename', async () => {
    await watching();
    mkdirSync(join(root, 'other'));
    renameSync(directory, join(root, 'gone'));
    renameSync(join(root, 'other'), directory);
    hints.length = 0;
    await expect
      .poll(
        () => {
          writeFileSync(join(directory, 'b.yaml'), 'x');
          return hints.includes(join(directory, 'b.yaml'));
        },
        { interval: 50, timeout: 8_000 },
      )
      .toBe(true);
  });

  test('is silent once closed', async () => {
    await watching();
    await watcher?.close();
    hints.length = 0;
    writeFileSync(join(directory, 'a.yaml'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(hints).toEqual([]);
  });
});
