import { readFile, rm } from 'node:fs/promises';
import { runCommand } from './command.ts';

/** The mount points at or below these directories, deepest first: the order in which they can be taken down. */
export async function mountsUnder(directories: readonly string[]): Promise<readonly string[]> {
  return mountPointsUnder(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''), directories);
}

export function mountPointsUnder(mountinfo: string, directories: readonly string[]): readonly string[] {
  return mountinfo
    .split('\n')
    .map((line) => unescapeOctal(line.split(' ')[4] ?? ''))
    .filter((point) =>
      directories.some((directory) => point === directory || point.startsWith(`${directory}/`)),
    )
    .reverse();
}

/** Unmounts everything below the directories. A mount that is busy is detached: it ends with its last user. */
export async function unmountUnder(directories: readonly string[]): Promise<void> {
  for (const point of await mountsUnder(directories)) {
    const { ok } = await runCommand('umount', [point]);
    if (!ok) await runCommand('umount', ['--lazy', point]);
  }
}

/** Deletes a directory, but not through a mount that could not be taken down. */
export async function removeUnmounted(directory: string): Promise<void> {
  if ((await mountsUnder([directory])).length === 0) await rm(directory, { recursive: true, force: true });
}

/** The kernel writes blanks and backslashes in paths as \040 and the like. */
function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
