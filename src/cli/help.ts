import type { Command } from './command.ts';
import { type Flag, variableOf } from './flag.ts';
import { COMMAND_GROUPS, FLAG_GROUPS, grouped } from './help-groups.ts';
import { wrap, wrapHanging } from './wrap.ts';

const WIDTH = 80;
/** Columns before the explanation of a flag, and of a command. */
const FLAG_MARGIN = 29;
const COMMAND_MARGIN = 16;

type HelpLine = Pick<Flag<unknown>, 'name' | 'short' | 'placeholder' | 'help' | 'fallback'>;

const HELP_FLAG: HelpLine = { name: 'help', short: 'h', help: 'show this' };
const VERSION_FLAG: HelpLine = { name: 'version', help: 'print the version' };

const EXIT_CODES = '0 done, 1 failed, 2 wrong usage';

const ABOUT_VALUES = 'TIME is written like 500ms, 2s or 1m30s, SIZE like 65536 or 64Ki.';

const ABOUT_VARIABLES = `Each flag but --help and --version can be set by an environment variable, too: --log-dir by TINYLET_LOG_DIR. The flag wins. ${ABOUT_VALUES}`;

/** What `tinylet --help` prints: the commands, and the flags of the daemon. */
export function renderProgramHelp(commands: readonly Command[]): string {
  const daemonFlags = commands.find(({ name }) => name === undefined)?.flags ?? [];
  const shown = commands.filter(({ name, hidden }) => name !== undefined && hidden !== true);
  return lines([
    'Usage: tinylet [FLAGS]           run the daemon',
    '       tinylet COMMAND [FLAGS]   see tinylet help COMMAND',
    '',
    'Runs the Kubernetes Pods found as YAML or JSON files in a directory.',
    ...grouped(shown, ({ name }) => name, COMMAND_GROUPS).flatMap(([title, members]) => [
      '',
      `${title}:`,
      ...members.map(({ name, summary }) => entry(name ?? '', summary, COMMAND_MARGIN)),
    ]),
    '',
    ...wrap('The other flags are those of the daemon, which runs where no command is given.', WIDTH),
    ...grouped([...daemonFlags, VERSION_FLAG, HELP_FLAG], ({ name }) => name, FLAG_GROUPS).flatMap(
      ([title, members]) => ['', `${title}:`, ...members.map(flagEntry)],
    ),
    '',
    ...wrap(ABOUT_VARIABLES, WIDTH),
    '',
    ...wrap(`Exit codes: ${EXIT_CODES}. Commands that have others say so in their own help.`, WIDTH),
  ]);
}

/** What `tinylet COMMAND --help` prints. */
export function renderCommandHelp(command: Command): string {
  const { name = '', operands, summary, details = [], examples = [], flags } = command;
  const usage = ['tinylet', name, ...(operands ?? '').split(' '), flags.length === 0 ? '' : '[FLAGS]'];
  return lines([
    `Usage: ${wrapHanging(usage.filter((word) => word !== '').join(' '), WIDTH, ' '.repeat(7))}`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...details.flatMap((paragraph) => ['', ...wrap(paragraph, WIDTH)]),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((example) => `  ${example}`)]),
    '',
    'Flags:',
    ...[...flags, HELP_FLAG].map(flagEntry),
    ...aboutFlags(flags).flatMap((paragraph) => ['', ...wrap(paragraph, WIDTH)]),
    '',
    ...wrap(`Exit codes: ${command.exitCodes ?? EXIT_CODES}.`, WIDTH),
  ]);
}

/** Which of them are settings, and how values are written: one paragraph, or none. */
function aboutFlags(flags: readonly Flag<unknown>[]): readonly string[] {
  const variables = flags.flatMap((flag) => variableOf(flag) ?? []).join(', ');
  const takesMeasure = flags.some(({ placeholder = '' }) => ['TIME', 'SIZE'].includes(placeholder));
  const sentences = [
    ...(variables === '' ? [] : [`Variables that set flags, too: ${variables}. The flag wins.`]),
    ...(takesMeasure ? [ABOUT_VALUES] : []),
  ];
  return sentences.length === 0 ? [] : [sentences.join(' ')];
}

function flagEntry({ name, short, placeholder, help, fallback }: HelpLine): string {
  const spelled = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return entry(
    placeholder === undefined ? spelled : `${spelled} ${placeholder}`,
    fallback === undefined ? help : `${help} (default ${fallback})`,
    FLAG_MARGIN,
  );
}

function entry(what: string, explanation: string, margin: number): string {
  const head = `  ${what}`;
  const gap = head.length < margin - 1 ? head.padEnd(margin) : `${head}\n${' '.repeat(margin)}`;
  return gap + wrapHanging(explanation, WIDTH, ' '.repeat(margin));
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
