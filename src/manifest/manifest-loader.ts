import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Clock,
  errnoOf,
  Limiter,
  type Logger,
  messageOf,
  silentLogger,
  sleep,
  systemClock,
} from '../base/index.ts';
import { FileCache } from './file-cache.ts';
import { printable } from './problems.ts';
import { findManifestFile } from './read-manifest-file.ts';
import { refusedFile } from './refused-file.ts';
import type { ManifestDirectory, ManifestFile, ManifestSnapshot } from './types.ts';

export interface ManifestLoaderOptions {
  readonly directories: readonly string[];
  /** A larger file is refused unparsed. */
  readonly maxBytes?: number;
  /** A larger file is parsed in a thread of its own. */
  readonly offThreadBytes?: number;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export interface ManifestLoader {
  /** Reads all directories. An unchanged file is the same object as in the last snapshot. Never rejects. */
  load(): Promise<ManifestSnapshot>;
  /** Gives up what is being parsed and waits for it. */
  close(): Promise<void>;
}

/**
 * Editors move a file away before they write it anew, and a file that is renamed while its directory is being read may be seen
 * under neither name: that a file is gone is believed when a second look, this much later, finds the same.
 */
const SECOND_LOOK_AFTER_MS = 100;

/** How many files are looked at at once: whatever comes back together costs the loop one turn. */
const PARALLEL_LOOKS = 64;

/**
 * Reads directories of manifests. Manifests are the entries named `*.yaml`, `*.yml` or `*.json` that do not begin with a
 * dot; nothing below subdirectories. Each load looks at every file anew (a stat) and reads what has changed.
 */
export function createManifestLoader(options: ManifestLoaderOptions): ManifestLoader {
  const { directories, logger = silentLogger, clock = systemClock } = options;
  const stopped = new AbortController();
  const cache = new FileCache({
    maxBytes: options.maxBytes ?? 1024 * 1024,
    offThreadBytes: options.offThreadBytes ?? 64 * 1024,
    clock,
    signal: stopped.signal,
  });
  const looks = new Limiter(PARALLEL_LOOKS);
  let last: Promise<unknown> = Promise.resolve();
  let known: readonly ManifestDirectory[] = [];

  const readAll = async (): Promise<readonly ManifestDirectory[]> => {
    const read: ManifestDirectory[] = [];
    for (const directory of directories) read.push(await readDirectory(directory, cache, looks));
    return read;
  };
  const load = async (): Promise<ManifestSnapshot> => {
    const startedMs = clock.monotonicMs();
    let read = await readAll();
    if (hasVanished(known, read)) {
      await sleep(clock, SECOND_LOOK_AFTER_MS, stopped.signal);
      read = await readAll();
    }
    known = read;
    const readFiles = cache.endOfLoad();
    if (readFiles > 0)
      logger.debug({ files: readFiles, durationMs: clock.monotonicMs() - startedMs }, 'manifests read');
    return { directories: read };
  };

  return {
    load() {
      // One after the other: a load must not begin on what an earlier one is still finding out.
      const next = last.then(load);
      last = next.catch(() => undefined);
      return next;
    },
    async close() {
      stopped.abort();
      await last;
    },
  };
}

function hasVanished(before: readonly ManifestDirectory[], now: readonly ManifestDirectory[]): boolean {
  return before.some((directory, index) => {
    const after = now[index];
    if (directory.state !== 'read' || after?.state !== 'read') return false;
    const present = new Set(after.files.map(({ file }) => file));
    return directory.files.some(({ file }) => !present.has(file));
  });
}

async function readDirectory(
  directory: string,
  cache: FileCache,
  looks: Limiter,
): Promise<ManifestDirectory> {
  try {
    const stats = await stat(directory, { bigint: true });
    if ((stats.mode & 0o002n) !== 0n) {
      const reason = 'others may write to it, and so decide what runs here: chmod o-w';
      return { state: 'unreadable', directory, reason };
    }
    const names = (await readdir(directory)).filter(isManifestName).sort();
    const warnings = ownerWarnings(directory, stats);
    const files = await Promise.all(
      names.map((name) => looks.run(() => readFile(join(directory, name), cache, warnings))),
    );
    return {
      state: 'read',
      directory,
      files: files.filter((file) => file !== undefined),
      warnings: warnings.sort(),
    };
  } catch (error) {
    const reason = errnoOf(error) === 'ENOENT' ? 'does not exist' : messageOf(error);
    return { state: 'unreadable', directory, reason };
  }
}

async function readFile(
  path: string,
  cache: FileCache,
  warnings: string[],
): Promise<ManifestFile | undefined> {
  const found = await findManifestFile(path);
  if (found.state === 'absent') return undefined;
  if (found.state === 'unusable') return cache.keep(refusedFile(path, found.reason));
  warnings.push(...ownerWarnings(path, found.stats));
  return cache.read(path, found.stats);
}

function isManifestName(name: string): boolean {
  return !name.startsWith('.') && !name.startsWith('#') && /\.(ya?ml|json)$/.test(name);
}

/** Whoever owns a file can write to it, or give others leave to. */
function ownerWarnings(path: string, stats: BigIntStats): string[] {
  const uid = Number(stats.uid);
  if (uid === 0 || uid === process.getuid?.()) return [];
  return [`${printable(path)} belongs to uid ${uid}, who can decide what runs here`];
}
