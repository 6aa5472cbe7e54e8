import { stat } from 'node:fs/promises';
import { unlessMissing } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import type { Machine } from './machine.ts';
import { volumeDirectory } from './pod-directory.ts';
import { runTool } from './run-tool.ts';

/** A measure that takes longer is of no use any more. */
const LONGEST_MS = 120_000;

/** Bytes on disk used by each of the named emptyDirs that exists. Neither links nor mounts are followed; what vanishes counts nothing. */
export async function emptyDirUsage(
  { rootDir, place }: Machine,
  uid: PodUid,
  volumes: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const names = new Map<string, string>();
  for (const name of volumes) {
    const path = place.reach(volumeDirectory(rootDir, uid, { plugin: 'empty-dir', name }));
    if ((await unlessMissing(stat(path))) !== undefined) names.set(path, name);
  }
  if (names.size === 0) return new Map();
  // A walk of millions of files belongs into a process of its own. It complains of what vanishes, and still has its sum.
  const { stdout, complaint } = await runTool('du', ['-skx', '--', ...names.keys()], LONGEST_MS);
  const used = new Map<string, number>();
  for (const line of stdout.split('\n')) {
    const [kibibytes, path] = line.split('\t');
    const name = path === undefined ? undefined : names.get(path);
    if (name !== undefined) used.set(name, Number(kibibytes) * 1024);
  }
  if (used.size === 0) throw new Error(complaint);
  return used;
}
