import { chmod, mkdir } from 'node:fs/promises';
import { type Clock, errnoOf, type Logger } from '../base/index.ts';
import { type MountPlace, mountPlace } from './mount-place.ts';
import { Mounts } from './mounts.ts';
import { resolvePath } from './resolve-path.ts';
import { SlowPaths } from './slow-paths.ts';

/** Where and by what means volumes are made. */
export interface Machine {
  /** Canonical, as the runtime sees it: the kernel's list of mounts names it so. */
  readonly rootDir: string;
  readonly place: MountPlace;
  readonly mounts: Mounts;
  readonly slowPaths: SlowPaths;
  readonly clock: Clock;
}

export interface MachineOptions {
  /** As the runtime sees it; absolute. */
  readonly rootDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `/proc/<pid>/root` of a process in the runtime's mount namespace, where that is not this process' own. */
  readonly runtimeRoot?: string;
}

export async function openMachine({ rootDir, clock, logger, runtimeRoot }: MachineOptions): Promise<Machine> {
  const place = mountPlace(runtimeRoot);
  return {
    rootDir: (await resolvePath(place, rootDir)).path,
    place,
    mounts: new Mounts(place, logger),
    slowPaths: new SlowPaths(clock),
    clock,
  };
}

/** Makes a directory with exactly that mode, and what is missing above it as tinylet's own. An existing one is left as it is. */
export async function makeDirectory(
  { place }: Machine,
  path: string,
  { mode, above = 0o750 }: { readonly mode: number; readonly above?: number },
): Promise<void> {
  const reached = place.reach(path);
  try {
    await mkdir(reached);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return;
    if (errnoOf(error) !== 'ENOENT') throw error;
    await mkdir(reached.slice(0, reached.lastIndexOf('/')), { recursive: true, mode: above });
    await mkdir(reached);
  }
  await chmod(reached, mode);
}
