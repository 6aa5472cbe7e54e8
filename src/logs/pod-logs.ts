import { type FileHandle, mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { entryPath, errnoOf, messageOf, openChild, TinyletError, unlessMissing } from '../base/index.ts';
import { type LogDirectory, openLogDirectory, openLogRoot, plainName } from './log-directory.ts';
import { attemptOf } from './log-names.ts';
import { logTail } from './log-tail.ts';
import type { ContainerLogs } from './ports.ts';
import { removeTree } from './remove-tree.ts';

/** The log directories of pods. Nothing here follows a symlink below the root of all logs. */
export interface PodLogs {
  /** Makes `<directory>/<container>`; the runtime makes the files in it. */
  prepare(logs: ContainerLogs): Promise<void>;
  /** The lowest attempt that no log file was written for: restart counts go on from it when the runtime forgot. */
  nextAttempt(logs: ContainerLogs): Promise<number>;
  /** Removes the log files of one instance, rotated ones too. */
  removeInstance(logs: ContainerLogs & { attempt: number }): Promise<void>;
  /** The newest text of one log file, at most so many lines and bytes; empty where there is none. */
  tail(path: string, limit: { lines: number; bytes: number }): Promise<string>;
  /** Removes a pod's whole log directory. Rejects where something is mounted in it. */
  removePod(directory: string): Promise<void>;
}

export const filePodLogs: PodLogs = {
  prepare: (logs) => changing(logs.directory, () => prepare(logs)),
  async nextAttempt(logs) {
    try {
      const attempts = (await namesIn(logs)).map(attemptOf).filter((attempt) => attempt !== undefined);
      return Math.max(-1, ...attempts) + 1;
    } catch (cause) {
      throw new TinyletError('STATE_IO', `cannot read the logs in ${logs.directory}: ${messageOf(cause)}`, {
        cause,
      });
    }
  },
  removeInstance: (logs) => changing(logs.directory, () => removeInstance(logs)),
  tail: logTail,
  removePod: (directory) => changing(directory, () => removePod(directory)),
};

/** The names with modes as the kubelet gives them; what is there stays as it is. */
async function prepare({ directory, container }: ContainerLogs): Promise<void> {
  await mkdir(dirname(directory), { recursive: true, mode: 0o755 });
  const root = await openLogRoot(dirname(directory));
  try {
    const pod = await openMade(root, basename(directory));
    try {
      await (await openMade(pod, container)).close();
    } finally {
      await pod.close();
    }
  } finally {
    await root.close();
  }
}

/** A link in its place is refused, as is anything else. */
async function openMade(parent: FileHandle, name: string): Promise<FileHandle> {
  await mkdir(entryPath(parent, plainName(name)), { mode: 0o755 }).catch((error) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  return openChild(parent, name);
}

async function removeInstance(logs: ContainerLogs & { attempt: number }): Promise<void> {
  await inDirectory(logs, async (held) => {
    const names = await held.names();
    for (const name of names) if (attemptOf(name) === logs.attempt) await held.remove(name);
  });
}

async function removePod(directory: string): Promise<void> {
  const root = await unlessMissing(openLogRoot(dirname(directory)));
  try {
    if (root !== undefined) await removeTree(root, plainName(basename(directory)));
  } finally {
    await root?.close();
  }
}

async function namesIn(logs: ContainerLogs): Promise<readonly string[]> {
  return (await inDirectory(logs, (held) => held.names())) ?? [];
}

/** Undefined where there is none: a link in place of the pod's or the container's directory is not ours to look into. */
async function inDirectory<T>(
  logs: ContainerLogs,
  use: (held: LogDirectory) => Promise<T>,
): Promise<T | undefined> {
  const held = await openLogDirectory(logs).catch((error) => {
    if (errnoOf(error) !== 'ENOTDIR') throw error;
  });
  if (held === undefined) return undefined;
  try {
    return await use(held);
  } finally {
    await held.close();
  }
}

async function changing(directory: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    throw new TinyletError('STATE_IO', `cannot change the log directory ${directory}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
