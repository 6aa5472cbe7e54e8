import type { PodUid } from '../pod/index.ts';
import { type Machine, makeDirectory } from './machine.ts';
import { mountAt } from './mount-table.ts';
import { volumeDirectory } from './pod-directory.ts';
import { removeTrees } from './remove-trees.ts';
import type { FilesSetup } from './volume-setup.ts';
import { writeFilesAtOnce } from './write-files-at-once.ts';

/** As an emptyDir, which it is made of (kubelet: configmap and secret wrap one); containers see it read-only. */
const MODE = 0o777;

/** A directory of files. What is secret lies in memory only, so that it reaches no disk. */
export async function setUpFiles(machine: Machine, uid: PodUid, setup: FilesSetup): Promise<void> {
  const { rootDir, mounts, place, clock } = machine;
  const directory = volumeDirectory(rootDir, uid, { plugin: setup.plugin, name: setup.volume });
  const wanted = setup.medium === 'memory' ? 'tmpfs' : undefined;
  let mounted = mountAt(await mounts.table(), directory)?.type;
  if (mounted !== undefined && mounted !== wanted) {
    await removeTrees(machine, [directory]);
    mounted = undefined;
  }
  await makeDirectory(machine, directory, { mode: MODE });
  if (wanted !== undefined && mounted === undefined) await mounts.tmpfs(directory, undefined);
  await writeFilesAtOnce(place.reach(directory), setup.files, { group: setup.fsGroup, nowMs: clock.nowMs() });
}
