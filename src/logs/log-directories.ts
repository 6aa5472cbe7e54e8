import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errnoOf, type Logger, messageOf, TinyletError, writeFileAtomic } from '../base/index.ts';
import { asPodUid, type PodUid } from '../pod/index.ts';
import type { PodLogs } from './pod-logs.ts';

/**
 * Which pods' log directories are tinylet's own: others may log to the same place, and nothing there says whose it is. A directory is
 * noted before it is made, apart from the pod's record, so that it is found when that is lost. What is not noted is never removed
 * but by the removal of its pod.
 */
export interface LogDirectories {
  /** By pod: more than one where it was renamed, or the root of all logs has moved. */
  all(): Promise<ReadonlyMap<PodUid, readonly string[]>>;
  note(directory: string): Promise<void>;
  forget(directory: string): Promise<void>;
}

/** Small files named by the pod's UID, `<root-dir>/log-directories/<uid>`: paths, a line for each. Errors of the disk are STATE_IO. */
export function fileLogDirectories(rootDir: string, logger: Logger): LogDirectories {
  const place = join(rootDir, 'log-directories');
  let loaded: Promise<Map<PodUid, readonly string[]>> | undefined;

  function known(): Promise<Map<PodUid, readonly string[]>> {
    loaded ??= load(place, logger).catch((cause) => {
      loaded = undefined;
      throw new TinyletError('STATE_IO', `cannot read ${place}: ${messageOf(cause)}`, { cause });
    });
    return loaded;
  }

  async function replace(uid: PodUid, directories: readonly string[]): Promise<void> {
    const path = join(place, uid);
    try {
      if (directories.length === 0) await rm(path, { force: true });
      else await writeFileAtomic(path, directories.map((each) => `${each}\n`).join(''), { durable: 'after' });
    } catch (cause) {
      throw new TinyletError('STATE_IO', `cannot write ${path}: ${messageOf(cause)}`, { cause });
    }
    if (directories.length === 0) (await known()).delete(uid);
    else (await known()).set(uid, directories);
  }

  return {
    all: known,
    async note(directory) {
      const uid = uidOf(directory);
      const before = (await known()).get(uid) ?? [];
      if (!before.includes(directory)) await replace(uid, [...before, directory]);
    },
    async forget(directory) {
      const uid = uidOf(directory);
      const before = (await known()).get(uid);
      if (before?.includes(directory))
        await replace(
          uid,
          before.filter((each) => each !== directory),
        );
    },
  };
}

/** Logs whose directories are noted before they are made, and forgotten once they are gone. */
export function notedPodLogs(logs: PodLogs, directories: LogDirectories): PodLogs {
  return {
    ...logs,
    async prepare(given) {
      await directories.note(given.directory);
      await logs.prepare(given);
    },
    async removePod(directory) {
      await logs.removePod(directory);
      await directories.forget(directory);
    },
  };
}

/** `<namespace>_<name>_<uid>`: neither of the first two can have a `_` in it. */
const POD_DIRECTORY = /^[^_]+_[^_]+_(.+)$/;

function uidOf(directory: string): PodUid {
  return asPodUid(POD_DIRECTORY.exec(basename(directory))?.[1] ?? basename(directory));
}

/** What cannot be understood counts as lost, and is never acted upon. */
async function load(place: string, logger: Logger): Promise<Map<PodUid, readonly string[]>> {
  const known = new Map<PodUid, readonly string[]>();
  for (const name of await namesIn(place)) {
    const path = join(place, name);
    // A crash fell into its making: the directory was not made yet.
    if (name.startsWith('.')) await rm(path, { force: true });
    else {
      const uid = asPodUid(name);
      const directories = await readPaths(path, logger);
      const own = directories.filter((directory) => directory.startsWith('/') && uidOf(directory) === uid);
      if (own.length > 0) known.set(uid, own);
    }
  }
  return known;
}

async function namesIn(place: string): Promise<readonly string[]> {
  try {
    return await readdir(place);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readPaths(path: string, logger: Logger): Promise<readonly string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  } catch (error) {
    logger.warn({ file: path, err: messageOf(error) }, 'note of a log directory cannot be read: ignored');
    return [];
  }
}
