import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBelow, selfPath } from '../../../src/base/index.ts';

let base: string;
let root: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'tinylet-below-'));
  root = join(base, 'root');
  await mkdir(join(root, 'a/b'), { recursive: true });
  await writeFile(join(root, 'a/b/file'), 'x');
  await mkdir(join(base, 'outside/b'), { recursive: true });
  await writeFile(join(base, 'outside/b/file'), 'secret');
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function opened(directory: string, ...names: string[]): Promise<string> {
  const handle = await openBelow(directory, names);
  try {
    return await readlink(selfPath(handle));
  } finally {
    await handle.close();
  }
}

test('leads to directories and files, and to where it begins', async () => {
  expect(await opened(root)).toBe(root);
  expect(await opened(root, 'a', 'b')).toBe(join(root, 'a/b'));
  expect(await opened(root, 'a', 'b', 'file')).toBe(join(root, 'a/b/file'));
});

test('begins at a directory that is a link', async () => {
  await symlink(root, join(base, 'link'));
  expect(await opened(join(base, 'link'), 'a')).toBe(join(root, 'a'));
});

test('goes through no link on the way, and does not follow the last', async () => {
  await symlink(join(base, 'outside'), join(root, 'out'));
  await expect(opened(root, 'out', 'b', 'file')).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(await opened(root, 'out')).toBe(join(root, 'out'));
});

test('waits for no pipe', async () => {
  execFileSync('mkfifo', [join(root, 'pipe')]);
  expect(await opened(root, 'pipe')).toBe(join(root, 'pipe'));
  await expect(opened(root, 'pipe', 'x')).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.each([[['none']], [['a', 'none', 'file']], [['a', 'b', 'none']]])('%o is missing', async (names) => {
  await expect(opened(root, ...names)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each(['', '.', '..', 'a/b', '../outside', 'a\0'])('%j is no name', async (name) => {
  await expect(opened(root, name)).rejects.toThrow('is no file name');
  await expect(opened(root, 'a', name)).rejects.toThrow('is no file name');
});

/** Swaps a directory for a link and back, over and over, while this thread does other things. */
const SWAPPER = `
  const { renameSync, symlinkSync } = require('node:fs');
  const { parentPort, workerData: { inside, kept, link, outside } } = require('node:worker_threads');
  symlinkSync(outside, link);
  parentPort.postMessage('begins');
  for (;;) {
    renameSync(inside, kept);
    renameSync(link, inside);
    renameSync(inside, link);
    renameSync(kept, inside);
  }
`;

test('whatever is swapped meanwhile, nothing outside is opened', async () => {
  const outside = join(base, 'outside');
  const swapper = new Worker(SWAPPER, {
    eval: true,
    workerData: { inside: join(root, 'a'), kept: join(base, 'kept'), link: join(base, 'link'), outside },
  });
  await once(swapper, 'message');
  const found = new Set<string>();
  for (let count = 0; count < 2_000; count += 1) {
    const looked = await opened(root, 'a', 'b', 'file').catch(({ code }: { code: string }) => code);
    found.add(looked.startsWith(outside) ? 'outside' : looked.startsWith(base) ? 'inside' : 'nothing');
  }
  await swapper.terminate();
  expect({ inside: found.has('inside'), outside: found.has('outside') }).toEqual({
    inside: true,
    outside: false,
  });
});
