import { stat } from 'node:fs/promises';
import { systemClock } from '../base/index.ts';
import { FileCache } from './file-cache.ts';
import { createManifestLoader } from './manifest-loader.ts';
import { parseManifest } from './parse-manifest.ts';
import { findManifestFile } from './read-manifest-file.ts';
import { refusedFile } from './refused-file.ts';
import type { ManifestFile } from './types.ts';

const MAX_BYTES = 1024 * 1024;
const OFF_THREAD_BYTES = 64 * 1024;

/**
 * Reads files that were named one by one, as `tinylet validate` is given them: any name will do, a directory stands for its manifest
 * files, and `-` for what `readStdin` gives. Never rejects for what is there: what cannot be read is a refused file.
 */
export async function readNamedFiles(
  paths: readonly string[],
  readStdin: () => Promise<string>,
): Promise<readonly ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const path of paths) {
    if (path === '-') files.push(parseManifest({ file: '<stdin>', text: await readStdin() }));
    else files.push(...((await isDirectory(path)) ? await readDirectory(path) : [await readFile(path)]));
  }
  return files;
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

async function readDirectory(directory: string): Promise<readonly ManifestFile[]> {
  const loader = createManifestLoader({ directories: [directory] });
  const { directories } = await loader.load();
  await loader.close();
  return directories.flatMap((read) =>
    read.state === 'read' ? read.files : [refusedFile(directory, read.reason)],
  );
}

async function readFile(path: string): Promise<ManifestFile> {
  const found = await findManifestFile(path);
  if (found.state === 'absent') return refusedFile(path, 'does not exist');
  if (found.state === 'unusable') return refusedFile(path, found.reason);
  const { signal } = new AbortController();
  const cache = new FileCache({
    maxBytes: MAX_BYTES,
    offThreadBytes: OFF_THREAD_BYTES,
    clock: systemClock,
    signal,
  });
  return (await cache.read(path, found.stats)) ?? refusedFile(path, 'does not exist');
}
