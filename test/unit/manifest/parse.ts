import {
  formatMessage,
  type ManifestFile,
  type ManifestObject,
  metadataOf,
  parseManifest,
} from '../../../src/manifest/index.ts';
import type { Pod } from '../../../src/pod/index.ts';

/** Parses as the file `f`. */
export const parse = (text: string, maxDepth?: number): ManifestFile =>
  parseManifest({ file: 'f', text, ...(maxDepth === undefined ? {} : { maxDepth }) });

/** Every error as one line, without the file's name. */
export function errorsOf(text: string): string[] {
  const file = parse(text);
  return file.state === 'refused' ? file.errors.map((error) => formatMessage(error).slice(2)) : [];
}

/** Every note of a text that must be valid, as one line each, without the file's name. */
export function notesOf(text: string): string[] {
  const file = parse(text);
  if (file.state === 'refused') throw new Error(`refused:\n${file.errors.map(formatMessage).join('\n')}`);
  return file.notes.map((note) => formatMessage(note).slice(2));
}

/** The objects of a text that must be valid; its errors otherwise. */
export function objectsOf(text: string): readonly ManifestObject[] {
  const file = parse(text);
  if (file.state === 'refused') throw new Error(`refused:\n${file.errors.map(formatMessage).join('\n')}`);
  return file.objects;
}

/** The only pod of a text that must be valid, as far as it has a part in what runs. */
export function podOf(text: string): Pod {
  const { document: _, ...pod } = podWithDocument(text);
  return pod;
}

export function podWithDocument(text: string): Pod {
  const [object, ...others] = objectsOf(text);
  if (object === undefined || others.length > 0) throw new Error('not exactly one pod');
  if (object.kind !== 'Pod') throw new Error(`a ${object.kind}`);
  return object.pod;
}

/** What an object is, its name, and the line it begins on. */
export function nameAndLine(found: ManifestObject): [kind: string, name: string, line: number] {
  return [found.kind, metadataOf(found).name, found.line];
}
