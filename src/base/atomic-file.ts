import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface AtomicWrite {
  /** By default 0600. */
  readonly mode?: number;
  /**
   * When the content has reached the disk: `before` the call returns (the default), or soon `after`, for what may be lost with
   * the machine's power and is waited for. Neither is torn by a crash of this process.
   */
  readonly durable?: 'before' | 'after';
}

/**
 * Replaces `path` by `content` so that a reader, or a crash at any instant, sees the old file or the new one whole.
 * Parent directories are made with mode 0700. Throws the system error when the disk refuses.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  { mode = 0o600, durable = 'before' }: AtomicWrite = {},
): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = join(directory, `.${basename(path)}.${process.pid}.tmp`);
  const file = await open(temporary, 'w', mode);
  try {
    await file.writeFile(content);
    if (durable === 'before') await file.datasync();
    await rename(temporary, path);
  } catch (error) {
    await file.close();
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  if (durable === 'before') await file.close();
  else void syncAndClose(file);
}

/** The content is in place already; a disk that fails now fails the next write, which is waited for. */
async function syncAndClose(file: FileHandle): Promise<void> {
  await file.datasync().catch(() => undefined);
  await file.close().catch(() => undefined);
}
