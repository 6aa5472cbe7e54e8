import { once } from 'node:events';
import { mkdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { runCommand } from '../../../src/standalone/command.ts';

/** A directory on the machine with one of each kind of file, for hostPath volumes. */
export interface HostDirectory {
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Makes, below `path`: `directory/` with a file `word` that says hello, `file`, `socket`, the character device `zero`, the block
 * device `block`, the links `link-to-directory` and `link-to-etc`, and `shared/`, a tmpfs whose mounts propagate.
 */
export async function makeHostDirectory(path: string): Promise<HostDirectory> {
  await mkdir(join(path, 'directory'), { recursive: true });
  await mkdir(join(path, 'shared'));
  await writeFile(join(path, 'directory', 'word'), 'hello\n');
  await writeFile(join(path, 'file'), 'a file\n');
  await symlink('directory', join(path, 'link-to-directory'));
  await symlink('/etc', join(path, 'link-to-etc'));
  await run('mknod', join(path, 'zero'), 'c', '1', '5');
  await run('mknod', join(path, 'block'), 'b', '7', '0');
  await run('mount', '-t', 'tmpfs', 'tmpfs', join(path, 'shared'));
  await run('mount', '--make-shared', join(path, 'shared'));
  const server = await listen(join(path, 'socket'));
  return {
    path,
    async close() {
      server.close();
      await run('umount', '--recursive', join(path, 'shared'));
    },
  };
}

/** Which of the machine's namespaces this process is in, as /proc tells it: `net:[4026531840]`. */
export function namespaceOf(kind: 'pid' | 'ipc' | 'net'): Promise<string> {
  return readlink(`/proc/self/ns/${kind}`);
}

async function listen(socket: string): Promise<Server> {
  const server = createServer().listen(socket);
  await once(server, 'listening');
  return server;
}

async function run(program: string, ...args: readonly string[]): Promise<void> {
  const { ok, problem } = await runCommand(program, args);
  if (!ok) throw new Error(`${program} ${args.join(' ')}: ${problem}`);
}
