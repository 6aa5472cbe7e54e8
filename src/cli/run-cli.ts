import yargs from 'yargs';
import { hasCode, messageOf, TinyletError } from '../base/index.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { escapeControl } from './escape-control.ts';
import { FlagReader, type GivenFlags } from './flag.ts';
import { renderCommandHelp, renderProgramHelp } from './help.ts';
import { nearMiss } from './near-miss.ts';
import type { Program } from './program.ts';

/** What scripts may rely on; README.md lists them. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** yargs splits words and finds the command; values, defaults and texts are ours, so that every refusal reads alike. */
const PARSER = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'short-option-groups': false,
};

/** Names that every command knows beside its flags. */
const HELP = ['help', 'h'];

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
    program.err(`tinylet: ${escapeControl(messageOf(error))}\n`);
    if (usage) program.err('see tinylet --help\n');
    return usage ? EXIT.usage : EXIT.failed;
  }
}

async function dispatch(argv: readonly string[], env: NodeJS.ProcessEnv, program: Program): Promise<number> {
  let exitCode: number = EXIT.ok;
  const parser = yargs()
    .parserConfiguration(PARSER)
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail(false)
    // Told before the command is known: a switch must not swallow the word that chooses it.
    .boolean(
      commands.flatMap(({ flags }) =>
        flags.filter(({ takes }) => takes === 'nothing').map(({ name }) => name),
      ),
    );
  for (const command of commands) {
    parser.command({
      command: command.name ?? '$0',
      describe: command.summary,
      builder: (scope) => scope.options(yargsOptions(command)),
      handler: async (words: Words) => {
        exitCode = await runCommand(command, { argv, words, env, program });
      },
    });
  }
  // `tinylet help status` is what many try first.
  await parser.parseAsync(argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv]);
  return exitCode;
}

interface Call {
  readonly argv: readonly string[];
  readonly words: Words;
  readonly env: NodeJS.ProcessEnv;
  readonly program: Program;
}

async function runCommand(command: Command, { argv, words, env, program }: Call): Promise<number> {
  const operands = words._.map(String).slice(command.name === undefined ? 0 : 1);
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
  const flags = new FlagReader(givenFlags(command, words, argv), env);
  return command.run({ flags, operands, env, program });
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
    commands.flatMap(({ name }) => name ?? []),
  );
  const hint = guess === undefined || guess === word ? '' : `; did you mean ${guess}?`;
  throw new TinyletError('USAGE', `unknown command ${JSON.stringify(word)}${hint}`);
}

function refuseUnknownFlags(command: Command, words: Words): void {
  const names = command.flags.map(({ name }) => name);
  const known = new Set(['_', '$0', ...HELP, ...names, ...command.flags.flatMap(({ short }) => short ?? [])]);
  if (command.name === undefined) known.add('version');
  const unknown = Object.keys(words).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const guess = nearMiss(unknown, [...names, 'help', 'version']);
  const hint = guess === undefined ? '' : `; did you mean --${guess}?`;
  const of = command.name === undefined ? '' : ` of ${command.name}`;
  throw new TinyletError('USAGE', `unknown flag ${unknown.length === 1 ? '-' : '--'}${unknown}${of}${hint}`);
}

function yargsOptions(command: Command): Record<string, { type: 'string' | 'boolean'; alias?: string }> {
  const options: Record<string, { type: 'string' | 'boolean'; alias?: string }> = {
    help: { type: 'boolean', alias: 'h' },
  };
  if (command.name === undefined) options.version = { type: 'boolean' };
  for (const { name, short, takes } of command.flags) {
    const type = takes === 'nothing' ? 'boolean' : 'string';
    options[name] = short === undefined ? { type } : { type, alias: short };
  }
  return options;
}

function givenFlags(command: Command, words: Words, argv: readonly string[]): GivenFlags {
  const given = new Map<string, readonly string[]>();
  for (const { name, takes } of command.flags) {
    const value = words[name];
    if (value === undefined) continue;
    const texts = (Array.isArray(value) ? value : [value]).map(String);
    given.set(name, takes === 'nothing' ? (switchText(name, argv) ?? texts) : texts);
  }
  return given;
}

/** yargs reads `--dry-run=yes` as false, which would do what was only to be shown: the reader must see the word itself. */
function switchText(name: string, argv: readonly string[]): readonly string[] | undefined {
  const prefix = `--${name}=`;
  const words = argv.filter((word) => word.startsWith(prefix)).map((word) => word.slice(prefix.length));
  return words.length === 0 ? undefined : words;
}
