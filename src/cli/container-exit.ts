import { hasCode, messageOf } from '../base/index.ts';
import { failureLine } from './failure-line.ts';
import { isReaderGone } from './interrupted.ts';
import type { Program } from './program.ts';

/** As docker and podman have them: nothing was run; it cannot be run; there is no such program. */
const NOT_RUN = 125;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** The exit code of a container or a command in one; where there is none, tells why, and that is a code that says so. Rejects with USAGE. */
export async function containerExit(program: Program, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (hasCode(error, 'USAGE')) throw error;
    if (isReaderGone(error)) return 0;
    program.err(`${failureLine(error)}\n`);
    return notRunCode(messageOf(error));
  }
}

/** From what the runtime says of a command that it could not run. */
function notRunCode(message: string): number {
  if (/executable file not found|exec: .*no such file or directory/i.test(message)) return NOT_FOUND;
  if (/permission denied|exec format error|is a directory/i.test(message)) return NOT_EXECUTABLE;
  return NOT_RUN;
}
