import { readFile } from 'node:fs/promises';

/** A process beyond doubt: numbers are reused, a number together with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/<pid>/stat. */
  readonly startTicks: string;
}

/** The live process of that number; undefined when there is none or only its zombie is left. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = procStatFields(stat);
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === undefined || state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
  return { pid, startTicks };
}

export async function isAlive({ pid, startTicks }: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(pid))?.startTicks === startTicks;
}

/** Sends a signal unless the number has passed to another process. */
export async function signalProcess(target: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(target))) return;
  try {
    process.kill(target.pid, signal);
  } catch {
    // It ended in between.
  }
}

/** The fields of /proc/<pid>/stat from the third on: the second is the program's name in parentheses and may hold anything. */
export function procStatFields(stat: string): readonly string[] {
  const end = stat.lastIndexOf(')');
  return end < 0 ? [] : stat.slice(end + 2).split(' ');
}
