import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, type Logger, messageOf, TinyletError, writeFileAtomic } from '../base/index.ts';
import type { SideObject } from '../pod/index.ts';

/** The last good version of one object beside the pods, and the file it stood in. */
export interface ObjectRecord {
  readonly object: SideObject;
  readonly file: string;
  readonly line: number;
  /** When it was first seen; absent in records of older versions. */
  readonly createdAtMs?: number;
}

/** Keeps the last good versions of ConfigMaps, Secrets and the like: what pods' records are for pods. */
export interface ObjectRecords {
  /** What cannot be understood counts as lost. */
  load(): Promise<readonly ObjectRecord[]>;
  /** Replaces all of it. Rejects with STATE_IO. */
  save(records: readonly ObjectRecord[]): Promise<void>;
}

const VERSION = 1;

/** All in one file of mode 0600, `<root-dir>/last-good-objects.json`, since all are read together and change seldom. */
export function fileObjectRecords(rootDir: string, logger: Logger): ObjectRecords {
  const path = join(rootDir, 'last-good-objects.json');
  return {
    async load() {
      try {
        const stored: unknown = JSON.parse(await readFile(path, 'utf8'), revive);
        if (isStored(stored)) return stored.objects;
        logger.warn({ file: path }, 'record of objects is not of this version: ignored');
      } catch (error) {
        // A parser quotes what it stumbles over, and there are Secrets in it.
        if (errnoOf(error) !== 'ENOENT')
          logger.warn({ file: path }, 'record of objects cannot be read: ignored');
      }
      return [];
    },
    async save(objects) {
      try {
        await writeFileAtomic(path, JSON.stringify({ version: VERSION, objects }, replace), {
          durable: 'after',
        });
      } catch (cause) {
        throw new TinyletError('STATE_IO', `cannot record objects: ${messageOf(cause)}`, { cause });
      }
    },
  };
}

/** JSON has no maps: they become their entries under a key of their own. */
const MAP_KEY = '$entries';

function replace(_key: string, value: unknown): unknown {
  return value instanceof Map ? { [MAP_KEY]: [...value] } : value;
}

function revive(_key: string, value: unknown): unknown {
  if (!isObject(value) || !(MAP_KEY in value)) return value;
  const entries = value[MAP_KEY];
  return Array.isArray(entries) ? new Map(entries) : value;
}

function isStored(value: unknown): value is { readonly objects: readonly ObjectRecord[] } {
  return (
    isObject(value) &&
    value.version === VERSION &&
    Array.isArray(value.objects) &&
    value.objects.every(isRecord)
  );
}

function isRecord(value: unknown): value is ObjectRecord {
  if (!isObject(value) || typeof value.file !== 'string' || typeof value.line !== 'number') return false;
  const { object } = value;
  if (!isObject(object) || !isObject(object.metadata)) return false;
  const { kind } = object;
  if (kind === 'ConfigMap') return object.data instanceof Map && object.binaryData instanceof Map;
  return kind === 'Secret'
    ? object.data instanceof Map
    : kind === 'PersistentVolumeClaim' || kind === 'RuntimeClass' || kind === 'Namespace';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
