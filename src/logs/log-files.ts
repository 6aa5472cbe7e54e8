import type { FileHandle } from 'node:fs/promises';
import { unlessMissing } from '../base/index.ts';
import { isCopyOf, type LogBytes, packedBytes, plainBytes } from './log-bytes.ts';
import type { LogDirectory } from './log-directory.ts';
import { rotatedLog, stampsOf } from './log-names.ts';

/**
 * Files held open for a reader who is slower than rotation: the one that is read, and the newest. However far it is behind, what lies
 * between them is found on disk again, so that neither descriptors nor the space of removed files grow with its delay.
 */
const MAX_HELD = 6;

interface OpenFile {
  readonly bytes: LogBytes;
  readonly identity: string;
  /** The newest stamp of a rotated file that came before: its own is later. */
  readonly after: string;
  /** Its own, where it was opened by it. */
  readonly stamp?: string;
  /** Nobody writes to it any more: a later one was rotated, too. */
  readonly isLeft: boolean;
}

type Held = Pick<LogDirectory, 'find' | 'open' | 'names' | 'files'>;

/**
 * The file of a log, and those that came under its name since, in the order of their writing. Each is opened when it is seen, so that
 * no rotation, compression or removal takes away what was not read yet. Those that are too many to hold are let go, and opened again by
 * the name that rotation gave them, compressed or not, when their turn comes. What rotation has removed by then is gone, and reading
 * goes on behind it without a word, as the kubelet's does: the stream of a log has no place for a remark, and a line that the container did
 * not write would falsify it.
 */
export class LogFiles {
  readonly #held: Held;
  readonly name: string;
  /** The one that is read, …, the newest. Between the first two there may be more on disk. */
  readonly #files: OpenFile[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(held: Held, name: string) {
    this.#held = held;
    this.name = name;
  }

  /** The one to read; undefined where none was seen yet. */
  get current(): LogBytes | undefined {
    return this.#files[0]?.bytes;
  }

  get hasNext(): boolean {
    return this.#files.length > 1;
  }

  /** What came after it was followed by another already: nobody writes to it any more. */
  get isLongLeft(): boolean {
    return this.#files.length > 2 || this.#files[0]?.isLeft === true;
  }

  /** Looks whether another file has the name by now. Rejects where what has it is no regular file, or cannot be opened. */
  look(): Promise<void> {
    return this.#inTurn(() => this.#look());
  }

  /** Goes on to the next one; undefined where there is none. Rejects where it cannot be opened. */
  advance(): Promise<LogBytes | undefined> {
    return this.#inTurn(async () => {
      const [read, next] = this.#files;
      const between = read && (await this.#openBetween(read, next?.after));
      this.#files.splice(0, 1, ...(between === undefined ? [] : [between]));
      await read?.bytes.close();
      return this.current;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn.catch(() => undefined);
    for (const { bytes } of this.#files.splice(0)) await bytes.close();
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.catch(() => undefined).then(act);
    this.#turn = turn;
    return turn;
  }

  async #look(): Promise<void> {
    for (;;) {
      const newest = this.#files.at(-1)?.identity;
      const found = await this.#held.find(this.name);
      if (this.#isClosed || found === undefined || found.identity === newest) return;
      const after = (await this.#stamps()).at(-1) ?? '';
      const handle = await unlessMissing(this.#held.open(this.name));
      if (handle === undefined) return;
      const identity = await identityOf(handle);
      if (identity === found.identity)
        return this.#hold({ bytes: plainBytes(handle), identity, after, isLeft: false });
      // It was rotated in between, so that nobody knows which of the two the names were read with.
      await handle.close();
    }
  }

  async #hold(file: OpenFile): Promise<void> {
    this.#files.push(file);
    if (this.#files.length > MAX_HELD) for (const { bytes } of this.#files.splice(1, 1)) await bytes.close();
  }

  /** The first that is on disk of those which were rotated after `read`, up to the last one before the next that is held. */
  async #openBetween(read: OpenFile, upTo: string | undefined): Promise<OpenFile | undefined> {
    const stamps = (await this.#stamps()).filter(
      (stamp) => stamp > (read.stamp ?? read.after) && (upTo === undefined || stamp <= upTo),
    );
    for (const [index, stamp] of stamps.entries()) {
      const isSame = read.stamp === undefined && (await this.#isSame(stamp, read));
      const file = isSame ? undefined : await this.#openRotated(stamp, index < stamps.length - 1);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  /** Whether that is the file which was read, or its compressed copy: nobody may have looked when it got its stamp. */
  async #isSame(stamp: string, read: OpenFile): Promise<boolean> {
    const file = await this.#openRotated(stamp, false);
    if (file === undefined) return false;
    try {
      return file.identity === read.identity || (await isCopyOf(file.bytes, read.bytes.handle));
    } finally {
      await file.bytes.close();
    }
  }

  /** In this order: a file is removed once there is a compressed copy of it, and not before. */
  async #openRotated(stamp: string, isFollowed: boolean): Promise<OpenFile | undefined> {
    for (const isPacked of [false, true]) {
      const name = rotatedLog(this.name, stamp, isPacked);
      const [found] = await this.#held.files([name]);
      const handle = found && (await unlessMissing(this.#held.open(name)));
      if (handle === undefined) continue;
      const bytes = isPacked ? packedBytes(handle) : plainBytes(handle);
      const identity = await identityOf(handle);
      return { bytes, identity, after: stamp, stamp, isLeft: isPacked || isFollowed };
    }
    return undefined;
  }

  /** Where the instance was removed meanwhile, there are none. */
  async #stamps(): Promise<readonly string[]> {
    return stampsOf((await unlessMissing(this.#held.names())) ?? [], this.name);
  }
}

async function identityOf(handle: FileHandle): Promise<string> {
  const { dev, ino } = await handle.stat({ bigint: true });
  return `${dev}:${ino}`;
}
