import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileAtomic } from '../../../src/base/index.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tinylet-atomic-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('writes a private file, and the directories it needs', async () => {
  const path = join(directory, 'a', 'b', 'record.json');
  await writeFileAtomic(path, 'one');
  expect(await readFile(path, 'utf8')).toBe('one');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o700);
});

test('replaces a file by another one, so that a reader of the old one is not disturbed', async () => {
  const path = join(directory, 'record.json');
  await writeFile(path, 'old');
  const before = (await stat(path)).ino;
  await writeFileAtomic(path, 'new', { mode: 0o644 });
  expect(await readFile(path, 'utf8')).toBe('new');
  expect((await stat(path)).ino).not.toBe(before);
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  expect(await readdir(directory)).toEqual(['record.json']);
});

test('leaves nothing behind when it fails, and the old file as it was', async () => {
  const path = join(directory, 'taken');
  await writeFileAtomic(join(path, 'inside'), 'x');
  await chmod(path, 0o700);
  await expect(writeFileAtomic(path, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(directory)).toEqual(['taken']);
  expect(await readdir(path)).toEqual(['inside']);
});
