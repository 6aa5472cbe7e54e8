import {
  formatMessage,
  fullNameOf,
  type ManifestFile,
  type ManifestMessage,
  type ManifestObject,
} from '../manifest/index.ts';
import { escapeControl } from './escape-control.ts';

/** What is to be said of manifest files, a line each: what the valid ones hold, then every error; last how many are valid, if all are. */
export function judgeManifests(files: readonly ManifestFile[]): {
  readonly lines: readonly string[];
  readonly isValid: boolean;
} {
  const errors = [...files.flatMap(errorsOf), ...duplicates(files)];
  const lines = [...files.flatMap(describe), ...errors.map(formatLine)];
  if (errors.length > 0) return { lines, isValid: false };
  const valid = `valid: ${kindsOf(files.flatMap(objectsOf))} in ${counted(files.length, 'file')}`;
  return { lines: [...lines, valid], isValid: true };
}

function errorsOf(file: ManifestFile): readonly ManifestMessage[] {
  return file.state === 'refused' ? file.errors : [];
}

function objectsOf(file: ManifestFile): readonly ManifestObject[] {
  return file.state === 'accepted' ? file.objects : [];
}

/** What a valid file holds, and what is to be said of it. */
function describe(file: ManifestFile): readonly string[] {
  if (file.state === 'refused') return [];
  const objects = file.objects.map((object) =>
    escapeControl(`${file.file}:${object.line}: ${titleOf(object)}`),
  );
  return [...objects, ...file.notes.map(formatNote)];
}

function titleOf(object: ManifestObject): string {
  return `${object.kind === 'Pod' ? 'pod' : object.kind} ${fullNameOf(object)}`;
}

/** Each file may be valid alone: the daemon would still refuse the second one that defines a name. */
function duplicates(files: readonly ManifestFile[]): readonly ManifestMessage[] {
  const first = new Map<string, ManifestObject>();
  return files.flatMap(objectsOf).flatMap((object) => {
    const title = titleOf(object);
    const earlier = first.get(title);
    if (earlier === undefined) {
      first.set(title, object);
      return [];
    }
    const message = `${title} is defined already in ${earlier.file}:${earlier.line}`;
    return [{ file: object.file, line: object.line, column: 1, path: 'metadata.name', message }];
  });
}

/** `2 pods, 1 Secret`: pods first, then the other kinds as they come. */
function kindsOf(objects: readonly ManifestObject[]): string {
  const counts = new Map([['pod', 0]]);
  for (const { kind } of objects) {
    const noun = kind === 'Pod' ? 'pod' : kind;
    counts.set(noun, (counts.get(noun) ?? 0) + 1);
  }
  if (counts.size > 1 && counts.get('pod') === 0) counts.delete('pod');
  return [...counts].map(([noun, count]) => counted(count, noun)).join(', ');
}

function formatLine(message: ManifestMessage): string {
  return escapeControl(formatMessage(message));
}

/** The mark stands where compilers have theirs, after the place, so that editors still find it. */
function formatNote(note: ManifestMessage): string {
  return formatLine({ ...note, path: note.path === '' ? 'note' : `note: ${note.path}` });
}

function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun}${noun.endsWith('s') ? 'es' : 's'}`;
}
