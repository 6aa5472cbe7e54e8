import { execFileSync } from 'node:child_process';
import { mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChangingFile } from '../../../src/base/index.ts';

let directory = '';
let path = '';
/** Every text that was parsed, in order. */
let parsed: (string | undefined)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tinylet-changing-'));
  path = join(directory, 'file');
  parsed = [];
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function fileOf(maxBytes = 100): ChangingFile<number> {
  return new ChangingFile(path, { maxBytes, parse: (text) => parsed.push(text) });
}

test('is read once while it stays as it is', async () => {
  const file = fileOf();
  await writeFile(path, 'one');
  expect([await file.read(), await file.read()]).toEqual([1, 1]);
  expect(parsed).toEqual(['one']);
});

test('is read anew when it was written, replaced by one of the same size and time, deleted, and made again', async () => {
  const file = fileOf();
  await file.read();
  await writeFile(path, 'one');
  await file.read();
  const { atime, mtime } = await stat(path);
  await writeFile(`${path}.new`, 'two');
  await utimes(`${path}.new`, atime, mtime);
  await rename(`${path}.new`, path);
  await file.read();
  await rm(path);
  await file.read();
  await file.read();
  await writeFile(path, 'four');
  await file.read();
  expect(parsed).toEqual([undefined, 'one', 'two', undefined, 'four']);
});

test('no more of it is read than was allowed', async () => {
  await writeFile(path, '0123456789');
  await fileOf(4).read();
  await fileOf(10).read();
  expect(parsed).toEqual(['0123', '0123456789']);
});

test('what parse throws is thrown, and it is asked again', async () => {
  let calls = 0;
  const file = new ChangingFile(path, {
    maxBytes: 10,
    parse() {
      calls += 1;
      throw new Error('bad');
    },
  });
  await expect(file.read()).rejects.toThrow('bad');
  await expect(file.read()).rejects.toThrow('bad');
  expect(calls).toBe(2);
});

test('a pipe without a writer holds nobody up, and a directory is an error', async () => {
  execFileSync('mkfifo', [path]);
  await fileOf().read();
  expect(parsed).toEqual(['']);
  const inDirectory = new ChangingFile(directory, { maxBytes: 10, parse: String });
  await expect(inDirectory.read()).rejects.toMatchObject({ code: 'EISDIR' });
});
