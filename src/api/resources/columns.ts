import { type JsonObject, type JsonValue, objectAt, textAt } from '../../base/index.ts';
import { humanAge } from '../../status/index.ts';
import type { Column } from '../resource.ts';

export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique in its namespace.',
  priority: 0,
};

export const AGE = column('Age', 'How long ago the object was made.');

/** A column that is always shown. */
export function column(name: string, description: string): Column {
  return { name, type: 'string', description, priority: 0 };
}

/** A column of `-o wide`. */
export function wideColumn(name: string, description: string): Column {
  return { name, type: 'string', description, priority: 1 };
}

export function nameOf(object: JsonObject): string {
  return textAt(object.metadata, 'name');
}

export function ageOf(object: JsonObject, nowMs: number): string {
  return since(textAt(object.metadata, 'creationTimestamp'), nowMs);
}

/** How long ago an RFC 3339 time was, as kubectl's columns have it. */
export function since(time: string, nowMs: number): string {
  const atMs = Date.parse(time);
  return Number.isNaN(atMs) ? '<unknown>' : humanAge(nowMs - atMs);
}

export function orElse(text: string, otherwise: string): string {
  return text === '' ? otherwise : text;
}

/** How many members an object of texts or bytes has. */
export function sizeOf(object: JsonValue | undefined, ...fields: readonly string[]): number {
  return fields.reduce((sum, field) => sum + Object.keys(objectAt(object, field)).length, 0);
}
