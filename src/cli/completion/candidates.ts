import type { Command } from '../command.ts';
import { type Flag, FlagReader, type GivenFlags } from '../flag.ts';
import { readNamespace } from '../flags.ts';
import type { Cursor } from './read-cursor.ts';

/** A word that may stand at the cursor. */
export interface Candidate {
  readonly word: string;
  /** One line on what it is, for shells that show it. */
  readonly help?: string;
}

export interface Candidates {
  readonly words: readonly Candidate[];
  /** The shell completes names of files by itself. */
  readonly files: boolean;
}

/** What there is, as the daemon tells it. Each may reject, and take its time. */
export interface Names {
  namespaces(): Promise<readonly Candidate[]>;
  kinds(): Promise<readonly Candidate[]>;
  /** In one namespace; undefined for those without one, or for all. */
  objects(kind: string, namespace: string | undefined): Promise<readonly Candidate[]>;
  /** `NAMESPACE/NAME`. */
  podsAnywhere(): Promise<readonly Candidate[]>;
  containers(pod: string, namespace: string): Promise<readonly Candidate[]>;
}

const NONE: Candidates = { words: [], files: false };
const FILES: Candidates = { words: [], files: true };
const HELP: Candidate = { word: '--help', help: 'show the help' };

/** Everything that may stand there and begins with what is typed. */
export async function candidatesAt(
  cursor: Cursor,
  commands: readonly Command[],
  names: Names,
): Promise<Candidates> {
  const { words, files } = await candidatesOf(cursor, commands, names);
  const fitting = words.filter(({ word }) => word.startsWith(cursor.typed));
  return { words: fitting.map((each) => ({ ...each, word: cursor.lead + each.word })), files };
}

async function candidatesOf(cursor: Cursor, commands: readonly Command[], names: Names): Promise<Candidates> {
  const { place } = cursor;
  switch (place.of) {
    case 'nothing':
      return NONE;
    case 'commands':
      return wordsAlone(commandWords(commands));
    case 'flags':
      return wordsAlone(flagWords(place.command, cursor.given));
    case 'value':
      return valuesOf(place.flag, cursor, names);
    case 'operand':
      return operandsOf(place.command, cursor, names);
  }
}

function commandWords(commands: readonly Command[]): readonly Candidate[] {
  const named = commands.flatMap(({ name, summary, hidden }) =>
    name === undefined || hidden === true ? [] : [{ word: name, help: summary }],
  );
  return [...named, { word: 'help', help: 'show how a command is used' }];
}

/** Those that may still be given. */
function flagWords(command: Command, given: GivenFlags): readonly Candidate[] {
  const left = command.flags.filter(({ name, takes }) => takes === 'values' || !given.has(name));
  const version = command.name === undefined ? [{ word: '--version', help: 'print the version' }] : [];
  return [...left.map(({ name, help }) => ({ word: `--${name}`, help })), ...version, HELP];
}

const FILE_PLACEHOLDERS = ['FILE', 'DIR', 'PATH'];

async function valuesOf(flag: Flag<unknown>, cursor: Cursor, names: Names): Promise<Candidates> {
  const [pod] = cursor.operands;
  if (flag.choices !== undefined) return wordsAlone(flag.choices.map((word) => ({ word })));
  if (FILE_PLACEHOLDERS.includes(flag.placeholder ?? '')) return FILES;
  if (flag.name === 'namespace') return wordsAlone(await names.namespaces());
  if (flag.name !== 'container' || pod === undefined) return NONE;
  return wordsAlone(await names.containers(pod, namespaceOf(cursor)));
}

/**
 * What operands mean is read from how help spells them: KIND or TYPE is a kind with names after it, FILE a file, POD the name of a pod,
 * and small letters are the words themselves.
 */
async function operandsOf({ operands = '' }: Command, cursor: Cursor, names: Names): Promise<Candidates> {
  if (/\b(KIND|TYPE)\b/.test(operands)) return wordsAlone(await objectWords(cursor, names));
  if (/\bFILE\b/.test(operands)) return FILES;
  if (/\bPOD\b/.test(operands)) return wordsAlone(await podWords(operands, cursor, names));
  if (cursor.operands.length > 0) return NONE;
  const [first = ''] = operands.split(' ');
  return wordsAlone((first.match(/[a-z]+/g) ?? []).map((word) => ({ word })));
}

/** `pods`, then names; or `pods/NAME`, again and again. */
async function objectWords(cursor: Cursor, names: Names): Promise<readonly Candidate[]> {
  const { given, operands, typed } = cursor;
  const namespace = given.has('all-namespaces') ? undefined : namespaceOf(cursor);
  const [kind] = operands;
  if (kind !== undefined && !kind.includes('/')) {
    const objects = await names.objects(kind, namespace);
    return objects.filter(({ word }) => !operands.slice(1).includes(word));
  }
  const [before, after] = typed.split('/');
  if (before === undefined || after === undefined) return kind === undefined ? names.kinds() : [];
  const objects = await names.objects(before, namespace);
  return objects.map(({ word }) => ({ word: `${before}/${word}` }));
}

/** `POD [CONTAINER]` goes on with the containers of that pod. */
async function podWords(spelled: string, cursor: Cursor, names: Names): Promise<readonly Candidate[]> {
  const [pod, ...more] = cursor.operands;
  if (pod !== undefined) {
    const isContainer = more.length === 0 && /\bCONTAINER\b/.test(spelled);
    return isContainer ? names.containers(pod, namespaceOf(cursor)) : [];
  }
  return cursor.typed.includes('/') ? names.podsAnywhere() : names.objects('pods', namespaceOf(cursor));
}

function namespaceOf({ given }: Cursor): string {
  return readNamespace(new FlagReader(given, {}));
}

function wordsAlone(words: readonly Candidate[]): Candidates {
  return { words, files: false };
}
