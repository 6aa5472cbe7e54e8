import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, writeFileAtomic } from '../base/index.ts';

/** A longer name does not fit beside what a file under way is called, within the 255 bytes that file systems give. */
const MAX_NAME_LENGTH = 200;
const KEPT_OF_LONG = 120;

/** Where the API's objects lie: to be read by the manifest loader as its last directory. */
export function objectsDirectory(rootDir: string): string {
  return join(rootDir, 'objects');
}

/**
 * One file of JSON for each object that was made through the API, in a directory that nobody else may read: there are Secrets among
 * them. The manifest loader reads it like any other.
 */
export class ObjectFiles {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Where an object is kept, by `Kind/namespace/name`. No two objects share a file: a namespace has no dots in it, and no name a `~`. */
  pathOf(key: string): string {
    const [kind = '', ...rest] = key.split('/');
    const name = [kind.toLowerCase(), ...rest.filter((part) => part !== '')].join('.');
    if (name.length <= MAX_NAME_LENGTH) return join(this.directory, `${name}.json`);
    const digest = createHash('sha256').update(name).digest('hex');
    return join(this.directory, `${name.slice(0, KEPT_OF_LONG)}~${digest}.json`);
  }

  /** Whether a file is the one that the API keeps this object in. */
  isOwn(key: string, file: string): boolean {
    return file === this.pathOf(key);
  }

  /** Makes the directory, and clears what a crash has left of files under way. */
  async prepare(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.directory))
      if (name.startsWith('.') && name.endsWith('.tmp'))
        await rm(join(this.directory, name), { force: true });
  }

  /** It is on disk when this resolves, whole or not at all. Rejects with the system error. */
  async write(key: string, text: string): Promise<void> {
    await writeFileAtomic(this.pathOf(key), text);
    await this.#syncDirectory();
  }

  /** The same for its end; already gone is fine. */
  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
    await this.#syncDirectory();
  }

  /** Undefined where there is none, or nothing that can be understood. */
  async read(key: string): Promise<JsonObject | undefined> {
    try {
      const value: unknown = JSON.parse(await readFile(this.pathOf(key), 'utf8'));
      return isJsonObject(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  /** A name that was given or taken away may else come back with the machine's power. */
  async #syncDirectory(): Promise<void> {
    const directory = await open(this.directory, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}
