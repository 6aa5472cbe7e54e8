import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filePodLogs } from '../../../src/logs/index.ts';

let root = '';
let directory = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tinylet-logs-'));
  directory = join(root, 'default_web_uid');
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Puts empty files where the container's logs are. */
async function put(...names: string[]): Promise<void> {
  await mkdir(join(directory, 'app'), { recursive: true });
  for (const name of names) await writeFile(join(directory, 'app', name), '');
}

const app = () => ({ directory, container: 'app' });

test('a directory is made for a container, and made again without harm', async () => {
  await filePodLogs.prepare(app());
  await put('0.log');
  await filePodLogs.prepare(app());
  expect(await readdir(join(directory, 'app'))).toEqual(['0.log']);
});

describe('the next attempt', () => {
  test.each([
    ['no directory', undefined, 0],
    ['an empty directory', [], 0],
    ['one file', ['0.log'], 1],
    ['a gap', ['2.log', '7.log'], 8],
    ['rotated files', ['3.log', '9.log.20260102-120000.gz'], 10],
    ['numbers, not words', ['9.log', '10.log'], 11],
    ['what is no log', ['x.log', '5.txt', 'log', '4.log2'], 0],
  ])('after %s', async (_case, names, attempt) => {
    if (names !== undefined) await put(...names);
    expect(await filePodLogs.nextAttempt(app())).toBe(attempt);
  });
});

test("one instance's files are removed, rotated ones too, and no other's", async () => {
  await put('1.log', '1.log.20260102-120000', '11.log', '0.log', 'notes');
  await filePodLogs.removeInstance({ ...app(), attempt: 1 });
  expect((await readdir(join(directory, 'app'))).sort()).toEqual(['0.log', '11.log', 'notes']);
  await filePodLogs.removeInstance({ ...app(), attempt: 1 });
  await filePodLogs.removeInstance({ directory: join(root, 'nowhere'), container: 'app', attempt: 1 });
});

test("a pod's directory is removed whole, and once more without harm", async () => {
  await put('0.log');
  await writeFile(join(root, 'neighbour'), '');
  await filePodLogs.removePod(directory);
  await filePodLogs.removePod(directory);
  expect(await readdir(root)).toEqual(['neighbour']);
});

describe('a symlink in place of a directory is not followed', () => {
  const elsewhere = () => join(root, 'elsewhere');

  beforeEach(async () => {
    await mkdir(elsewhere());
    await writeFile(join(elsewhere(), '0.log'), '');
  });

  test("a container's", async () => {
    await mkdir(directory);
    await symlink(elsewhere(), join(directory, 'app'));
    expect(await filePodLogs.nextAttempt(app())).toBe(0);
    await filePodLogs.removeInstance({ ...app(), attempt: 0 });
    await filePodLogs.removePod(directory);
    expect(await readdir(elsewhere())).toEqual(['0.log']);
  });

  test("a pod's", async () => {
    await symlink(elsewhere(), directory);
    await mkdir(join(elsewhere(), 'app'));
    await writeFile(join(elsewhere(), 'app', '3.log'), '');
    expect(await filePodLogs.nextAttempt(app())).toBe(0);
    await filePodLogs.removeInstance({ ...app(), attempt: 3 });
    expect(await readdir(join(elsewhere(), 'app'))).toEqual(['3.log']);
    await expect(filePodLogs.prepare(app())).rejects.toMatchObject({ code: 'STATE_IO' });
    await filePodLogs.removePod(directory);
    expect(await readdir(elsewhere())).toEqual(['0.log', 'app']);
    expect(await readdir(root)).toEqual(['elsewhere']);
  });

  test('is no place for logs', async () => {
    await mkdir(directory);
    await symlink(elsewhere(), join(directory, 'app'));
    await expect(filePodLogs.prepare(app())).rejects.toMatchObject({ code: 'STATE_IO' });
  });
});

test('a file in place of a directory is a STATE_IO that names it', async () => {
  await writeFile(directory, '');
  await expect(filePodLogs.prepare(app())).rejects.toMatchObject({
    code: 'STATE_IO',
    message: expect.stringContaining(directory),
  });
});
