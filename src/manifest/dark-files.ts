import { isManifestUrl, sourceOf } from './source-of.ts';
import type { ManifestSnapshot } from './types.ts';

/** Whether nothing is dark: absence then is proof. */
export function areAllRead({ directories }: ManifestSnapshot): boolean {
  return directories.every(
    (directory) => directory.state === 'read' && directory.files.every(({ state }) => state === 'accepted'),
  );
}

/** Whether a file exists and cannot be used, or lies where nothing can be read now: it then says nothing about its objects. */
export function darkFiles({ directories }: ManifestSnapshot): (file: string) => boolean {
  const files = new Set<string>();
  const unread = new Set<string>();
  for (const directory of directories) {
    if (directory.state === 'unreadable') unread.add(directory.directory);
    else for (const file of directory.files) if (file.state === 'refused') files.add(file.file);
  }
  return (file) => files.has(file) || unread.has(sourceOf(file));
}

/**
 * Whether what a file defined must not be taken away for want of another file that defines it: it is dark, or a URL has never answered
 * and the file is in no source any more. It may have moved to that URL, whose answer comes later than the first look at directories.
 */
export function silentFiles(manifests: ManifestSnapshot): (file: string) => boolean {
  const isDark = darkFiles(manifests);
  const { directories } = manifests;
  const sources = new Set(directories.map(({ directory }) => directory));
  const isAwaited = directories.some(
    ({ state, directory }) => state === 'unreadable' && isManifestUrl(directory),
  );
  return (file) => isDark(file) || (isAwaited && !sources.has(sourceOf(file)));
}
