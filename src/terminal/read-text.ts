import { readFile } from 'node:fs/promises';
import { errnoOf, messageOf, TinyletError } from '../base/index.ts';

const REASON: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory; name its files',
  EACCES: 'not permitted',
};

/** What a file says, or stdin for `-`. Rejects with USAGE where it cannot be read. */
export async function readText(file: string, stdin: () => Promise<string>): Promise<string> {
  try {
    return file === '-' ? await stdin() : await readFile(file, 'utf8');
  } catch (cause) {
    const why = REASON[errnoOf(cause) ?? ''] ?? messageOf(cause);
    throw new TinyletError('USAGE', `${file} cannot be read: ${why}`, { cause });
  }
}
