import { readFile } from 'node:fs/promises';
import { messageOf, TinyletError } from '../base/index.ts';

/** What a file says, or stdin for `-`. Rejects with USAGE where it cannot be read. */
export async function readText(file: string, stdin: () => Promise<string>): Promise<string> {
  try {
    return file === '-' ? await stdin() : await readFile(file, 'utf8');
  } catch (cause) {
    throw new TinyletError('USAGE', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
