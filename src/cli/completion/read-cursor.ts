import { arrangeWords } from '../arrange-words.ts';
import type { Command } from '../command.ts';
import type { Flag, GivenFlags } from '../flag.ts';

/** What may stand at the cursor. */
export type Place =
  | { readonly of: 'commands' }
  | { readonly of: 'flags'; readonly command: Command }
  | { readonly of: 'value'; readonly flag: Flag<unknown> }
  | { readonly of: 'operand'; readonly command: Command }
  | { readonly of: 'nothing' };

/** A command line up to its cursor, understood as far as it goes. */
export interface Cursor {
  readonly place: Place;
  /** What of the candidate is written already. */
  readonly typed: string;
  /** What stands before it in the same word of the shell: `--output=`. */
  readonly lead: string;
  /** Of the words before it. */
  readonly given: GivenFlags;
  readonly operands: readonly string[];
}

/** `words` are those behind the program's own name; the last one, which may be empty, is the one to complete. */
export function readCursor(words: readonly string[], commands: readonly Command[]): Cursor {
  const { joined, wasSplit } = joinValues(words);
  const before = joined.slice(0, -1);
  const word = joined.at(-1) ?? '';
  // Help takes the names of commands, and nothing else.
  if (before[0] === 'help') {
    const place: Place = before.length === 1 ? { of: 'commands' } : { of: 'nothing' };
    return { place, typed: word, lead: '', given: new Map(), operands: [] };
  }
  const arranged = arrangeWords(before, commands);
  const given = givenOf(arranged.flagWords);
  const { command, operands, rest } = arranged;
  const at = (place: Place): Cursor => ({ place, typed: word, lead: '', given, operands });
  if (command === undefined || rest !== undefined || command.passthrough === true)
    return at({ of: 'nothing' });
  const awaited = flagAwaiting(before.at(-1), command.flags);
  if (awaited !== undefined) return at({ of: 'value', flag: awaited });
  const [spelled = '', ...value] = word.split('=');
  if (value.length > 0 && spelled.startsWith('--')) {
    const flag = command.flags.find(({ name, takes }) => spelled === `--${name}` && takes !== 'nothing');
    const place: Place = flag === undefined ? { of: 'nothing' } : { of: 'value', flag };
    return { place, typed: value.join('='), lead: wasSplit ? '' : `${spelled}=`, given, operands };
  }
  if (word.startsWith('-')) return at({ of: 'flags', command });
  if (command.name !== undefined) return at({ of: 'operand', command });
  return at(operands.length === 0 ? { of: 'commands' } : { of: 'nothing' });
}

/** bash gives `--output=json` as three words, since `=` ends a word there. */
function joinValues(words: readonly string[]): { joined: readonly string[]; wasSplit: boolean } {
  const joined: string[] = [];
  let wasSplit = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    wasSplit = words[index + 1] === '=' && /^--[a-z-]+$/.test(word);
    joined.push(wasSplit ? `${word}=${words[index + 2] ?? ''}` : word);
    if (wasSplit) index += 2;
  }
  return { joined, wasSplit };
}

/** The flag whose value the next word is: `--output`, `-o`, the last letter of `-Ao`. */
function flagAwaiting(word: string | undefined, flags: readonly Flag<unknown>[]): Flag<unknown> | undefined {
  if (word === undefined) return undefined;
  const valued = flags.filter(({ takes }) => takes !== 'nothing');
  if (word.startsWith('--')) return valued.find(({ name }) => word === `--${name}`);
  if (!/^-[a-zA-Z]+$/.test(word)) return undefined;
  // A flag that has its value behind it in the same word awaits none.
  const isValued = (letter: string): boolean => valued.some(({ short }) => short === letter);
  const first = [...word.slice(1)].findIndex(isValued);
  return first === word.length - 2 ? valued.find(({ short }) => short === word.at(-1)) : undefined;
}

function givenOf(flagWords: readonly string[]): GivenFlags {
  const given = new Map<string, readonly string[]>();
  for (const word of flagWords) {
    const [, name, text] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined && text !== undefined) given.set(name, [...(given.get(name) ?? []), text]);
  }
  return given;
}
