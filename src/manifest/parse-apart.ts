import { parseManifest } from './parse-manifest.ts';
import { canParseOffThread, type OffThreadOptions, parseOffThread } from './parse-off-thread.ts';
import { refusedFile } from './refused-file.ts';
import type { ManifestFile } from './types.ts';

export interface ParseApartOptions extends OffThreadOptions {
  /** A larger text is parsed in a thread of its own. */
  readonly offThreadBytes?: number;
}

/** As a directory is read: a large text costs this thread neither time nor memory. Never rejects. */
export async function parseApart(
  manifest: { readonly file: string; readonly text: string },
  { offThreadBytes = 64 * 1024, ...options }: ParseApartOptions,
): Promise<ManifestFile> {
  if (!canParseOffThread || Buffer.byteLength(manifest.text) <= offThreadBytes)
    return parseManifest(manifest);
  const result = await parseOffThread(manifest, options);
  return 'file' in result ? result.file : refusedFile(manifest.file, result.failure);
}
