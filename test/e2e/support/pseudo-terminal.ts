import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { programPath } from './program.ts';

export interface OnTerminal {
  readonly columns: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** What a terminal of that width got to see of a command, both streams in one, and how it ended. */
export async function runOnTerminal(
  args: readonly string[],
  { columns, env = {} }: OnTerminal,
): Promise<{ readonly code: number | null; readonly shown: string }> {
  const words = [process.execPath, await programPath(), ...args].map(quoted).join(' ');
  const line = `stty cols ${columns} rows 40; exec ${words}`;
  // Its stdin stays open: the end of it would be typed into the terminal.
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm', ...env },
  });
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  const [code, shown] = await Promise.all([ended, text(child.stdout)]);
  return { code, shown: shown.replaceAll('\r\n', '\n') };
}

/** As it stands on the screen: without what colours it. */
export function withoutColor(shown: string): string {
  return shown.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d*m`, 'g'), '');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
