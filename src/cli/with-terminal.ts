import type { CommandIo } from '../client/index.ts';
import type { Program } from './program.ts';

/** What ties a command with a terminal to ours. */
export type TiedTerminal = Required<Pick<CommandIo, 'terminal' | 'signal'>>;

/**
 * While `use` is under way a command in a container has our terminal: what is typed goes to it key by key where `stdin` says so, and our
 * signals let it go. The terminal is as it was before when this settles.
 */
export async function withTerminal<T>(
  { terminal, untilInterrupted }: Pick<Program, 'terminal' | 'untilInterrupted'>,
  { stdin }: { readonly stdin: boolean },
  use: (tied: TiedTerminal) => Promise<T>,
): Promise<T> {
  const signal = untilInterrupted();
  if (stdin) terminal.setRaw(true);
  try {
    return await use({ signal, terminal });
  } finally {
    if (stdin) terminal.setRaw(false);
  }
}

/** Whether there is a terminal to be had; where not, says so as kubectl does, and the command does without. */
export function isTerminalHad(
  program: Program,
  wanted: { readonly stdin: boolean; readonly tty: boolean },
): boolean {
  if (!wanted.tty) return false;
  if (!wanted.stdin || program.terminal.stdinIsTerminal) return true;
  program.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return false;
}
