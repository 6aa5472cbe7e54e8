import type { ManifestFile, ManifestSnapshot } from '../manifest/index.ts';
import type { Pod } from '../pod/index.ts';
import { objectKey } from './resource-kinds.ts';

/** A pod as a file that was read defines it. */
export interface PodDefinition {
  readonly key: string;
  readonly pod: Pod;
  readonly file: string;
}

/** The pods of all files that were read, in the order of the snapshot. */
export function* podDefinitions({ directories }: ManifestSnapshot): Iterable<PodDefinition> {
  for (const directory of directories) {
    if (directory.state !== 'read') continue;
    for (const file of directory.files) {
      if (file.state !== 'accepted') continue;
      for (const found of file.objects) {
        if (found.kind !== 'Pod') continue;
        const { namespace, name } = found.pod.metadata;
        yield { key: objectKey('Pod', namespace, name), pod: found.pod, file: found.file };
      }
    }
  }
}

/** The same snapshot with other versions of some pods. What holds none of them is the very same. */
export function withVersions(
  { directories }: ManifestSnapshot,
  versions: ReadonlyMap<Pod, Pod>,
): ManifestSnapshot {
  const ofFile = (file: ManifestFile): ManifestFile => {
    if (file.state === 'refused') return file;
    const isConcerned = file.objects.some((found) => found.kind === 'Pod' && versions.has(found.pod));
    if (!isConcerned) return file;
    const objects = file.objects.map((found) =>
      found.kind === 'Pod' ? { ...found, pod: versions.get(found.pod) ?? found.pod } : found,
    );
    return { ...file, objects };
  };
  return {
    directories: directories.map((directory) =>
      directory.state === 'read' ? { ...directory, files: directory.files.map(ofFile) } : directory,
    ),
  };
}
