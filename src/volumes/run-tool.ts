import { execFile } from 'node:child_process';

export interface ToolResult {
  /** Undefined where the tool could not be started or was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** What it said of its failure, in one line; empty where it succeeded. */
  readonly complaint: string;
}

/** What looks at a few files takes no minute unless something hangs. */
const TIMEOUT_MS = 60_000;

/** Runs a tool of the machine to its end, with messages in English. Never rejects. */
export function runTool(
  command: string,
  args: readonly string[],
  timeoutMs: number = TIMEOUT_MS,
): Promise<ToolResult> {
  const options = {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', ...pathOf(process.env) },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 16 * 1024 * 1024,
  } as const;
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const said = stderr.trim().replaceAll(/\s*\n\s*/g, '; ');
      resolve({
        exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : undefined,
        stdout,
        complaint:
          error === null
            ? ''
            : said || (error.killed ? `${command} takes longer than ${timeoutMs / 1000} s` : error.message),
      });
    });
  });
}

function pathOf({ PATH }: NodeJS.ProcessEnv): { readonly PATH?: string } {
  return PATH === undefined ? {} : { PATH };
}
