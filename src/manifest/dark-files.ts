import { isManifestUrl, sourceOf } from './source-of.ts';
import type { ManifestSnapshot } from './types.ts';

/** Whether nothing is dark: absence then is proof. */
export function areAllRead({ directories }: ManifestSnapshot): boolean {
  return directories.every(
    (directory) => directory.state === 'read' && directory.files.every(({ state }) => state === 'accepted'),
  );
}

/**
 * Whether a file exists and cannot be used, or lies where nothing can be read now: it then says nothing about its objects. As long as a URL
 * has never answered, neither does a file that is in no source any more: what it defined may have moved to that URL, whose answer comes
 * later than the first look at the directories.
 */
export function darkFiles(manifests: ManifestSnapshot): (file: string) => boolean {
  const files = new Set<string>();
  const unread = new Set<string>();
  const sources = new Set<string>();
  for (const directory of manifests.directories) {
    sources.add(directory.directory);
    if (directory.state === 'unreadable') unread.add(directory.directory);
    else for (const file of directory.files) if (file.state === 'refused') files.add(file.file);
  }
  const isUrlUnread = [...unread].some(isManifestUrl);
  return (file) =>
    files.has(file) || unread.has(sourceOf(file)) || (isUrlUnread && !sources.has(sourceOf(file)));
}
