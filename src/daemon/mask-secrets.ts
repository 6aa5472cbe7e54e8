import type { ManifestObject, ManifestSnapshot } from '../manifest/index.ts';

const MASK = Buffer.from('[redacted]').toString('base64');

/** The same snapshot with a mask for every value of every Secret. Digests stay, so that what depends on a change does so. */
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

function mask(found: ManifestObject): ManifestObject {
  if (found.kind === 'Pod' || found.object.kind !== 'Secret') return found;
  const data = new Map([...found.object.data.keys()].map((key) => [key, MASK]));
  return { ...found, object: { ...found.object, data } };
}
