import type { ManifestObject, ManifestSnapshot } from '../manifest/index.ts';
import type { SideObject } from '../pod/index.ts';
import type { ObjectRecords } from '../state/index.ts';

const MASK = Buffer.from('[redacted]').toString('base64');

/** The same snapshot with a mask for every value of every Secret, and what is done made from nothing else. Digests stay, so that what depends on a change does so. */
export function maskSecrets({ directories }: ManifestSnapshot): ManifestSnapshot {
  return {
    directories: directories.map((directory) =>
      directory.state === 'unreadable'
        ? directory
        : {
            ...directory,
            files: directory.files.map((file) =>
              file.state === 'accepted' ? { ...file, objects: file.objects.map(mask) } : file,
            ),
          },
    ),
  };
}

/** The last good versions with masks, and nothing written. */
export function maskRecords(records: ObjectRecords): ObjectRecords {
  return {
    load: async () =>
      (await records.load()).map((record) => ({ ...record, object: maskObject(record.object) })),
    save: async () => undefined,
  };
}

function mask(found: ManifestObject): ManifestObject {
  if (found.kind !== 'Pod') return { ...found, object: maskObject(found.object) };
  // What was written has no part in a plan.
  const { document: _, ...pod } = found.pod;
  return { ...found, pod };
}

function maskObject(object: SideObject): SideObject {
  if (object.kind !== 'Secret') return object;
  return { ...object, data: new Map([...object.data.keys()].map((key) => [key, MASK])) };
}
