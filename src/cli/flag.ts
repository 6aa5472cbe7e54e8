import { messageOf, TinyletError } from '../base/index.ts';
import { nearMiss } from './near-miss.ts';
import { parseSwitch } from './values.ts';

/** One flag: how it is written, what it means, how its text becomes a value. Its twin in the environment follows from its name. */
export interface Flag<T> {
  /** Without dashes: `log-dir`. */
  readonly name: string;
  readonly short?: string;
  /** `values` may be given several times; its variable holds them separated by colons. */
  readonly takes: 'nothing' | 'value' | 'values';
  /** Said of one command line and no setting: no variable sets it, which would hold for every later command, too. */
  readonly occasional?: true;
  /** What stands for the value in help: `DIR`. */
  readonly placeholder?: string;
  readonly help: string;
  /** Where colons are no separators, or not all of them: the values in the text of its variable. */
  separate?(text: string): readonly string[];
  /** The words it takes, where these are few. */
  readonly choices?: readonly string[];
  /** The default as help shows it. */
  readonly fallback?: string;
  /** Throws USAGE saying what is wrong with the text. */
  parse(text: string): T;
}

/** The texts of a command line by flag name, in the order they were given. */
export type GivenFlags = ReadonlyMap<string, readonly string[]>;

/** A flag that is on where it is given. */
export function switchFlag(
  name: string,
  help: string,
  further: Pick<Flag<boolean>, 'short' | 'fallback' | 'occasional'> = {},
): Flag<boolean> {
  return { name, takes: 'nothing', help, parse: parseSwitch, ...further };
}

/** The twin of a flag in the environment; undefined where it has none. */
export function variableOf(flag: Pick<Flag<unknown>, 'name' | 'occasional'>): string | undefined {
  if (flag.occasional === true) return undefined;
  return `TINYLET_${flag.name.toUpperCase().replaceAll('-', '_')}`;
}

/** Reads flags: the command line wins over the environment. An empty variable counts as unset. */
export class FlagReader {
  readonly #given: GivenFlags;
  readonly #env: NodeJS.ProcessEnv;

  constructor(given: GivenFlags, env: NodeJS.ProcessEnv) {
    this.#given = given;
    this.#env = env;
  }

  /** The last value given; undefined where neither the flag nor the variable is set. */
  read<T>(flag: Flag<T>): T | undefined {
    return this.readAll(flag)?.at(-1);
  }

  /** Every value given, in order. */
  readAll<T>(flag: Flag<T>): readonly T[] | undefined {
    const given = this.#given.get(flag.name);
    if (given !== undefined) return given.map((text) => parseFrom(`--${flag.name}`, flag, text));
    const variable = variableOf(flag);
    const text = variable === undefined ? undefined : this.#env[variable];
    if (variable === undefined || text === undefined || text === '') return undefined;
    const separate = flag.separate ?? ((all: string) => all.split(':'));
    const texts = flag.takes === 'values' ? separate(text).filter((part) => part !== '') : [text];
    return texts.length === 0 ? undefined : texts.map((part) => parseFrom(variable, flag, part));
  }

  /** True where the command line itself has it. */
  onCommandLine(flag: { readonly name: string }): boolean {
    return this.#given.has(flag.name);
  }

  /** How the user set it, for messages: the flag, or else its variable. */
  nameOf(flag: Pick<Flag<unknown>, 'name' | 'occasional'>): string {
    const variable = this.onCommandLine(flag) ? undefined : variableOf(flag);
    return variable ?? `--${flag.name}`;
  }

  /** Variables that look like a mistyped twin; others with our prefix may belong to anybody. */
  suspiciousVariables(flags: readonly Flag<unknown>[]): readonly { variable: string; meant: string }[] {
    const known = flags.flatMap((flag) => variableOf(flag) ?? []);
    return Object.keys(this.#env)
      .filter((variable) => variable.startsWith('TINYLET_') && !known.includes(variable))
      .flatMap((variable) => {
        const meant = nearMiss(variable, known);
        return meant === undefined ? [] : [{ variable, meant }];
      });
  }
}

function parseFrom<T>(origin: string, flag: Flag<T>, text: string): T {
  if (text === '') throw new TinyletError('USAGE', `${origin} needs a value`);
  try {
    return flag.parse(text);
  } catch (error) {
    throw new TinyletError('USAGE', `${origin}: ${messageOf(error)}`, { cause: error });
  }
}
