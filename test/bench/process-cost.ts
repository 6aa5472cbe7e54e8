import { readdir, readFile } from 'node:fs/promises';

export interface MemoryUse {
  /** Resident set, in which pages shared with other processes count in full. */
  readonly rssMb: number;
  /** Proportional set: a shared page counts for its share. */
  readonly pssMb: number;
}

export async function memoryOf(pid: number): Promise<MemoryUse> {
  const [status, rollup] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
  ]);
  return { rssMb: fieldMb(status, 'VmRSS'), pssMb: fieldMb(rollup, 'Pss') };
}

/** CPU time all its threads have used so far, to the nanosecond of the scheduler's books. */
export async function cpuMsOf(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const spent = await Promise.all(threads.map((thread) => threadCpuMs(pid, thread)));
  return spent.reduce((sum, ms) => sum + ms, 0);
}

/** 0 for a thread that has just ended. */
async function threadCpuMs(pid: number, thread: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
  return Number(text.split(' ', 1)[0]) / 1e6;
}

function fieldMb(text: string, field: string): number {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  if (kibibytes === undefined)
    throw new Error(`no ${field} in /proc: a zombie, or a kernel that does not tell`);
  return (Number(kibibytes) * 1024) / 1e6;
}
