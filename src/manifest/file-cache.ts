import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Clock, Limiter } from '../base/index.ts';
import { parseManifest } from './parse-manifest.ts';
import { canParseOffThread, parseOffThread } from './parse-off-thread.ts';
import { readManifestFile } from './read-manifest-file.ts';
import { refusedFile } from './refused-file.ts';
import type { ManifestFile } from './types.ts';

/**
 * File times advance in steps (some milliseconds on Linux, two seconds on FAT), so a file may change twice within one
 * step and keep its stats. Until it has rested this long, its stats prove nothing and it is read again.
 */
const SETTLED_AFTER_MS = 2_000;

/** How many files are read at once, each of which is held in memory until it is parsed. */
const PARALLEL_READS = 8;

/** A thread that failed may have lacked only memory or time: after this long it is worth another try. */
const RETRY_THREAD_AFTER_MS = 60_000;

interface Cached {
  readonly file: ManifestFile;
  /** Stats that prove the file unchanged; undefined where nothing does. */
  readonly key?: string;
  /** Hash of the bytes that were parsed; undefined where nothing was. */
  readonly digest?: string;
  /** On the monotonic clock: from then on, parse again even what is the same. */
  readonly retryAtMs?: number;
}

interface FileCacheOptions {
  readonly maxBytes: number;
  readonly offThreadBytes: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Files as they were last parsed. It saves work and keeps the identity of what has not changed; it never changes an
 * answer. Entries that a load does not ask for are forgotten at its end.
 */
export class FileCache {
  readonly #options: FileCacheOptions;
  #last = new Map<string, Cached>();
  #current = new Map<string, Cached>();
  readonly #reads = new Limiter(PARALLEL_READS);
  readonly #threads = new Limiter(1);
  #parsed = 0;

  constructor(options: FileCacheOptions) {
    this.#options = options;
  }

  /** The file at `path`, whose stats are now `stats`; undefined if it has vanished meanwhile. */
  async read(path: string, stats: BigIntStats): Promise<ManifestFile | undefined> {
    const { clock } = this.#options;
    const last = this.#last.get(path);
    const known = last?.retryAtMs !== undefined && last.retryAtMs <= clock.monotonicMs() ? undefined : last;
    if (known?.key !== undefined && known.key === keyOf(stats)) return this.#remember(known);
    return this.#reads.run(() => this.#readAnew(path, known));
  }

  async #readAnew(path: string, known: Cached | undefined): Promise<ManifestFile | undefined> {
    const { clock, maxBytes } = this.#options;
    const startedMs = clock.nowMs();
    const read = await readManifestFile(path, maxBytes);
    if (read.state === 'absent') return undefined;
    if (read.state === 'unusable') return this.keep(refusedFile(path, read.reason));
    const digest = createHash('sha256').update(read.bytes).digest('base64');
    const parsed = known?.digest === digest ? known : await this.#parse(path, read.bytes);
    const rested = startedMs - Number(read.stats.ctimeMs) > SETTLED_AFTER_MS;
    const { key: _, ...proven } = parsed;
    return this.#remember({ ...proven, digest, ...(rested ? { key: keyOf(read.stats) } : {}) });
  }

  /** Remembers a refusal that needed no parsing; returns the former one if it says the same. */
  keep(file: ManifestFile): ManifestFile {
    const known = this.#last.get(file.file)?.file;
    return this.#remember({ file: known !== undefined && isDeepStrictEqual(known, file) ? known : file });
  }

  /** Forgets what was not asked for since the last call. Returns how many files were parsed since. */
  endOfLoad(): number {
    const parsed = this.#parsed;
    [this.#last, this.#current, this.#parsed] = [this.#current, new Map(), 0];
    return parsed;
  }

  #remember(cached: Cached): ManifestFile {
    this.#current.set(cached.file.file, cached);
    return cached.file;
  }

  async #parse(path: string, bytes: Buffer): Promise<Cached> {
    this.#parsed += 1;
    const text = decodeUtf8(bytes);
    if (text === undefined) return { file: refusedFile(path, 'is not valid UTF-8') };
    const manifest = { file: path, text };
    if (bytes.length <= this.#options.offThreadBytes || !canParseOffThread)
      return { file: parseManifest(manifest) };
    const result = await this.#threads.run(() => parseOffThread(manifest, this.#options));
    if ('file' in result) return result;
    const retryAtMs = this.#options.clock.monotonicMs() + RETRY_THREAD_AFTER_MS;
    return { file: refusedFile(path, result.failure), retryAtMs };
  }
}

function keyOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
