import { createHash } from 'node:crypto';

/** SHA-256, in hex, of named values in the order of their names: equal for equal content, wherever and in whatever order it stands. */
export function contentDigest(parts: Readonly<Record<string, ReadonlyMap<string, string> | string>>): string {
  const content = Object.entries(parts).map(([part, value]) => [
    part,
    typeof value === 'string' ? value : [...value].sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
