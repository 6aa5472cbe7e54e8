import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, messageOf, TinyletError } from '../base/index.ts';
import { logTail } from './log-tail.ts';

/** A pod's log directory and the container in it; both names were validated when the manifest was read. */
export interface ContainerLogs {
  readonly directory: string;
  readonly container: string;
}

/** The log directories of pods. Nothing here follows a symlink. */
export interface PodLogs {
  /** Makes `<directory>/<container>`; the runtime makes the files in it. */
  prepare(logs: ContainerLogs): Promise<void>;
  /** The lowest attempt that no log file was written for: restart counts go on from it when the runtime forgot. */
  nextAttempt(logs: ContainerLogs): Promise<number>;
  /** Removes the log files of one instance, rotated ones too. */
  removeInstance(logs: ContainerLogs & { attempt: number }): Promise<void>;
  /** The newest text of one log file, at most so many lines and bytes; empty where there is none. */
  tail(path: string, limit: { lines: number; bytes: number }): Promise<string>;
  /** Removes a pod's whole log directory. */
  removePod(directory: string): Promise<void>;
}

/** `<attempt>.log`, and what rotation makes of it (kubelet: `^(\d+)\.log(\..*)?`). */
const LOG_NAME = /^(\d+)\.log(\..*)?$/;

export const filePodLogs: PodLogs = {
  prepare: (logs) =>
    wrap(logs.directory, async () => {
      await mkdir(join(logs.directory, logs.container), { recursive: true, mode: 0o755 });
      if (!(await isOurs(logs))) throw new Error('a symlink stands in its place');
    }),
  nextAttempt: async (logs) => Math.max(-1, ...(await logFiles(logs)).map((file) => file.attempt)) + 1,
  removeInstance: (logs) =>
    wrap(logs.directory, async () => {
      const ours = (await logFiles(logs)).filter((file) => file.attempt === logs.attempt);
      await Promise.all(ours.map((file) => rm(file.path, { force: true })));
    }),
  tail: logTail,
  removePod: (directory) => wrap(directory, () => rm(directory, { recursive: true, force: true })),
};

async function logFiles(logs: ContainerLogs): Promise<{ path: string; attempt: number }[]> {
  const directory = join(logs.directory, logs.container);
  try {
    if (!(await isOurs(logs))) return [];
    return (await readdir(directory)).flatMap((name) => {
      const attempt = LOG_NAME.exec(name)?.[1];
      return attempt === undefined ? [] : [{ path: join(directory, name), attempt: Number(attempt) }];
    });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new TinyletError('STATE_IO', `cannot read the log directory ${directory}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** A symlink in place of the pod's or the container's directory is not ours to look into, nor to write through. */
async function isOurs({ directory, container }: ContainerLogs): Promise<boolean> {
  const found = await Promise.all([lstat(directory), lstat(join(directory, container))]);
  return found.every((entry) => entry.isDirectory());
}

async function wrap(directory: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    throw new TinyletError('STATE_IO', `cannot change the log directory ${directory}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
