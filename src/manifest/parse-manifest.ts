import { messageOf } from '../base/index.ts';
import { podKey } from '../pod/index.ts';
import { type Problems, quote } from './problems.ts';
import { type FoundPod, readDocument } from './read-document.ts';
import type { ManifestFile, ManifestObject } from './types.ts';
import { parseYamlDocuments } from './yaml-documents.ts';
import { buildTree } from './yaml-tree.ts';

/** No field of a Pod lies deeper than a dozen levels. */
const DEFAULT_MAX_DEPTH = 64;

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
    const message = `cannot be parsed: ${messageOf(error)}`;
    return { state: 'refused', file, errors: [{ file, line: 1, column: 1, path: '', message }] };
  }
}

function parse({ file, text, maxDepth = DEFAULT_MAX_DEPTH }: ManifestText): ManifestFile {
  const { documents, problems } = parseYamlDocuments(file, text.replace(/^\ufeff/, ''), maxDepth);
  const pods: FoundPod[] = [];
  let filledDocuments = 0;
  for (const document of documents) {
    if (problems.enough) break;
    const tree = buildTree(document, problems, maxDepth);
    if (tree === undefined) continue;
    filledDocuments += 1;
    pods.push(...readDocument(tree, problems));
  }
  if (filledDocuments === 0 && problems.count === 0) {
    problems.error(0, '', 'holds no object; to remove its pods delete the file');
  }
  reportDuplicates(pods, problems);
  if (problems.count > 0) return { state: 'refused', file, errors: problems.errors };
  return {
    state: 'accepted',
    file,
    objects: pods.map((found) => toObject(found, file, problems)),
    notes: problems.notes,
  };
}

function toObject({ pod, offset }: FoundPod, file: string, problems: Problems): ManifestObject {
  return { kind: 'Pod', pod, file, line: problems.lineOf(offset) };
}

/** Within one file two pods of one namespace and name are a mistake; between files the caller decides who wins. */
function reportDuplicates(pods: readonly FoundPod[], problems: Problems): void {
  const first = new Map<string, FoundPod>();
  for (const found of pods) {
    const { metadata } = found.pod;
    const key = podKey(metadata);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, found);
    else if (metadata.name !== '') {
      const line = problems.lineOf(earlier.nameOffset);
      problems.error(
        found.nameOffset,
        found.namePath,
        `Duplicate value: ${quote(key)}: first defined on line ${line}`,
      );
    }
  }
}
