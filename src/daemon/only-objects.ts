import { type ManifestSnapshot, sourceOf } from '../manifest/index.ts';
import { fileObjectRecords, filePodRecords } from '../state/index.ts';
import { objectsDirectory } from '../store/index.ts';
import type { NodePorts } from './options.ts';

/** Whose pods a node does not look after that sees only to what was made through the API. */
export function otherThanObjects(rootDir: string): (source: string) => boolean {
  const objects = objectsDirectory(rootDir);
  return (source) => source !== objects;
}

/** Where what a daemon has on record comes from, but for what was made through the API. Rejects with STATE_IO. */
export async function recordedSources(
  rootDir: string,
  { logger }: Pick<NodePorts, 'logger'>,
): Promise<readonly string[]> {
  const [pods, objects] = await Promise.all([
    filePodRecords(rootDir, logger).load(),
    fileObjectRecords(rootDir, logger).load(),
  ]);
  const sources = [...pods, ...objects].map(({ file }) => sourceOf(file));
  return [...new Set(sources)].filter(otherThanObjects(rootDir));
}

/**
 * The same manifests, and that of these other sources nothing is known: names, ports and objects that a daemon took from there are not
 * free, and nothing of them is forgotten.
 */
export function besideUnread(
  manifests: { load(): Promise<ManifestSnapshot> },
  sources: readonly string[],
): { load(): Promise<ManifestSnapshot> } {
  const reason = 'left to the daemon';
  const unread = sources.map((directory) => ({ state: 'unreadable', directory, reason }) as const);
  return {
    async load() {
      const { directories } = await manifests.load();
      return { directories: [...directories, ...unread] };
    },
  };
}
