import { readFile } from 'node:fs/promises';
import { identifyProcess, isAlive, type ProcessIdentity, writeFileAtomic } from '../base/index.ts';
import type { Layout } from './layout.ts';
import { findContainerd, listProcesses } from './process-list.ts';

/** What the next tinylet must know of the containerd that this one started. */
export interface ContainerdRecord extends ProcessIdentity {
  readonly socket: string;
  /** Leases and task state of an earlier boot are void. */
  readonly bootId: string;
}

/** The record, or undefined when there is none or it is damaged: everything in it can be found again. */
export async function readRecord(layout: Layout): Promise<ContainerdRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(layout.recordFile, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const fields: Record<string, unknown> = { ...value };
    const { pid, startTicks, socket, bootId } = fields;
    if (typeof pid !== 'number' || typeof startTicks !== 'string') return undefined;
    if (typeof socket !== 'string' || typeof bootId !== 'string') return undefined;
    return { pid, startTicks, socket, bootId };
  } catch {
    return undefined;
  }
}

export async function writeRecord(layout: Layout, running: ProcessIdentity, socket: string): Promise<void> {
  const record: ContainerdRecord = { ...running, socket, bootId: await currentBootId() };
  await writeFileAtomic(layout.recordFile, `${JSON.stringify(record)}\n`);
}

export interface RunningContainerd extends ProcessIdentity {
  readonly socket: string;
}

/**
 * The containerd that runs on this root directory, if one does: by the record, else by the configuration file on its
 * command line, so that a lost record or a tinylet killed before writing it never leads to a second one.
 */
export async function findRunning(layout: Layout): Promise<RunningContainerd | undefined> {
  const record = await readRecord(layout);
  if (record !== undefined && (await isAlive(record))) return record;
  const listed = findContainerd(await listProcesses(), layout.configFile);
  const identity = listed === undefined ? undefined : await identifyProcess(listed.pid);
  if (identity === undefined) return undefined;
  return { ...identity, socket: (await configuredSocket(layout)) ?? layout.socket };
}

export async function currentBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

async function configuredSocket(layout: Layout): Promise<string | undefined> {
  const config = await readFile(layout.configFile, 'utf8').catch(() => '');
  return /^address = "(.*)"$/m.exec(config)?.[1];
}
