import { dirname, join } from 'node:path';

/**
 * Where pods' mounts are made: in this process' own mount namespace or, where the runtime lives in another (tinylet in a container of
 * its own), in the runtime's. Paths of volumes are always the runtime's.
 */
export interface MountPlace {
  /** The path by which this process reaches one of the runtime's. Symlinks in it must be resolved: absolute ones would lead here. */
  reach(path: string): string;
  /** The command that runs a tool among the runtime's mounts: the one that is installed there. */
  command(tool: string, args: readonly string[]): readonly [command: string, args: readonly string[]];
  /** The kernel's list of those mounts. */
  readonly mountInfo: string;
}

/** `runtimeRoot` is `/proc/<pid>/root` of a process in the runtime's mount namespace. */
export function mountPlace(runtimeRoot?: string): MountPlace {
  if (runtimeRoot === undefined) {
    return {
      reach: (path) => path,
      command: (tool, args) => [tool, args],
      mountInfo: '/proc/self/mountinfo',
    };
  }
  const processDirectory = dirname(runtimeRoot);
  return {
    reach: (path) => `${runtimeRoot}${path}`,
    command: (tool, args) => [
      'nsenter',
      [`--mount=${join(processDirectory, 'ns', 'mnt')}`, '--', tool, ...args],
    ],
    mountInfo: join(processDirectory, 'mountinfo'),
  };
}
