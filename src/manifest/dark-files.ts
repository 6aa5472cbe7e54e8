import { dirname } from 'node:path';
import type { ManifestSnapshot } from './types.ts';

/** Whether nothing is dark: absence then is proof. */
export function areAllRead({ directories }: ManifestSnapshot): boolean {
  return directories.every(
    (directory) => directory.state === 'read' && directory.files.every(({ state }) => state === 'accepted'),
  );
}

/** Whether a file exists and cannot be used, or lies where nothing can be read now: it then says nothing about its objects. */
export function darkFiles(manifests: ManifestSnapshot): (file: string) => boolean {
  const files = new Set<string>();
  const directories = new Set<string>();
  for (const directory of manifests.directories) {
    if (directory.state === 'unreadable') directories.add(directory.directory);
    else for (const file of directory.files) if (file.state === 'refused') files.add(file.file);
  }
  return (file) => files.has(file) || directories.has(dirname(file));
}
