import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { errnoOf } from './errors.ts';

export interface ChangingFileOptions<T> {
  /** What of a larger file is not read. */
  readonly maxBytes: number;
  /** Makes a value of the text; undefined where there is no file. */
  readonly parse: (text: string | undefined) => T;
}

/**
 * A small text file that others may change: read when it is first asked for, and anew when it has changed since. One look costs one
 * system call while it is unchanged.
 */
export class ChangingFile<T> {
  readonly #path: string;
  readonly #options: ChangingFileOptions<T>;
  #known: { readonly version: string; readonly value: T } | undefined;

  constructor(path: string, options: ChangingFileOptions<T>) {
    this.#path = path;
    this.#options = options;
  }

  /** Rejects with the system error where the file is there and cannot be read, and with what `parse` throws. */
  async read(): Promise<T> {
    const version = await ifThere(() => versionOf(this.#path));
    if (this.#known !== undefined && this.#known.version === (version ?? '')) return this.#known.value;
    const text = version === undefined ? undefined : await ifThere(() => this.#text());
    const value = this.#options.parse(text);
    this.#known = { version: version ?? '', value };
    return value;
  }

  async #text(): Promise<string> {
    // Without waiting: a pipe in the file's place may have no writer.
    const file = await open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const buffer = Buffer.allocUnsafe(this.#options.maxBytes);
      for (let length = 0; ; ) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length);
        length += bytesRead;
        if (bytesRead === 0) return buffer.toString('utf8', 0, length);
      }
    } finally {
      await file.close();
    }
  }
}

async function ifThere<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function versionOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
