import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import { fileLogDirectories, filePodLogs, notedPodLogs } from '../../../src/logs/index.ts';
import { ToldLogger } from './rotation-rig.ts';

let root = '';
let place = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tinylet-noted-'));
  place = join(root, 'log-directories');
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const A = '/var/log/pods/default_web_11';
const RENAMED = '/var/log/pods/default_site_11';
const MOVED = '/srv/log/default_web_11';
const ODD = '/var/log/pods/default_web_my_own_uid';

/** What a daemon that starts anew knows. */
async function noted(): Promise<Record<string, readonly string[]>> {
  return Object.fromEntries(await fileLogDirectories(root, silentLogger).all());
}

test('what is noted is known after a restart, until it is forgotten', async () => {
  const directories = fileLogDirectories(root, silentLogger);
  for (const each of [A, ODD, RENAMED, A, MOVED]) await directories.note(each);
  expect(await noted()).toEqual({ 11: [A, RENAMED, MOVED], my_own_uid: [ODD] });
  expect(Object.fromEntries(await directories.all())).toEqual(await noted());
  await directories.forget(RENAMED);
  await directories.forget(ODD);
  await directories.forget(ODD);
  expect(await noted()).toEqual({ 11: [A, MOVED] });
  expect(Object.fromEntries(await directories.all())).toEqual(await noted());
  expect(await readdir(place)).toEqual(['11']);
});

test('notes are forgotten where another daemon made them', async () => {
  await fileLogDirectories(root, silentLogger).note(A);
  await fileLogDirectories(root, silentLogger).forget(A);
  expect(await noted()).toEqual({});
});

describe('a note that says nothing of its pod is not acted upon', () => {
  test.each([
    ['torn', '/var/log/pods/default_web_11'],
    ["another pod's", '/var/log/pods/default_web_12\n'],
    ['no path', 'default_web_11\n'],
    ['empty', ''],
  ])('%s', async (_case, text) => {
    await mkdir(place);
    await writeFile(join(place, '11'), text);
    expect(await noted()).toEqual({});
    await fileLogDirectories(root, silentLogger).note(A);
    expect(await noted()).toEqual({ 11: [A] });
  });

  test('nor one that was being written', async () => {
    await mkdir(place);
    await writeFile(join(place, '.11.4711.tmp'), `${A}\n`);
    expect(await noted()).toEqual({});
    expect(await readdir(place)).toEqual([]);
  });

  test('nor one that cannot be read, which is told', async () => {
    await mkdir(join(place, '11'), { recursive: true });
    const logger = new ToldLogger();
    expect([...(await fileLogDirectories(root, logger).all())]).toEqual([]);
    expect(logger.warnings).toEqual([
      expect.stringContaining('note of a log directory cannot be read: ignored: EISDIR'),
    ]);
  });
});

test('what cannot be noted is a STATE_IO, and is tried anew', async () => {
  await writeFile(place, '');
  const directories = fileLogDirectories(root, silentLogger);
  await expect(directories.note(A)).rejects.toMatchObject({ code: 'STATE_IO' });
  await rm(place);
  await directories.note(A);
  expect(await noted()).toEqual({ 11: [A] });
});

describe("a pod's log directory", () => {
  const logs = () => notedPodLogs(filePodLogs, fileLogDirectories(root, silentLogger));
  const directory = () => join(root, 'log', 'default_web_11');

  test('is noted before it is made', async () => {
    await writeFile(place, '');
    await expect(logs().prepare({ directory: directory(), container: 'app' })).rejects.toMatchObject({
      code: 'STATE_IO',
    });
    await expect(access(directory())).rejects.toThrow('ENOENT');
    await rm(place);
    await logs().prepare({ directory: directory(), container: 'app' });
    expect(await readFile(join(place, '11'), 'utf8')).toBe(`${directory()}\n`);
    expect(await readdir(directory())).toEqual(['app']);
  });

  test('is forgotten once it is gone', async () => {
    await logs().prepare({ directory: directory(), container: 'app' });
    await logs().removePod(directory());
    await expect(access(directory())).rejects.toThrow('ENOENT');
    expect(await noted()).toEqual({});
  });
});
