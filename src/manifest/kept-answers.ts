import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, isJsonObject, type JsonValue, messageOf, textAt, writeFileAtomic } from '../base/index.ts';

/** The last good answer of a URL, and by what a server knows it again. */
export interface KeptAnswer {
  readonly url: string;
  readonly text: string;
  readonly etag?: string;
}

export type FoundAnswer =
  | { readonly state: 'none' }
  | { readonly state: 'kept'; readonly answer: KeptAnswer }
  /** Something is there that is not to be gone by. */
  | { readonly state: 'unusable'; readonly reason: string };

const VERSION = 1;

/**
 * Answers of URLs, `<root-dir>/urls/<sha256 of the URL>.json`: there may be Secrets among them, so nobody else may read them. One file
 * holds an answer and all that belongs to it, so that no crash parts them.
 */
export class KeptAnswers {
  readonly #directory: string;

  constructor(rootDir: string) {
    this.#directory = join(rootDir, 'urls');
  }

  /** Never rejects. */
  async find(url: string): Promise<FoundAnswer> {
    try {
      const answer = readAnswer(await readPrivate(this.#pathOf(url)));
      return answer?.url === url
        ? { state: 'kept', answer }
        : { state: 'unusable', reason: 'is not as it was written' };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { state: 'none' };
      return { state: 'unusable', reason: messageOf(error) };
    }
  }

  /** It is on disk when this resolves, whole or not at all. Rejects with the system error. */
  async keep({ url, text, ...validators }: KeptAnswer): Promise<void> {
    const kept = { version: VERSION, url, ...validators, sha256: digestOf(text), text };
    await writeFileAtomic(this.#pathOf(url), `${JSON.stringify(kept)}\n`);
  }

  async forget(url: string): Promise<void> {
    await rm(this.#pathOf(url), { force: true, recursive: true });
  }

  /** Deletes what belongs to other URLs: one that is given again later is asked anew. */
  async forgetOthers(urls: readonly string[]): Promise<void> {
    const known = new Set(urls.map((url) => this.#pathOf(url)));
    for (const name of await readdir(this.#directory).catch(unlessThere)) {
      const path = join(this.#directory, name);
      if (!known.has(path)) await rm(path, { force: true, recursive: true });
    }
  }

  #pathOf(url: string): string {
    return join(this.#directory, `${digestOf(url)}.json`);
  }
}

function unlessThere(error: unknown): readonly string[] {
  if (errnoOf(error) === 'ENOENT') return [];
  throw error;
}

async function readPrivate(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { mode } = await file.stat();
    if ((mode & 0o022) !== 0) throw new Error('others may write to it');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Undefined for what was not written here, or was changed since. */
function readAnswer(json: string): KeptAnswer | undefined {
  const kept = parsed(json);
  if (!isJsonObject(kept) || kept.version !== VERSION) return undefined;
  const { url, text, etag } = kept;
  if (typeof url !== 'string' || typeof text !== 'string') return undefined;
  if (textAt(kept, 'sha256') !== digestOf(text)) return undefined;
  return {
    ...{ url, text },
    ...(typeof etag === 'string' && { etag }),
  };
}

function parsed(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
