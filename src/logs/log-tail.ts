import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { openLogDirectory } from './log-directory.ts';

/** The whole of what a tail may cost to read: CRI puts a timestamp before every line, however short. */
const READ_BYTES = 64 * 1024;

/**
 * The last lines of a container's log, as the container wrote them: at most `lines` lines and `bytes` bytes of the newest text
 * (CRI log format: `<time> <stream> <P|F> <text>`). `path` is `<log-dir>/<pod>/<container>/<attempt>.log`. Empty where there is no such
 * file; no link below the log directory is followed.
 */
export async function logTail(path: string, limit: { lines: number; bytes: number }): Promise<string> {
  const file = await openLog(path).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const start = Math.max(0, (await file.stat()).size - READ_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, start);
    return tailOf(buffer.subarray(0, bytesRead).toString(), start > 0, limit);
  } finally {
    await file.close();
  }
}

async function openLog(path: string): Promise<FileHandle | undefined> {
  const place = dirname(path);
  const held = await openLogDirectory({ directory: dirname(place), container: basename(place) });
  try {
    return await held?.open(basename(path));
  } finally {
    await held?.close();
  }
}

function tailOf(text: string, isCut: boolean, { lines, bytes }: { lines: number; bytes: number }): string {
  const entries = text.split('\n').slice(isCut ? 1 : 0, -1);
  let written = '';
  for (const entry of entries) {
    const [, flag, content] = /^\S+ \S+ (\S+) (.*)$/s.exec(entry) ?? [];
    // A partial line goes on in the next entry.
    if (content !== undefined) written += flag === 'P' ? content : `${content}\n`;
  }
  const all = written.endsWith('\n') ? written.slice(0, -1).split('\n') : written.split('\n');
  const last = `${all.slice(-lines).join('\n')}${written.endsWith('\n') ? '\n' : ''}`;
  return lastBytes(last, bytes);
}

/** The end of a text, cut so that no character is torn. */
export function lastBytes(text: string, limit: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= limit) return text;
  let from = encoded.length - limit;
  while (from < encoded.length && ((encoded[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return encoded.subarray(from).toString();
}
