import type { Command } from './command.ts';
import type { Flag } from './flag.ts';

type AnyFlag = Flag<unknown>;

/** A command line sorted out: which command, and of its words the flags, the operands, and what came after `--`. */
export interface ArrangedWords {
  readonly command: Command | undefined;
  /** Each as one word: `--name=value`, of a switch `--name=true`; what no flag of the command is, as it was written. */
  readonly flagWords: readonly string[];
  /** Those after `--` included. */
  readonly operands: readonly string[];
  /** Those after `--`; undefined where there was none. */
  readonly rest: readonly string[] | undefined;
}

/**
 * Reads words as kubectl does (pflag): flags and operands in any order until `--`, values in the same word or the next one, short
 * switches in groups, a short flag's value right behind it. `commands` has the one without a name, which is meant where no word names another.
 */
export function arrangeWords(argv: readonly string[], commands: readonly Command[]): ArrangedWords {
  const at = indexOfCommand(argv, commands);
  const named = at === undefined ? undefined : commands.find(({ name }) => name === argv[at]);
  const command = named ?? commands.find(({ name }) => name === undefined);
  const flags = command?.flags ?? [];
  if (at === undefined || named === undefined) return { command, ...readWords(argv, flags) };
  const [before, after] = [argv.slice(0, at), argv.slice(at + 1)];
  if (named.passthrough !== true) return { command, ...readWords([...before, ...after], flags) };
  return { command, ...readWords(before, flags), operands: after };
}

/** The first word that is neither a flag nor the value of one, whichever command that flag belongs to. */
function indexOfCommand(argv: readonly string[], commands: readonly Command[]): number | undefined {
  const all = commands.flatMap(({ flags }) => flags);
  // A letter or a name that is a switch of one command must not swallow the word that chooses another.
  const isSwitch = (wanted: (flag: AnyFlag) => boolean): boolean =>
    all.some((flag) => wanted(flag) && flag.takes === 'nothing');
  const valued = all.filter(
    (flag) =>
      flag.takes !== 'nothing' &&
      !isSwitch(({ name }) => name === flag.name) &&
      !isSwitch(({ short }) => short !== undefined && short === flag.short),
  );
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') return undefined;
    if (!isFlagWord(word)) return index;
    const takesNext = valued.some(({ name, short }) => word === `--${name}` || word === `-${short}`);
    if (takesNext && isValue(argv[index + 1], valued)) index += 1;
  }
  return undefined;
}

function readWords(words: readonly string[], flags: readonly AnyFlag[]): Omit<ArrangedWords, 'command'> {
  const end = words.indexOf('--');
  const rest = end === -1 ? undefined : words.slice(end + 1);
  const reader = new WordReader(end === -1 ? words : words.slice(0, end), flags);
  reader.read();
  return { flagWords: reader.flagWords, operands: [...reader.operands, ...(rest ?? [])], rest };
}

const UNVALUED = ['--help', '--version'];

class WordReader {
  readonly flagWords: string[] = [];
  readonly operands: string[] = [];
  readonly #left: string[];
  readonly #flags: readonly AnyFlag[];

  constructor(words: readonly string[], flags: readonly AnyFlag[]) {
    this.#left = [...words];
    this.#flags = flags;
  }

  read(): void {
    for (let word = this.#left.shift(); word !== undefined; word = this.#left.shift()) {
      if (word.startsWith('--')) this.#long(word);
      else if (isFlagWord(word)) this.#group(word.slice(1));
      else this.operands.push(word);
    }
  }

  #long(word: string): void {
    const flag = this.#flags.find(({ name }) => word === `--${name}`);
    this.flagWords.push(flag === undefined ? word : this.#withValue(flag, undefined));
    // What follows a flag that is mistyped is most likely its value, and no command.
    const isUnknown = flag === undefined && !word.includes('=') && !UNVALUED.includes(word);
    if (isUnknown && !isFlagWord(this.#left[0] ?? '-x')) this.#left.shift();
  }

  /** `it`, `Aw`, `ojson`, `n=x`: letters until one takes the others as its value. */
  #group(letters: string): void {
    for (let index = 0; index < letters.length; index += 1) {
      const letter = letters.charAt(index);
      const behind = letters.slice(index + 1);
      const flag = this.#flags.find(({ short }) => short === letter);
      if (flag === undefined) {
        this.flagWords.push(letter === 'h' ? '--help' : `-${letter}`);
      } else if (behind !== '' && (behind.startsWith('=') || flag.takes !== 'nothing')) {
        this.flagWords.push(this.#withValue(flag, behind.replace(/^=/, '')));
        return;
      } else {
        this.flagWords.push(this.#withValue(flag, undefined));
      }
    }
  }

  #withValue({ name, takes }: AnyFlag, given: string | undefined): string {
    if (given !== undefined) return `--${name}=${given}`;
    if (takes === 'nothing') return `--${name}=true`;
    const value = isValue(this.#left[0], this.#flags) ? this.#left.shift() : undefined;
    return `--${name}=${value ?? ''}`;
  }
}

/** `-` alone is a name for stdin. */
function isFlagWord(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/** A value may begin with a dash (`--tail -1`), but what is a flag is more likely meant as one. */
function isValue(word: string | undefined, flags: readonly AnyFlag[]): boolean {
  if (word === undefined || word.startsWith('--')) return false;
  return !isFlagWord(word) || !flags.some(({ short }) => short !== undefined && short === word.charAt(1));
}
