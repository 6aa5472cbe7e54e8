import { fullNameOf, metadataOf } from './objects-of.ts';
import { type Problems, quote } from './problems.ts';
import { type FoundObject, readDocument } from './read-document.ts';
import type { ManifestFile } from './types.ts';
import { parseYamlDocuments } from './yaml-documents.ts';
import { buildTree } from './yaml-tree.ts';

/** No field of a Pod lies deeper than a dozen levels. */
const DEFAULT_MAX_DEPTH = 64;

/** What is said of a text without any object. */
export const HOLDS_NO_OBJECT = 'holds no object; to remove its pods delete the file';

export interface ManifestText {
  /** The file's name as messages show it. */
  readonly file: string;
  readonly text: string;
  readonly maxDepth?: number;
}

/**
 * Parses, checks and defaults the text of one manifest file. Pure; never throws. A file with any error is refused whole
 * and tells all its errors. So is a file without any object: it is most likely half written, and pods must not vanish
 * because an editor empties a file before it fills it (an empty List says "no pods" for those who mean it).
 */
export function parseManifest(manifest: ManifestText): ManifestFile {
  const { file } = manifest;
  try {
    return parse(manifest);
  } catch (error) {
    // The guards below should make this unreachable; a hole in them costs this file, not the daemon.
    // What it was is told by its type alone: a message may quote what stands in a Secret.
    const message = `cannot be parsed: ${error instanceof Error ? error.name : typeof error}`;
    return { state: 'refused', file, errors: [{ file, line: 1, column: 1, path: '', message }] };
  }
}

function parse({ file, text, maxDepth = DEFAULT_MAX_DEPTH }: ManifestText): ManifestFile {
  const { documents, problems } = parseYamlDocuments(file, text.replace(/^\ufeff/, ''), maxDepth);
  const found: FoundObject[] = [];
  let filledDocuments = 0;
  for (const document of documents) {
    if (problems.enough) break;
    const tree = buildTree(document, problems, maxDepth);
    if (tree === undefined) continue;
    filledDocuments += 1;
    found.push(...readDocument(tree, problems));
  }
  if (filledDocuments === 0 && problems.count === 0) {
    problems.error(0, '', HOLDS_NO_OBJECT);
  }
  reportDuplicates(found, problems);
  if (problems.count > 0) return { state: 'refused', file, errors: problems.errors };
  return {
    state: 'accepted',
    file,
    objects: found.map(({ object, offset }) => ({ ...object, file, line: problems.lineOf(offset) })),
    notes: problems.notes,
  };
}

/** Within one file two objects of one kind and name are a mistake; between files the caller decides who wins. */
function reportDuplicates(all: readonly FoundObject[], problems: Problems): void {
  const first = new Map<string, FoundObject>();
  for (const found of all) {
    const name = fullNameOf(found.object);
    const key = `${found.object.kind} ${name}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, found);
    else if (metadataOf(found.object).name !== '') {
      const line = problems.lineOf(earlier.nameOffset);
      problems.error(
        found.nameOffset,
        found.namePath,
        `Duplicate value: ${quote(name)}: first defined on line ${line}`,
      );
    }
  }
}
