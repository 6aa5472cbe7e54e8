import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, writeFileAtomic } from '../base/index.ts';
import { runCommand } from './command.ts';
import type { Host } from './host.ts';
import type { Layout } from './layout.ts';

/** What tells an unchanged archive without reading it. */
type Fingerprint = string;

/** Pulls and imports have no deadline in CRI either; this only ends an import that hangs for good. */
const IMPORT_TIMEOUT_MS = 10 * 60_000;

/**
 * Imports the `*.tar` OCI archives of the images directory, each again only when its size or time changes. What was
 * imported is noted inside containerd's own root: when that goes, the note goes with it. An archive that cannot be
 * imported is logged once per change and does not stop the others.
 */
export class ImageImporter {
  readonly #layout: Layout;
  readonly #host: Host;
  readonly #logger: Logger;
  readonly #noteFile: string;
  readonly #refused = new Map<string, Fingerprint>();
  #imported: Map<string, Fingerprint> | undefined;
  #running: Promise<readonly string[]> | undefined;

  constructor(layout: Layout, host: Host, logger: Logger) {
    this.#layout = layout;
    this.#host = host;
    this.#logger = logger;
    this.#noteFile = join(layout.dataDir, 'tinylet-imported.json');
  }

  /** Cheap when nothing changed (one readdir, one stat per archive). Resolves to the archives imported now. */
  importNew(socket: string): Promise<readonly string[]> {
    this.#running ??= this.#importNew(socket).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #importNew(socket: string): Promise<readonly string[]> {
    this.#imported ??= await readNote(this.#noteFile);
    const done: string[] = [];
    for (const [name, fingerprint] of await listArchives(this.#layout.imagesDir)) {
      if (this.#imported.get(name) === fingerprint || this.#refused.get(name) === fingerprint) continue;
      if (await this.#import(socket, name)) {
        this.#imported.set(name, fingerprint);
        await writeFileAtomic(this.#noteFile, JSON.stringify(Object.fromEntries(this.#imported)));
        done.push(name);
      } else this.#refused.set(name, fingerprint);
    }
    return done;
  }

  async #import(socket: string, name: string): Promise<boolean> {
    const file = join(this.#layout.imagesDir, name);
    const args = ['--address', socket, '--namespace', 'k8s.io', 'images', 'import', file];
    const result = await runCommand(this.#host.ctr, args, { timeoutMs: IMPORT_TIMEOUT_MS });
    if (result.ok) this.#logger.info({ file }, 'image archive imported');
    else this.#logger.error({ file, err: result.problem }, 'image archive cannot be imported');
    return result.ok;
  }
}

/** Whether an archive in the directory names this image. */
export async function offersImage(imagesDir: string, image: string): Promise<boolean> {
  for (const [name] of await listArchives(imagesDir)) {
    const args = [
      '--extract',
      '--to-stdout',
      '--occurrence=1',
      '--file',
      join(imagesDir, name),
      'index.json',
    ];
    const index = await runCommand('tar', args);
    if (index.ok && index.stdout.includes(`"${image}"`)) return true;
  }
  return false;
}

async function listArchives(imagesDir: string): Promise<readonly [string, Fingerprint][]> {
  const names = (await readdir(imagesDir).catch(() => [])).filter(
    (name) => name.endsWith('.tar') && !name.startsWith('.'),
  );
  const found = await Promise.all(
    names.sort().map(async (name): Promise<[string, Fingerprint] | undefined> => {
      const file = await stat(join(imagesDir, name), { bigint: true }).catch(() => undefined);
      return file?.isFile() ? [name, `${file.size} ${file.mtimeNs}`] : undefined;
    }),
  );
  return found.filter((entry) => entry !== undefined);
}

async function readNote(file: string): Promise<Map<string, Fingerprint>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(
      Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return new Map();
  }
}
