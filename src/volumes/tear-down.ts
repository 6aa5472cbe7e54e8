import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertNever, unlessMissing } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import type { Machine } from './machine.ts';
import {
  markersDirectory,
  podDirectory,
  readyMarker,
  subPathsDirectory,
  volumeDirectory,
  volumesDirectory,
} from './pod-directory.ts';
import { removeTrees } from './remove-trees.ts';
import type { VolumeSetup } from './volume-setup.ts';

/** The pod's record, and one that was being written: others' affair (state/pod-records.ts). */
const RECORD = /^\.?record\.json/;

/** Unmounts and deletes everything of a pod but its record. Nothing is deleted while something stays mounted. */
export async function tearDownPod(machine: Machine, uid: PodUid): Promise<void> {
  const directory = podDirectory(machine.rootDir, uid);
  const names = await namesIn(machine, directory);
  const doomed = names.filter((name) => !RECORD.test(name)).map((name) => join(directory, name));
  await removeTrees(machine, doomed);
}

/** Deletes the volumes of a pod that are not wanted any more, with what was bound of them. */
export async function tearDownOthers(
  machine: Machine,
  uid: PodUid,
  setups: readonly VolumeSetup[],
): Promise<void> {
  const { rootDir } = machine;
  const wanted = new Set(setups.flatMap((setup) => keptPaths(rootDir, uid, setup)));
  const volumes = await volumesIn(machine, volumesDirectory(rootDir, uid));
  const markers = await volumesIn(machine, markersDirectory(rootDir, uid));
  const doomed = volumes.filter(({ path }) => !wanted.has(path));
  await removeTrees(machine, [
    ...doomed.map(({ name }) => join(subPathsDirectory(rootDir, uid), name)),
    ...doomed.map(({ path }) => path),
    ...markers.filter(({ path }) => !wanted.has(path)).map(({ path }) => path),
  ]);
}

/** Directories of a pod that a volume keeps. */
function keptPaths(rootDir: string, uid: PodUid, setup: VolumeSetup): readonly string[] {
  const name = setup.volume;
  switch (setup.kind) {
    case 'empty-dir': {
      const volume = { plugin: 'empty-dir', name } as const;
      return [volumeDirectory(rootDir, uid, volume), dirname(readyMarker(rootDir, uid, volume))];
    }
    case 'files':
      return [volumeDirectory(rootDir, uid, { plugin: setup.plugin, name })];
    case 'claim':
      return [dirname(readyMarker(rootDir, uid, { plugin: 'claim', name }))];
    case 'host-path':
      return [];
    default:
      return assertNever(setup);
  }
}

interface FoundVolume {
  readonly name: string;
  readonly path: string;
}

/** What lies at `<directory>/<plugin>/<volume>`. */
async function volumesIn(machine: Machine, directory: string): Promise<readonly FoundVolume[]> {
  const found: FoundVolume[] = [];
  for (const plugin of await namesIn(machine, directory)) {
    for (const name of await namesIn(machine, join(directory, plugin))) {
      found.push({ name, path: join(directory, plugin, name) });
    }
  }
  return found;
}

async function namesIn({ place }: Machine, path: string): Promise<readonly string[]> {
  return (await unlessMissing(readdir(place.reach(path)))) ?? [];
}
