import { constants, watch } from 'node:fs';
import { type FileHandle, link, lstat, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { entryPath, errnoOf, openChild, openDirectory, selfPath, unlessMissing } from '../base/index.ts';
import { contentOf } from './log-bytes.ts';
import type { LogFile } from './plan-rotation.ts';
import type { ContainerLogs } from './ports.ts';

/** One container's log directory, held open. Names are of entries in it. */
export interface LogDirectory {
  /** Whatever lies there. */
  names(): Promise<readonly string[]>;
  /** The regular files of these names. */
  files(names: readonly string[]): Promise<readonly LogFile[]>;
  /** Undefined where there is nothing of that name. Rejects where it is no regular file. */
  find(name: string): Promise<LogFile | undefined>;
  /** Opens a regular file to read it; anything else rejects, without having been waited for. */
  open(name: string): Promise<FileHandle>;
  /** Whether there was one. */
  remove(name: string): Promise<boolean>;
  /** Replaces what has that name. */
  rename(from: string, to: string): Promise<void>;
  /** Whether it could be done without replacing anything. */
  restore(from: string, to: string): Promise<boolean>;
  /** Tells of changes until the returned function is called: that an entry has come or gone, or grown. Nothing where no watch is to be had. */
  watch(listener: (name: string, what: 'renamed' | 'written') => void): () => void;
  /** Writes a compressed copy, with the mode and owner of the original; it has reached the disk before the call returns. */
  pack(from: string, to: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens `<directory>/<container>`; undefined where it is missing. Both are reached from the root of all logs by descriptor, so that a
 * container that may write there cannot lead anywhere else with a link: that rejects, as does anything but a directory.
 */
export async function openLogDirectory(logs: ContainerLogs): Promise<LogDirectory | undefined> {
  const opened = await unlessMissing(openContainerDirectory(logs));
  return opened && heldDirectory(opened);
}

async function openContainerDirectory({ directory, container }: ContainerLogs): Promise<FileHandle> {
  const root = await openLogRoot(dirname(directory));
  try {
    const pod = await openChild(root, plainName(basename(directory)));
    try {
      return await openChild(pod, plainName(container));
    } finally {
      await pod.close();
    }
  } finally {
    await root.close();
  }
}

/** The root of all logs. It, and what is above, may be links: they are the administrator's. */
export function openLogRoot(logDir: string): Promise<FileHandle> {
  return openDirectory(`${logDir}/.`);
}

/** Refuses what would lead elsewhere than to an entry. */
export function plainName(name: string): string {
  if (name === '' || name === '.' || name === '..' || name.includes('/'))
    throw new Error(`${JSON.stringify(name)} is no file name`);
  return name;
}

function heldDirectory(handle: FileHandle): LogDirectory {
  const at = (name: string): string => entryPath(handle, plainName(name));
  const find = async (name: string): Promise<LogFile | undefined> => {
    const stats = await unlessMissing(lstat(at(name), { bigint: true }));
    if (stats === undefined) return undefined;
    if (!stats.isFile()) throw new Error(`${name} is no regular file`);
    return { name, sizeBytes: Number(stats.size), identity: `${stats.dev}:${stats.ino}` };
  };
  return {
    find,
    names: () => readdir(selfPath(handle)),
    async files(names) {
      const found = await Promise.all(names.map((name) => find(name).catch(() => undefined)));
      return found.filter((file) => file !== undefined);
    },
    open: (name) => openFile(at(name)),
    remove: async (name) => (await unlessMissing(unlink(at(name)).then(() => true))) ?? false,
    rename: (from, to) => rename(at(from), at(to)),
    async restore(from, to) {
      try {
        await link(at(from), at(to));
      } catch (error) {
        if (errnoOf(error) === 'EEXIST') return false;
        throw error;
      }
      await unlink(at(from));
      return true;
    },
    watch: (listener) => watchDirectory(selfPath(handle), listener),
    pack: (from, to, signal) => pack(at(from), at(to), signal),
    close: () => handle.close(),
  };
}

function watchDirectory(path: string, listener: (name: string, what: 'renamed' | 'written') => void) {
  try {
    const watcher = watch(path, { persistent: false }, (event, name) =>
      listener(name ?? '', event === 'rename' ? 'renamed' : 'written'),
    );
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    // The user may have no inotify instance or watch left.
    return () => undefined;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error(`${basename(path)} is no regular file`);
}

/** Compression runs on threads of its own; what goes through this one is small pieces. */
async function pack(from: string, to: string, signal: AbortSignal): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const source = await openFile(from);
  try {
    const stats = await source.stat();
    const target = await open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      await pipeline(
        contentOf(source),
        createGzip(),
        async (packed: AsyncIterable<Buffer>) => {
          for await (const piece of packed) await target.writeFile(piece);
        },
        { signal },
      );
      await target.chown(stats.uid, stats.gid);
      await target.chmod(stats.mode & 0o777);
      await target.datasync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
