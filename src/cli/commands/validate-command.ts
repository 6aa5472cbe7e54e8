import { TinyletError } from '../../base/index.ts';
import {
  formatMessage,
  type ManifestFile,
  type ManifestMessage,
  type ManifestObject,
} from '../../manifest/index.ts';
import { podKey } from '../../pod/index.ts';
import type { Command } from '../command.ts';
import { escapeControl } from '../escape-control.ts';

export const validateCommand: Command = {
  name: 'validate',
  operands: 'FILE...|-',
  summary: 'check manifests and print every error with its place',
  details: [
    'Each error is one line, file:line:column: field: message. Lines marked "note:" tell of fields that are accepted and have no effect. A directory stands for its manifest files, - for standard input. Exits with 0 if all are valid, else with 1.',
  ],
  flags: [],
  async run({ operands, program }) {
    if (operands.length === 0)
      throw new TinyletError('USAGE', 'validate needs a FILE, a directory, or - for stdin');
    const files = await program.readManifests(operands);
    if (files.length === 0) {
      program.err(`tinylet: no manifest files in ${operands.map(escapeControl).join(', ')}\n`);
      return 1;
    }
    const errors = [...files.flatMap(errorsOf), ...duplicates(files)];
    for (const note of files.flatMap(notesOf)) program.out(`${formatNote(note)}\n`);
    for (const error of errors) program.out(`${formatLine(error)}\n`);
    if (errors.length > 0) return 1;
    const objects = files.flatMap(objectsOf).length;
    program.out(`valid: ${counted(objects, 'pod')} in ${counted(files.length, 'file')}\n`);
    return 0;
  },
};

function errorsOf(file: ManifestFile): readonly ManifestMessage[] {
  return file.state === 'refused' ? file.errors : [];
}

function notesOf(file: ManifestFile): readonly ManifestMessage[] {
  return file.state === 'accepted' ? file.notes : [];
}

function objectsOf(file: ManifestFile): readonly ManifestObject[] {
  return file.state === 'accepted' ? file.objects : [];
}

/** Each file may be valid alone: the daemon would still refuse the second one that defines a name. */
function duplicates(files: readonly ManifestFile[]): readonly ManifestMessage[] {
  const first = new Map<string, ManifestObject>();
  return files.flatMap(objectsOf).flatMap((object) => {
    if (object.kind !== 'Pod') return [];
    const key = podKey(object.pod.metadata);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, object);
      return [];
    }
    const message = `pod ${key} is defined already in ${earlier.file}:${earlier.line}`;
    return [{ file: object.file, line: object.line, column: 1, path: 'metadata.name', message }];
  });
}

function formatLine(message: ManifestMessage): string {
  return escapeControl(formatMessage(message));
}

/** The mark stands where compilers have theirs, after the place, so that editors still find it. */
function formatNote(note: ManifestMessage): string {
  return formatLine({ ...note, path: note.path === '' ? 'note' : `note: ${note.path}` });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
