import type { FileHandle } from 'node:fs/promises';
import type { LogDirectory } from './log-directory.ts';

/** Files held for a reader who is slower than rotation; what is lost beyond them, rotation has removed by then, too. */
const MAX_HELD = 6;

interface OpenFile {
  readonly handle: FileHandle;
  readonly identity: string;
}

/**
 * The file of a log, and those that came under its name since: each is opened when it is seen, so that no rotation, compression or
 * removal takes away what was not read yet.
 */
export class LogFiles {
  readonly #held: Pick<LogDirectory, 'find' | 'open'>;
  readonly name: string;
  /** The one that is read, …, the newest. */
  readonly #files: OpenFile[] = [];
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(held: Pick<LogDirectory, 'find' | 'open'>, name: string) {
    this.#held = held;
    this.name = name;
  }

  /** The one to read; undefined where none was seen yet. */
  get current(): FileHandle | undefined {
    return this.#files[0]?.handle;
  }

  get hasNext(): boolean {
    return this.#files.length > 1;
  }

  /** What came after it was followed by another already: nobody writes to it any more. */
  get isLongLeft(): boolean {
    return this.#files.length > 2;
  }

  /** Looks whether another file has the name by now. Rejects where what has it is no regular file, or cannot be opened. */
  look(): Promise<void> {
    this.#looking = this.#looking.catch(() => undefined).then(() => this.#look());
    return this.#looking;
  }

  /** Goes on to the next one; undefined where there is none. */
  async advance(): Promise<FileHandle | undefined> {
    await this.#files.shift()?.handle.close();
    return this.current;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#looking.catch(() => undefined);
    for (const { handle } of this.#files.splice(0)) await handle.close();
  }

  async #look(): Promise<void> {
    const newest = this.#files.at(-1)?.identity;
    const found = await this.#held.find(this.name);
    if (this.#isClosed || found === undefined || found.identity === newest) return;
    const handle = await this.#held.open(this.name);
    // It may be another one than was found: what counts is what is open.
    const identity = await identityOf(handle);
    if (identity === newest) return handle.close();
    this.#files.push({ handle, identity });
    if (this.#files.length > MAX_HELD)
      for (const { handle: unread } of this.#files.splice(1, 1)) await unread.close();
  }
}

async function identityOf(handle: FileHandle): Promise<string> {
  const { dev, ino } = await handle.stat({ bigint: true });
  return `${dev}:${ino}`;
}
