import { execFile } from 'node:child_process';
import { searchPath } from './host.ts';

export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** What went wrong in the command's own words; empty when it succeeded. */
  readonly problem: string;
}

/** Runs a program to its end and never rejects: a missing program or a time-out is a failed result. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: { timeoutMs?: number; input?: string } = {},
): Promise<CommandResult> {
  const env = { ...process.env, PATH: searchPath() };
  const timeout = options.timeoutMs ?? 30_000;
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { env, timeout, maxBuffer: 16 * 2 ** 20 },
      (error, stdout, stderr) => {
        const problem = error === null ? '' : stderr.trim() || error.message;
        resolve({ ok: error === null, stdout, problem });
      },
    );
    // A program that ends without reading its input breaks the pipe; its exit says what was wrong.
    child.stdin?.on('error', () => undefined).end(options.input ?? '');
  });
}
