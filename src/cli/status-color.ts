const RED = '\u001b[31m';
const GREEN = '\u001b[32m';
const YELLOW = '\u001b[33m';
const PLAIN = '\u001b[0m';

const WELL = /^(?:Running|Completed|Succeeded|Active|Bound|Ready|Ready,SchedulingDisabled)$/;
const ILL =
  /Err|BackOff|Fail|Evicted|OOMKilled|Invalid|NotReady|Unknown|DeadlineExceeded|ExitCode|Signal|Cannot/;

/** The word of a STATUS column for a terminal: green where all is well, red where somebody should look, yellow where things go on. */
export function paintStatus(word: string): string {
  const color = WELL.test(word) ? GREEN : ILL.test(word) ? RED : YELLOW;
  return `${color}${word}${PLAIN}`;
}

/** Nothing that is no terminal gets colours, and nobody who says that they want none (no-color.org). */
export function wantsColor(stdoutIsTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  return stdoutIsTerminal && (env.NO_COLOR ?? '') === '';
}
