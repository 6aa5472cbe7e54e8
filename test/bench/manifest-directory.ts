import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A directory that files appear in whole, by a rename. Every method returns the moment (performance.now) just before. */
export class ManifestDirectory {
  readonly path: string;
  readonly #staging: string;

  constructor(parent: string) {
    this.path = join(parent, 'manifests');
    this.#staging = join(parent, 'staging');
    mkdirSync(this.path, { recursive: true });
    mkdirSync(this.#staging, { recursive: true });
  }

  put(files: Readonly<Record<string, string>>): number {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#staging, name), text);
    const atMs = performance.now();
    for (const name of Object.keys(files)) renameSync(join(this.#staging, name), join(this.path, name));
    return atMs;
  }

  remove(names: readonly string[]): number {
    const atMs = performance.now();
    for (const name of names) rmSync(join(this.path, name));
    return atMs;
  }
}
