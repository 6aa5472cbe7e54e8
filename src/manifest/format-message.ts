import { printable } from './problems.ts';
import type { ManifestMessage } from './types.ts';

/** One line for a terminal or a log: `file:line:column: path: message`; the path is dropped where there is none. */
export function formatMessage(message: ManifestMessage): string {
  const place = `${printable(message.file)}:${message.line}:${message.column}`;
  return [place, ...(message.path === '' ? [] : [message.path]), message.message].join(': ');
}
