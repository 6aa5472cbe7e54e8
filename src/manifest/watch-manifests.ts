import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { type Clock, type Logger, messageOf, silentLogger, systemClock, type Timer } from '../base/index.ts';

export interface ManifestWatcher {
  close(): Promise<void>;
}

/** How often a directory is looked for that may have appeared, gone, or been replaced by another one. */
const CHECK_PERIOD_MS = 1_000;

/**
 * Calls `onChange` with a path soon after something happened to it in one of the directories, which need not exist. It
 * may call too often, and it may miss something: a hint is worth a look at the files, and saves waiting for the next
 * periodic one. Never throws.
 */
export function watchManifests(
  directories: readonly string[],
  onChange: (path: string) => void,
  { logger = silentLogger, clock = systemClock }: { logger?: Logger; clock?: Clock } = {},
): ManifestWatcher {
  const watches = directories.map((directory) => new DirectoryWatch(resolve(directory), onChange, logger));
  let timer: Timer | undefined;
  let closed = false;
  const check = async (): Promise<void> => {
    await Promise.all(watches.map((each) => each.check()));
    if (!closed) timer = clock.setTimer(CHECK_PERIOD_MS, () => void check());
  };
  void check();
  return {
    async close() {
      closed = true;
      timer?.cancel();
      await Promise.all(watches.map((each) => each.close()));
    },
  };
}

/**
 * One directory. Only the directory itself is watched, not each file: that already tells of every entry written,
 * renamed, created or removed in it, at the cost of one watch however many files there are.
 */
class DirectoryWatch {
  readonly #directory: string;
  readonly #onChange: (path: string) => void;
  readonly #logger: Logger;
  #watcher: FSWatcher | undefined;
  /** Device and inode of what is watched: a path can come to mean another directory. */
  #identity: string | undefined;
  #closed = false;

  constructor(directory: string, onChange: (path: string) => void, logger: Logger) {
    this.#directory = directory;
    this.#onChange = onChange;
    this.#logger = logger;
  }

  /** Watches what the path means now. */
  async check(): Promise<void> {
    const identity = await stat(this.#directory).then(
      (stats) => `${stats.dev} ${stats.ino}`,
      () => undefined,
    );
    if (this.#closed || identity === this.#identity) return;
    this.#identity = identity;
    await this.#stop();
    if (this.#closed) return;
    if (identity !== undefined) this.#start();
    else this.#onChange(this.#directory);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#stop();
  }

  #start(): void {
    const watcher = watch(this.#directory, {
      ignoreInitial: true,
      depth: 0,
      atomic: false,
      ignored: (path) => path !== this.#directory,
    });
    // The events chokidar makes of it are throttled per file, and would lose the second of two quick writes.
    watcher.on('raw', (event, path) => {
      // The directory itself went: the next one at this path may well get the same inode.
      if (event === 'rename' && path === basename(this.#directory)) this.#identity = 'gone';
      if (!this.#closed)
        this.#onChange(typeof path === 'string' ? join(this.#directory, path) : this.#directory);
    });
    // Whatever happened before the watch was on has given no hint.
    watcher.on('ready', () => this.#onChange(this.#directory));
    watcher.on('error', (error) => {
      this.#logger.warn(
        { file: this.#directory, err: messageOf(error) },
        'manifest directory cannot be watched',
      );
    });
    this.#watcher = watcher;
  }

  async #stop(): Promise<void> {
    const watcher = this.#watcher;
    this.#watcher = undefined;
    // chokidar drops its listeners when closed, and a late error without one would end the process.
    await watcher?.close().catch(() => undefined);
    watcher?.on('error', () => undefined);
  }
}
