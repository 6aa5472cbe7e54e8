import type { JsonObject } from '../base/index.ts';

/** What is larger is rare, and would hold as much memory again for as long as the object is there. */
const KEPT_CHARACTERS = 64 * 1024;

const kept = new WeakMap<JsonObject, string>();

/** An object of the store as JSON. Most lists tell what the list before has told: the text is kept as long as the object, which never changes. */
export function objectText(object: JsonObject): string {
  const text = kept.get(object) ?? JSON.stringify(object);
  if (text.length <= KEPT_CHARACTERS) kept.set(object, text);
  return text;
}

/** The same of a list; `list` is all of it but its items. */
export function listText({ items: _, ...list }: JsonObject, items: readonly JsonObject[]): string {
  return `${JSON.stringify(list).slice(0, -1)},"items":[${items.map(objectText).join(',')}]}`;
}
