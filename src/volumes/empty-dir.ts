import type { PodUid } from '../pod/index.ts';
import { type Machine, makeDirectory } from './machine.ts';
import { mountAt } from './mount-table.ts';
import { readyMarker, volumeDirectory } from './pod-directory.ts';
import { readMarker, writeMarker } from './ready-marker.ts';
import { removeTrees } from './remove-trees.ts';
import { setGroup } from './set-group.ts';
import type { EmptyDirSetup } from './volume-setup.ts';

/** Everyone may write to it (kubelet: emptydir, perm). */
const MODE = 0o777;

const FILE_SYSTEMS = { disk: undefined, memory: 'tmpfs', hugepages: 'hugetlbfs' } as const;

/**
 * An emptyDir (kubelet: emptydir.SetUpAt). Made once: what is in it stays as long as the pod, through restarts of everything but the
 * machine, which empties memory. Another size changes in place; another medium is another volume, and begins empty.
 */
export async function setUpEmptyDir(machine: Machine, uid: PodUid, setup: EmptyDirSetup): Promise<void> {
  const { rootDir, mounts, place } = machine;
  const volume = { plugin: 'empty-dir', name: setup.volume } as const;
  const directory = volumeDirectory(rootDir, uid, volume);
  const marker = readyMarker(rootDir, uid, volume);
  const wanted = described(setup);
  const made = await readMarker(machine, marker);
  const mounted = mountAt(await mounts.table(), directory)?.type;
  const fileSystem = FILE_SYSTEMS[setup.medium];
  const other = made !== undefined && (made.medium !== wanted.medium || made.pageSize !== wanted.pageSize);
  if (other || (mounted !== undefined && mounted !== fileSystem)) {
    await removeTrees(machine, [directory, marker]);
    return setUpEmptyDir(machine, uid, setup);
  }
  const isNew = made === undefined || (fileSystem !== undefined && mounted === undefined);
  await makeDirectory(machine, directory, { mode: MODE });
  if (mounted === undefined) await mountMedium(machine, directory, setup);
  else if (setup.medium === 'memory' && made?.sizeBytes !== wanted.sizeBytes) {
    await mounts.resizeTmpfs(directory, setup.sizeBytes);
  }
  if (setup.fsGroup !== undefined && (isNew || made?.fsGroup !== setup.fsGroup)) {
    await setGroup(place.reach(directory), setup.fsGroup, 'Always');
  }
  if (JSON.stringify(made) !== JSON.stringify(wanted)) await writeMarker(machine, marker, wanted);
}

/** What the marker says of it; keys that are absent stay absent. */
function described({
  medium,
  sizeBytes,
  pageSize,
  fsGroup,
}: EmptyDirSetup): Readonly<Record<string, unknown>> {
  return {
    medium,
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(pageSize !== undefined && { pageSize }),
    ...(fsGroup !== undefined && { fsGroup }),
  };
}

async function mountMedium({ mounts }: Machine, directory: string, setup: EmptyDirSetup): Promise<void> {
  if (setup.medium === 'memory') await mounts.tmpfs(directory, setup.sizeBytes);
  if (setup.medium === 'hugepages') await mounts.hugetlbfs(directory, setup.pageSize);
}
