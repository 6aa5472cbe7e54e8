import { execFile } from 'node:child_process';

export interface ToolResult {
  /** Undefined where the tool could not be started or was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** What it said of its failure, in one line; empty where it succeeded. */
  readonly complaint: string;
  /** Whether it was cut off. */
  readonly late: boolean;
}

/** What looks at a few files takes no minute unless something hangs. */
const TIMEOUT_MS = 60_000;

/**
 * Runs a tool of the machine, with messages in English. Never rejects. One that takes longer than its limit in milliseconds is killed;
 * once a signal as its limit is aborted it is not waited for either, since what hangs in the kernel may not die.
 */
export function runTool(
  command: string,
  args: readonly string[],
  limit: number | AbortSignal = TIMEOUT_MS,
): Promise<ToolResult> {
  const options = {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', ...pathOf(process.env) },
    ...(typeof limit === 'number' ? { timeout: limit } : { signal: limit }),
    killSignal: 'SIGKILL',
    maxBuffer: 16 * 1024 * 1024,
  } as const;
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const late = error !== null && (typeof limit === 'number' ? error.killed === true : limit.aborted);
      const said = stderr.trim().replaceAll(/\s*\n\s*/g, '; ');
      const failure = late ? `${command} takes too long` : error?.message;
      resolve({
        exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : undefined,
        stdout,
        complaint: error === null ? '' : said || (failure ?? ''),
        late,
      });
    });
  });
}

function pathOf({ PATH }: NodeJS.ProcessEnv): { readonly PATH?: string } {
  return PATH === undefined ? {} : { PATH };
}
