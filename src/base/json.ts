/** A value as JSON has it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** What comes from outside may name a field `__proto__`: make one with Object.fromEntries or spread, never by assignment. */
export interface JsonObject {
  readonly [field: string]: JsonValue | undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonList(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The member of that name if it is an object; an empty one otherwise. */
export function objectAt(value: JsonValue | undefined, field: string): JsonObject {
  const member = isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
  return isJsonObject(member) ? member : {};
}

/** The member of that name if it is a text; an empty one otherwise. */
export function textAt(value: JsonValue | undefined, field: string): string {
  const member = isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
  return typeof member === 'string' ? member : '';
}

/** The member of that name if it is a list; an empty one otherwise. */
export function listAt(value: JsonValue | undefined, field: string): readonly JsonValue[] {
  const member = isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
  return Array.isArray(member) ? member : [];
}

/** Equal as JSON: the order of an object's members does not count, and a member that is undefined is none. */
export function isEqualJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isEqualJson(item, b[index]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const [ofA, ofB] = [membersOf(a), membersOf(b)];
  return (
    ofA.length === ofB.length && ofA.every((name) => Object.hasOwn(b, name) && isEqualJson(a[name], b[name]))
  );
}

function membersOf(object: JsonObject): readonly string[] {
  return Object.keys(object).filter((name) => object[name] !== undefined);
}
