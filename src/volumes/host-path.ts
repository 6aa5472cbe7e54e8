import type { Stats } from 'node:fs';
import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { unlessMissing } from '../base/index.ts';
import type { HostPathType } from '../pod/index.ts';
import type { Machine } from './machine.ts';
import { mustAnswer } from './must-answer.ts';
import { resolvePath } from './resolve-path.ts';

interface TypeRule {
  readonly holds: (status: Stats) => boolean;
  /** As the kubelet writes it. */
  readonly words: string;
  /** Makes it where nothing is. */
  readonly make?: (path: string) => Promise<void>;
}

const DIRECTORY: TypeRule = { holds: (status) => status.isDirectory(), words: 'a directory' };
const FILE: TypeRule = { holds: (status) => status.isFile(), words: 'a file' };

const RULES: Readonly<Record<Exclude<HostPathType, ''>, TypeRule>> = {
  Directory: DIRECTORY,
  DirectoryOrCreate: { ...DIRECTORY, make: makeDirectories },
  File: FILE,
  FileOrCreate: { ...FILE, make: makeFile },
  Socket: { holds: (status) => status.isSocket(), words: 'a socket file' },
  CharDevice: { holds: (status) => status.isCharacterDevice(), words: 'a character device' },
  BlockDevice: { holds: (status) => status.isBlockDevice(), words: 'a block device' },
};

/** Whether a path of the machine is what its type says, or can be made so; links are followed (kubelet: hostpath.checkType). */
export async function checkHostPath(
  machine: Machine,
  { path, type }: { readonly path: string; readonly type: HostPathType },
): Promise<void> {
  if (type === '') return;
  const { place, slowPaths } = machine;
  const rule = RULES[type];
  await mustAnswer(machine, path);
  const sound = await slowPaths.look(path, async () => {
    const reached = place.reach((await resolvePath(place, path)).path);
    const status = await unlessMissing(stat(reached));
    if (status !== undefined) return rule.holds(status);
    await rule.make?.(reached);
    return rule.make !== undefined;
  });
  if (!sound) throw new Error(`hostPath type check failed: ${path} is not ${rule.words}`);
}

async function makeDirectories(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o755 });
  // The umask may have taken some away.
  if (first !== undefined) await chmod(path, 0o755);
}

/** What is above it is not made. */
async function makeFile(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.chmod(0o644);
  } finally {
    await file.close();
  }
}
