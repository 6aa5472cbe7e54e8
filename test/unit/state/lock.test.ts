import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { identifyProcess } from '../../../src/base/index.ts';
import { lockRootDir, readLockHolder } from '../../../src/state/index.ts';
import { freshRootDir } from './temporary.ts';

const root = freshRootDir();
const children: ChildProcess[] = [];
const holder = fileURLToPath(new URL('lock-holder.sh', import.meta.url));

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Another process that holds the lock as a daemon does: on an open file of its own. */
async function lockElsewhere(): Promise<ChildProcess> {
  const child = spawn('sh', [holder, join(root.path, 'lock')], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

test.each([true, false])(
  'the holder is written down and found, and whether it is a daemon: %s',
  async (isDaemon) => {
    const lock = await lockRootDir(root.path, isDaemon);
    expect(await readLockHolder(root.path)).toEqual({ ...(await identifyProcess(process.pid)), isDaemon });
    await lock.release();
  },
);

test('a second daemon is refused, and told which process is the first', async () => {
  const lock = await lockRootDir(root.path);
  await expect(lockRootDir(root.path)).rejects.toMatchObject({
    code: 'ROOT_DIR_LOCKED',
    message: `another tinylet (pid ${process.pid}) runs on ${root.path}; stop it first or choose another --root-dir`,
  });
  expect(await readLockHolder(root.path)).toMatchObject({ pid: process.pid });
  await lock.release();
});

test('a release lets the next one in', async () => {
  await (await lockRootDir(root.path)).release();
  await (await lockRootDir(root.path)).release();
});

test('another process holds it, and a crash of that process releases it', async () => {
  const child = await lockElsewhere();
  await expect(lockRootDir(root.path)).rejects.toMatchObject({ code: 'ROOT_DIR_LOCKED' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await lockRootDir(root.path);
  expect(await readLockHolder(root.path)).toMatchObject({ pid: process.pid });
  await lock.release();
});

test('the lock outlives the helper that took it, and is not handed on to children', async () => {
  const lock = await lockRootDir(root.path);
  const heir = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  children.push(heir);
  await once(heir, 'spawn');
  await lock.release();
  await (await lockRootDir(root.path)).release();
});

test('two root directories are two locks', async () => {
  const one = await lockRootDir(join(root.path, 'one'));
  const two = await lockRootDir(join(root.path, 'two'));
  await one.release();
  await two.release();
});

test.each([
  ['of a recycled pid', JSON.stringify({ pid: process.pid, startTicks: '1' })],
  ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startTicks: '1' })],
  ['that is torn', '{"pid":1'],
  ['of another shape', '{"pid":"1"}'],
])('a lock file %s names no holder', async (_case, text) => {
  await writeFile(join(root.path, 'lock'), text);
  expect(await readLockHolder(root.path)).toBeUndefined();
});

test('no lock file names no holder', async () => {
  expect(await readLockHolder(root.path)).toBeUndefined();
});

test('a root directory that cannot be is a STATE_IO', async () => {
  await writeFile(join(root.path, 'file'), '');
  await expect(lockRootDir(join(root.path, 'file', 'below'))).rejects.toMatchObject({ code: 'STATE_IO' });
});
