import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, type Logger, messageOf, TinyletError, writeFileAtomic } from '../base/index.ts';

/** An image that tinylet itself brought to this machine. */
export interface ImageRecord {
  /** The runtime's id of its content. */
  readonly id: string;
  /** Tags and digests it got by our pulls, in the runtime's full form. Any other name is somebody else's. */
  readonly names: readonly string[];
  /** When it was first there. */
  readonly pulledAtMs: number;
}

/** Keeps which images are tinylet's own, and so may be removed again. */
export interface ImageRecords {
  /** What cannot be understood counts as lost: an image without a record is never removed. */
  load(): Promise<readonly ImageRecord[]>;
  /** Replaces all of it. Rejects with STATE_IO. */
  save(records: readonly ImageRecord[]): Promise<void>;
}

const VERSION = 1;

/** All in one file, `<root-dir>/pulled-images.json`. */
export function fileImageRecords(rootDir: string, logger: Logger): ImageRecords {
  // Not beside the archives that a private containerd imports.
  const path = join(rootDir, 'pulled-images.json');
  return {
    async load() {
      try {
        const stored: unknown = JSON.parse(await readFile(path, 'utf8'));
        if (isStored(stored)) return stored.images;
        logger.warn({ file: path }, 'record of images is not of this version: ignored');
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT')
          logger.warn({ file: path, err: messageOf(error) }, 'record of images cannot be read: ignored');
      }
      return [];
    },
    async save(images) {
      try {
        await writeFileAtomic(path, JSON.stringify({ version: VERSION, images }), { durable: 'after' });
      } catch (cause) {
        throw new TinyletError('STATE_IO', `cannot record images: ${messageOf(cause)}`, { cause });
      }
    },
  };
}

function isStored(value: unknown): value is { readonly images: readonly ImageRecord[] } {
  return (
    isObject(value) &&
    value.version === VERSION &&
    Array.isArray(value.images) &&
    value.images.every(isRecord)
  );
}

function isRecord(value: unknown): value is ImageRecord {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    typeof value.pulledAtMs === 'number' &&
    Array.isArray(value.names) &&
    value.names.every((name) => typeof name === 'string')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
