import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../src/base/index.ts';
import { type LogPlace, type LogWish, readLog } from '../../../src/logs/index.ts';

export const TIME = '2026-01-02T12:00:00.123456789Z';

export function entry(text: string, flag: 'F' | 'P' = 'F'): string {
  return `${TIME} stdout ${flag} ${text}\n`;
}

/** A container's log on disk, and the instance that writes it. */
export class LogWriter {
  readonly root: string;
  readonly place: LogPlace;
  isRunning = true;
  readonly #listeners = new Set<() => void>();
  #rotations = 0;

  private constructor(root: string) {
    this.root = root;
    this.place = { directory: join(root, 'default_web_uid'), container: 'app', file: '0.log' };
  }

  static async start(log = ''): Promise<LogWriter> {
    const writer = new LogWriter(await mkdtemp(join(tmpdir(), 'tinylet-read-log-')));
    await mkdir(writer.directory, { recursive: true });
    await writeFile(writer.path, log);
    return writer;
  }

  get directory(): string {
    return join(this.place.directory, this.place.container);
  }

  get path(): string {
    return join(this.directory, this.place.file);
  }

  /** Who was subscribed and did not leave. */
  get listeners(): number {
    return this.#listeners.size;
  }

  append(text: string, path = this.path): Promise<void> {
    return appendFile(path, text);
  }

  /** As rotation and the runtime do it, in two steps; returns the name of the old file. */
  async rename(): Promise<string> {
    this.#rotations += 1;
    const rotated = `${this.path}.20260102-1200${String(this.#rotations).padStart(2, '0')}`;
    await rename(this.path, rotated);
    return rotated;
  }

  async reopen(log = ''): Promise<void> {
    await writeFile(this.path, log, { flag: 'ax' });
  }

  end(): void {
    this.isRunning = false;
    for (const listener of this.#listeners) listener();
  }

  read(wish: Partial<LogWish> = {}, options: Partial<ReadOptions> = {}): Reading {
    const abort = new AbortController();
    const told: Buffer[] = [];
    const write =
      options.write ?? (async (text: Uint8Array): Promise<void> => void told.push(Buffer.from(text)));
    const ports = {
      clock: options.clock ?? systemClock,
      isRunning: () => this.isRunning,
      onChange: (listener: () => void) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
      write: async (text: Uint8Array) => {
        if (options.write !== undefined) told.push(Buffer.from(text));
        await write(text);
      },
    };
    const all = { follow: false, timestamps: false, stream: 'All', ...wish } as const;
    const ended = readLog(this.place, all, ports, abort.signal);
    return { ended, abort: () => abort.abort(), text: () => Buffer.concat(told).toString() };
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** On it, whoever writes at the speed of the machine is quick, however busy that is: what takes a moment takes eight. */
export const slowClock: Clock = {
  ...systemClock,
  setTimer: (delayMs, callback) => systemClock.setTimer(8 * delayMs, callback),
};

interface ReadOptions {
  readonly clock: Clock;
  readonly write: (text: Uint8Array) => Promise<void>;
}

export interface Reading {
  readonly ended: Promise<void>;
  readonly abort: () => void;
  /** All that was told so far. */
  readonly text: () => string;
}
