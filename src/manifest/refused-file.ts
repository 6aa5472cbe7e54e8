import type { ManifestFile } from './types.ts';

/** A file refused for what it is, not for a place in it. */
export function refusedFile(file: string, message: string): ManifestFile & { state: 'refused' } {
  return { state: 'refused', file, errors: [{ file, line: 1, column: 1, path: '', message }] };
}
