import { type BigIntStats, constants, stat as statThen } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errnoOf, messageOf } from '../base/index.ts';

/** It is called for every file at every pass, and costs half of what the one of fs/promises does. */
const stat = promisify(statThen);

/** What a look at a path found. */
export type ManifestBytes =
  /** Nothing there: removed since the directory was listed. */
  | { readonly state: 'absent' }
  /** Something there that is no manifest to be used. */
  | { readonly state: 'unusable'; readonly reason: string }
  | { readonly state: 'read'; readonly bytes: Buffer; readonly stats: BigIntStats };

/** Stats of what a path leads to, or why there are none. */
export type FoundFile =
  | Exclude<ManifestBytes, { state: 'read' }>
  | { readonly state: 'found'; readonly stats: BigIntStats };

/** Looks at a path, through symbolic links, without opening it: opening a device or a FIFO may have effects. */
export async function findManifestFile(path: string): Promise<FoundFile> {
  try {
    return acceptable(await stat(path, { bigint: true }));
  } catch (error) {
    return unreachable(path, error);
  }
}

/**
 * Reads a regular file of at most `maxBytes`. It is opened without blocking and looked at again once open, for a path
 * can lead to something else from one call to the next. `stats` are from before the reading: if the file changes
 * meanwhile, the next look finds other ones.
 */
export async function readManifestFile(path: string, maxBytes: number): Promise<ManifestBytes> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    return unreachable(path, error);
  }
  try {
    const found = acceptable(await handle.stat({ bigint: true }));
    if (found.state !== 'found') return found;
    if (found.stats.size > maxBytes) return tooLarge(found.stats.size, maxBytes);
    const bytes = await readUpTo(handle, maxBytes + 1);
    if (bytes.length > maxBytes) return tooLarge((await handle.stat({ bigint: true })).size, maxBytes);
    return { state: 'read', bytes, stats: found.stats };
  } catch (error) {
    return unusable(`cannot be read: ${messageOf(error)}`);
  } finally {
    await handle.close();
  }
}

function acceptable(stats: BigIntStats): FoundFile {
  if (stats.isDirectory())
    return unusable('is a directory: manifests are files, and subdirectories are not searched');
  if (!stats.isFile()) return unusable(`is ${kindOf(stats)}, not a regular file`);
  if ((stats.mode & 0o002n) !== 0n) {
    return unusable('others may write to it, and so decide what runs here: chmod o-w');
  }
  return { state: 'found', stats };
}

function kindOf(stats: BigIntStats): string {
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

async function readUpTo(handle: FileHandle, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total < limitBytes) {
    const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, limitBytes - total));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, total);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    total += bytesRead;
  }
  return Buffer.concat(chunks, total);
}

/** A dangling link is no missing file: somebody wants a manifest here, so its pods are not to be stopped. */
async function unreachable(path: string, error: unknown): Promise<Exclude<ManifestBytes, { state: 'read' }>> {
  if (errnoOf(error) !== 'ENOENT') return unusable(`cannot be read: ${messageOf(error)}`);
  const isLink = await lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
  return isLink ? unusable('is a symbolic link to nothing') : { state: 'absent' };
}

const tooLarge = (bytes: bigint, maxBytes: number): ManifestBytes =>
  unusable(`has ${bytes} bytes; the limit is ${maxBytes}`);

const unusable = (reason: string): { state: 'unusable'; reason: string } => ({ state: 'unusable', reason });
