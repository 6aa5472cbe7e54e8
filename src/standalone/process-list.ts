import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { procStatFields } from '../base/index.ts';

/** A process as /proc lists it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly args: readonly string[];
}

export async function listProcesses(): Promise<readonly ListedProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => readListed(Number(pid))));
  return found.filter((process) => process !== undefined);
}

/** The containerd that was started with this configuration file, whoever recorded it or did not. */
export function findContainerd(
  processes: readonly ListedProcess[],
  configFile: string,
): ListedProcess | undefined {
  return processes.find(
    ({ args }) => basename(args[0] ?? '') === 'containerd' && valueAfter(args, '--config') === configFile,
  );
}

/** The shims that serve the containerd of this socket, and every process below them: its containers. */
export function findShimTrees(
  processes: readonly ListedProcess[],
  socket: string,
): { shims: readonly ListedProcess[]; descendants: readonly ListedProcess[] } {
  const shims = processes.filter(
    ({ args }) =>
      basename(args[0] ?? '').startsWith('containerd-shim') && valueAfter(args, '-address') === socket,
  );
  const inTree = new Set(shims.map(({ pid }) => pid));
  const descendants: ListedProcess[] = [];
  for (let grew = true; grew; ) {
    grew = false;
    for (const process of processes) {
      if (inTree.has(process.pid) || !inTree.has(process.parentPid)) continue;
      inTree.add(process.pid);
      descendants.push(process);
      grew = true;
    }
  }
  return { shims, descendants };
}

async function readListed(pid: number): Promise<ListedProcess | undefined> {
  try {
    const [stat, cmdline] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    const fields = procStatFields(stat);
    if (fields[0] === 'Z') return undefined;
    return { pid, parentPid: Number(fields[1]), args: cmdline.split('\0').slice(0, -1) };
  } catch {
    return undefined;
  }
}

function valueAfter(args: readonly string[], flag: string): string | undefined {
  const index = args.indexOf(flag);
  return index < 0 ? undefined : args[index + 1];
}
