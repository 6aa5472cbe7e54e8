import { escapeControl } from './escape-control.ts';

/** A value as indented JSON. JSON leaves some control characters as they are; their escapes mean the same to whoever parses it. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).split('\n').map(escapeControl).join('\n')}\n`;
}
