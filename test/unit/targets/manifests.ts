/** Manifest snapshots as a reader would hand them over. */
import type { ManifestDirectory, ManifestFile, ManifestSnapshot } from '../../../src/manifest/index.ts';
import type { Pod, SideObject } from '../../../src/pod/index.ts';

export const directory = '/m';

/** A file that was read and defines these pods, one after the other, ten lines each. */
export function goodFile(file: string, ...pods: Pod[]): ManifestFile {
  const objects = pods.map((pod, index) => ({ kind: 'Pod' as const, pod, file, line: index * 10 + 1 }));
  return { state: 'accepted', file, objects, notes: [] };
}

/** A file that was read and defines these objects beside pods. */
export function objectFile(file: string, ...objects: SideObject[]): ManifestFile {
  const found = objects.map((object, index) => ({
    ...{ kind: object.kind, object, file, line: index * 10 + 1 },
  }));
  return { state: 'accepted', file, objects: found, notes: [] };
}

/** A file that exists and cannot be used. */
export function badFile(file: string, message = 'broken'): ManifestFile {
  return { state: 'refused', file, errors: [{ file, line: 3, column: 5, path: 'spec', message }] };
}

export function readDirectory(...files: ManifestFile[]): ManifestDirectory {
  return { state: 'read', directory, files, warnings: [] };
}

export const goneDirectory: ManifestDirectory = {
  state: 'unreadable',
  directory,
  reason: 'no such directory',
};

export function snapshotOf(...directories: ManifestDirectory[]): ManifestSnapshot {
  return { directories };
}

export function manifestsOf(...files: ManifestFile[]): ManifestSnapshot {
  return snapshotOf(readDirectory(...files));
}
