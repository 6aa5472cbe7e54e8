import { spawn } from 'node:child_process';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, identifyProcess, isAlive, type ProcessIdentity, TinyletError } from '../base/index.ts';

export interface RootLock {
  release(): Promise<void>;
}

/** Who holds a root directory: a daemon, which may be told to end, or a command that comes to its end by itself. */
export interface LockHolder extends ProcessIdentity {
  readonly isDaemon: boolean;
}

const LOCK_FILE = 'lock';

/**
 * Takes the root directory for this process. The kernel holds the lock for as long as the process lives, so a crash releases
 * it. Node has no flock(2); util-linux' flock locks the open file that we hand down, and the lock stays with our descriptor.
 *
 * Throws ROOT_DIR_LOCKED when another daemon holds it, STATE_IO when the directory cannot be used.
 */
export async function lockRootDir(rootDir: string, isDaemon = false): Promise<RootLock> {
  const file = await openLockFile(rootDir);
  if (!(await flock(file.fd))) {
    const holder = await readLockHolder(rootDir);
    await file.close();
    const who = holder === undefined ? 'another tinylet' : `another tinylet (pid ${holder.pid})`;
    throw new TinyletError(
      'ROOT_DIR_LOCKED',
      `${who} runs on ${rootDir}; stop it first or choose another --root-dir`,
    );
  }
  await file.truncate(0);
  await file.write(JSON.stringify({ ...(await identifyProcess(process.pid)), isDaemon }), 0);
  return { release: () => file.close() };
}

/** The process that holds the root directory, if it is alive. */
export async function readLockHolder(rootDir: string): Promise<LockHolder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(join(rootDir, LOCK_FILE), 'utf8'));
    if (!isLockHolder(holder)) return undefined;
    return (await isAlive(holder)) ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function openLockFile(rootDir: string): Promise<FileHandle> {
  try {
    await mkdir(rootDir, { recursive: true, mode: 0o700 });
    return await open(join(rootDir, LOCK_FILE), 'a+', 0o600);
  } catch (cause) {
    throw new TinyletError(
      'STATE_IO',
      `cannot use the root directory ${rootDir} (${errnoOf(cause)}); are you root?`,
      { cause },
    );
  }
}

/** True when the lock was taken, false when somebody else has it. */
function flock(fd: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['--nonblock', '--exclusive', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', fd],
    });
    child.on('error', (cause) =>
      reject(new TinyletError('STATE_IO', 'cannot run flock (util-linux)', { cause })),
    );
    child.on('exit', (code) => resolve(code === 0));
  });
}

function isLockHolder(value: unknown): value is LockHolder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'startTicks' in value &&
    typeof value.startTicks === 'string' &&
    'isDaemon' in value
  );
}
