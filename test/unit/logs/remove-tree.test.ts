import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDirectory } from '../../../src/base/index.ts';
import { removeTree } from '../../../src/logs/remove-tree.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tinylet-tree-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function remove(name: string): Promise<void> {
  const parent = await openDirectory(root);
  try {
    await removeTree(parent, name);
  } finally {
    await parent.close();
  }
}

test('files, links, pipes and directories go, and what links lead to stays', async () => {
  await mkdir(join(root, 'pod/app/deeper'), { recursive: true });
  await mkdir(join(root, 'kept'));
  await writeFile(join(root, 'kept/precious'), '');
  for (const name of ['0.log', 'app/0.log', 'app/deeper/0.log']) await writeFile(join(root, 'pod', name), '');
  await symlink('../../kept', join(root, 'pod/app/directory'));
  await symlink('../../kept/precious', join(root, 'pod/app/file'));
  await run('mkfifo', [join(root, 'pod/pipe')]);
  await remove('pod');
  expect(await readdir(root)).toEqual(['kept']);
  expect(await readdir(join(root, 'kept'))).toEqual(['precious']);
});

test('what is missing is no error', async () => {
  await remove('pod');
  expect(await readdir(root)).toEqual([]);
});

test('whoever digs is not followed for ever', async () => {
  await mkdir(join(root, 'pod', ...Array.from({ length: 40 }, () => 'd')), { recursive: true });
  await expect(remove('pod')).rejects.toThrow('d is too deep inside');
});

test.skipIf(!isRoot)('what is mounted in it stays, and is told of', async () => {
  const mounted = join(root, 'pod/app');
  await mkdir(mounted, { recursive: true });
  await mkdir(join(root, 'kept'));
  await writeFile(join(root, 'kept/precious'), '');
  // Of the same device: only the mount tells them apart.
  await run('mount', ['--bind', join(root, 'kept'), mounted]);
  try {
    await expect(remove('pod')).rejects.toThrow('something is mounted at app');
    expect(await readdir(join(root, 'kept'))).toEqual(['precious']);
  } finally {
    await run('umount', [mounted]);
  }
  await remove('pod');
  expect(await readdir(root)).toEqual(['kept']);
});
