import type { Command } from './command.ts';
import type { Flag } from './flag.ts';
import { wrap, wrapHanging } from './wrap.ts';

const WIDTH = 80;
/** Columns before the explanation. */
const MARGIN = 29;

type HelpLine = Pick<Flag<unknown>, 'name' | 'short' | 'placeholder' | 'help' | 'fallback'>;

const HELP_FLAG: HelpLine = { name: 'help', short: 'h', help: 'show this' };
const VERSION_FLAG: HelpLine = { name: 'version', help: 'print the version' };

/** What `tinylet --help` prints: the commands, and the flags of the daemon. */
export function renderProgramHelp(commands: readonly Command[]): string {
  const daemonFlags = commands.find(({ name }) => name === undefined)?.flags ?? [];
  return lines([
    'Usage: tinylet [FLAGS]           run the daemon',
    '       tinylet COMMAND [FLAGS]   see tinylet COMMAND --help',
    '',
    'Runs the Kubernetes Pods found as YAML or JSON files in a directory.',
    '',
    'Commands:',
    ...commands.map((command) => entry(commandSynopsis(command), command.summary)),
    '',
    'Flags of the daemon:',
    ...[...daemonFlags, VERSION_FLAG, HELP_FLAG].map(flagEntry),
    '',
    ...wrap(ABOUT_VARIABLES, WIDTH),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ]);
}

/** What `tinylet COMMAND --help` prints. */
export function renderCommandHelp(command: Command): string {
  const operands = command.operands === undefined ? '' : ` ${command.operands}`;
  const flags = [...command.flags, HELP_FLAG];
  return lines([
    `Usage: tinylet ${command.name}${operands}${command.flags.length === 0 ? '' : ' [FLAGS]'}`,
    '',
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    ...(command.details ?? []).flatMap((paragraph) => ['', ...wrap(paragraph, WIDTH)]),
    '',
    'Flags:',
    ...flags.map(flagEntry),
    ...(command.flags.length === 0 ? [] : ['', ...wrap(ABOUT_VARIABLES, WIDTH)]),
  ]);
}

const ABOUT_VARIABLES =
  'Each flag but --help and --version can be set by an environment variable, too: --log-dir by TINYLET_LOG_DIR. The flag wins. TIME is written like 500ms, 2s or 1m30s, SIZE like 65536 or 64Ki.';

function commandSynopsis(command: Command): string {
  if (command.name === undefined) return '(none)';
  return command.operands === undefined ? command.name : `${command.name} ${command.operands}`;
}

function flagEntry({ name, short, placeholder, help, fallback }: HelpLine): string {
  const spelled = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return entry(
    placeholder === undefined ? spelled : `${spelled} ${placeholder}`,
    fallback === undefined ? help : `${help} (default ${fallback})`,
  );
}

function entry(what: string, explanation: string): string {
  const head = `  ${what}`;
  const gap = head.length < MARGIN - 1 ? head.padEnd(MARGIN) : `${head}\n${' '.repeat(MARGIN)}`;
  return gap + wrapHanging(explanation, WIDTH, ' '.repeat(MARGIN));
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
