import type { Machine } from './machine.ts';
import { pointsWithin } from './mount-table.ts';
import type { Mounts } from './mounts.ts';
import { runTool } from './run-tool.ts';

/** Millions of files take their time. What was cut off goes on at the next call. */
const LONGEST_MS = 600_000;

/**
 * Deletes files or directories with all in them, once nothing is mounted there any more. No link is followed and no device left; where
 * something stays mounted, nothing is deleted at all. `paths` are canonical and the runtime's; what is missing is no error. Nothing may
 * run that uses them.
 */
export async function removeTrees({ place, mounts }: Machine, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await unmountWithin(mounts, paths);
  // GNU rm opens each directory relative to the one above it, and itself bounds the descriptors it holds.
  const reached = paths.map((path) => place.reach(path));
  const { exitCode, complaint } = await runTool(
    'rm',
    ['-rf', '--one-file-system', '--', ...reached],
    LONGEST_MS,
  );
  if (exitCode !== 0) throw new Error(complaint);
}

async function unmountWithin(mounts: Mounts, paths: readonly string[]): Promise<void> {
  const table = await mounts.table();
  const points = paths.flatMap((path) => pointsWithin(table, path));
  if (points.length === 0) return;
  for (const point of points) await mounts.unmount(point);
  const after = await mounts.table();
  const left = paths.flatMap((path) => pointsWithin(after, path));
  if (left.length > 0) throw new Error(`still mounted: ${left.join(', ')}`);
}
