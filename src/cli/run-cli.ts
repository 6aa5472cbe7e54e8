import yargs from 'yargs';
import { hasCode, TinyletError } from '../base/index.ts';
import { type ArrangedWords, arrangeWords } from './arrange-words.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { failureLine } from './failure-line.ts';
import { FlagReader, type GivenFlags } from './flag.ts';
import { renderCommandHelp, renderProgramHelp } from './help.ts';
import { nearMiss } from './near-miss.ts';
import type { Program } from './program.ts';

/** What scripts may rely on; README.md lists them. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** yargs runs the command and reads its flags; which words those are, values, defaults and texts are ours, so that every refusal reads alike. */
const PARSER = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'short-option-groups': false,
};

/** Names that every command knows beside its flags. */
const HELP = ['help'];

type Words = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

/** Runs one command line (without the program's own name) and resolves to its exit code; it never rejects. */
export async function runCli(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  program: Program,
): Promise<number> {
  try {
    return await dispatch(argv, env, program);
  } catch (error) {
    const usage = hasCode(error, 'USAGE') || (error instanceof Error && error.name === 'YError');
    program.err(`${failureLine(error)}\n`);
    if (usage) program.err('see tinylet --help\n');
    return usage ? EXIT.usage : EXIT.failed;
  }
}

async function dispatch(argv: readonly string[], env: NodeJS.ProcessEnv, program: Program): Promise<number> {
  let exitCode: number = EXIT.ok;
  // `tinylet help status` is what many try first.
  const isHelp = argv[0] === 'help';
  const arranged = arrangeWords(isHelp ? argv.slice(1) : argv, commands);
  const flagWords = isHelp ? [...arranged.flagWords, '--help'] : arranged.flagWords;
  const parser = yargs()
    .parserConfiguration(PARSER)
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail(false);
  for (const command of commands) {
    parser.command({
      command: command.name ?? '$0',
      describe: command.summary,
      builder: (scope) => scope.options(yargsOptions(command)),
      handler: async (words: Words) => {
        exitCode = await runCommand(command, { arranged: { ...arranged, flagWords }, words, env, program });
      },
    });
  }
  await parser.parseAsync([
    ...(arranged.command?.name === undefined ? [] : [arranged.command.name]),
    ...flagWords,
  ]);
  return exitCode;
}

interface Call {
  readonly arranged: ArrangedWords;
  readonly words: Words;
  readonly env: NodeJS.ProcessEnv;
  readonly program: Program;
}

async function runCommand(command: Command, { arranged, words, env, program }: Call): Promise<number> {
  const { operands, rest, flagWords } = arranged;
  refuseUnknownCommand(command, operands);
  if (words.help === true) {
    program.out(command.name === undefined ? renderProgramHelp(commands) : renderCommandHelp(command));
    return EXIT.ok;
  }
  if (command.name === undefined && words.version === true) return runVersion(program);
  refuseUnknownFlags(command, words);
  if (operands.length > 0 && command.operands === undefined) {
    throw new TinyletError('USAGE', `${command.name} takes no arguments, not ${JSON.stringify(operands[0])}`);
  }
  const flags = new FlagReader(givenFlags(command, words, flagWords), env);
  return command.run({ flags, operands, rest, env, program });
}

function runVersion(program: Program): number {
  program.out(`tinylet ${program.version}\n`);
  return EXIT.ok;
}

/** The daemon runs without a word, so any word that reaches it is a command that does not exist. */
function refuseUnknownCommand(command: Command, operands: readonly string[]): void {
  const word = operands[0];
  if (command.name !== undefined || word === undefined) return;
  const guess = nearMiss(
    word,
    commands
      .flatMap(({ name, hidden }) => (name === undefined || hidden === true ? [] : name))
      .concat('help'),
  );
  const hint = guess === undefined || guess === word ? '' : `; did you mean ${guess}?`;
  throw new TinyletError('USAGE', `unknown command ${JSON.stringify(word)}${hint}`);
}

function refuseUnknownFlags(command: Command, words: Words): void {
  const names = command.flags.map(({ name }) => name);
  const known = new Set(['_', '$0', ...HELP, ...names]);
  if (command.name === undefined) known.add('version');
  const unknown = Object.keys(words).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const guess = nearMiss(unknown, [...names, 'help', 'version']);
  const hint = guess === undefined ? '' : `; did you mean --${guess}?`;
  const of = command.name === undefined ? '' : ` of ${command.name}`;
  throw new TinyletError('USAGE', `unknown flag ${unknown.length === 1 ? '-' : '--'}${unknown}${of}${hint}`);
}

function yargsOptions(command: Command): Record<string, { type: 'string' | 'boolean' }> {
  const options: Record<string, { type: 'string' | 'boolean' }> = { help: { type: 'boolean' } };
  if (command.name === undefined) options.version = { type: 'boolean' };
  for (const { name, takes } of command.flags)
    options[name] = { type: takes === 'nothing' ? 'boolean' : 'string' };
  return options;
}

function givenFlags(command: Command, words: Words, flagWords: readonly string[]): GivenFlags {
  const given = new Map<string, readonly string[]>();
  for (const { name, takes } of command.flags) {
    const value = words[name];
    if (value === undefined) continue;
    const texts = (Array.isArray(value) ? value : [value]).map(String);
    given.set(name, takes === 'nothing' ? (switchText(name, flagWords) ?? texts) : texts);
  }
  return given;
}

/** yargs reads `--dry-run=yes` as false, which would do what was only to be shown: the reader must see the word itself. */
function switchText(name: string, flagWords: readonly string[]): readonly string[] | undefined {
  const prefix = `--${name}=`;
  const words = flagWords.filter((word) => word.startsWith(prefix)).map((word) => word.slice(prefix.length));
  return words.length === 0 ? undefined : words;
}
