import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, rename, rm, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { errnoOf, messageOf, TinyletError } from '../base/index.ts';

/** A socket that is listened on. Releasing it takes its file away, unless somebody else's stands there by now. */
export interface BoundSocket {
  release(): Promise<void>;
}

/**
 * Binds `server` to a Unix socket that only its owner may open, from its first instant on: it is made in a fresh
 * directory of mode 0700, gets mode 0600 there, and is then renamed into place. (A umask would do the same, but it is
 * the process's own, and other threads make files meanwhile.) The rename also replaces a dead socket in one step.
 *
 * Throws STATE_IO where a daemon answers already, where the path is something other than a socket (which is left
 * alone), and where the system refuses.
 */
export async function bindPrivately(server: Server, socketPath: string): Promise<BoundSocket> {
  try {
    await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 });
    await refuseUnlessFree(socketPath);
    return await bindAndMove(server, socketPath);
  } catch (cause) {
    if (cause instanceof TinyletError) throw cause;
    throw new TinyletError('STATE_IO', `cannot listen on ${socketPath}: ${messageOf(cause)}`, { cause });
  }
}

async function bindAndMove(server: Server, socketPath: string): Promise<BoundSocket> {
  // Names as short as can be: the system takes 107 bytes for the path of a socket. (join would drop the dot.)
  const nursery = await mkdtemp(`${dirname(socketPath)}/.`);
  try {
    const newborn = join(nursery, 's');
    await listen(server, newborn);
    await chmod(newborn, 0o600);
    const ours = await lstat(newborn);
    await rename(newborn, socketPath);
    return { release: () => unlinkIfOurs(socketPath, ours) };
  } catch (error) {
    server.close();
    throw error;
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function refuseUnlessFree(socketPath: string): Promise<void> {
  const found = await statIfThere(socketPath);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new TinyletError(
      'STATE_IO',
      `cannot listen on ${socketPath}: a file that is not a socket is there`,
    );
  }
  if (await answers(socketPath)) {
    throw new TinyletError('STATE_IO', `cannot listen on ${socketPath}: another daemon answers there`);
  }
}

/** False only where it is certain that nobody listens. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => resolve(true));
    socket.once('error', (error) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(errnoOf(error) ?? '')));
    socket.once('connect', () => socket.destroy());
  });
}

async function unlinkIfOurs(socketPath: string, ours: Stats): Promise<void> {
  const found = await statIfThere(socketPath);
  if (found === undefined || found.ino !== ours.ino || found.dev !== ours.dev) return;
  await unlink(socketPath).catch(() => undefined);
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
