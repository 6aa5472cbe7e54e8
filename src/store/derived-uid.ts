import { createHash } from 'node:crypto';

/** The uid of what nobody gave one: the same for the same names, in the form that uids have. */
export function derivedUid(...names: readonly string[]): string {
  const hex = createHash('sha256').update(names.join('\0')).digest('hex');
  // Marked as a name-based one by its version and variant (RFC 9562).
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `9${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
