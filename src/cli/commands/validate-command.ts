import { TinyletError } from '../../base/index.ts';
import {
  formatMessage,
  fullNameOf,
  type ManifestFile,
  type ManifestMessage,
  type ManifestObject,
} from '../../manifest/index.ts';
import type { Command } from '../command.ts';
import { escapeControl } from '../escape-control.ts';

export const validateCommand: Command = {
  name: 'validate',
  operands: 'FILE...|-',
  summary: 'check manifests and print every error with its place',
  details: [
    'Each error is one line, file:line:column: field: message. Other lines tell what each valid file holds, and marked "note:" what is accepted and has no effect. A directory stands for its manifest files, - for standard input. Exits with 0 if all are valid, else with 1.',
  ],
  examples: [
    'tinylet validate /etc/tinylet/manifests',
    'tinylet validate web.yaml  # one file',
    'kustomize build . | tinylet validate -',
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
    for (const line of files.flatMap(describe)) program.out(`${line}\n`);
    for (const error of errors) program.out(`${formatLine(error)}\n`);
    if (errors.length > 0) return 1;
    program.out(`valid: ${kindsOf(files.flatMap(objectsOf))} in ${counted(files.length, 'file')}\n`);
    return 0;
  },
};

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
