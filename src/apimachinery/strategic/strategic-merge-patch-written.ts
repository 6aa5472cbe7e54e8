import { isJsonList, isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';

export const DIRECTIVE = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const SET_ORDER = '$setElementOrder';
export const DELETE_ITEMS = '$deleteFromPrimitiveList';

/** A member of a patch that says what is to be done, and is no field. */
export function isDirective(name: string): boolean {
  return (
    name === DIRECTIVE || name === RETAIN_KEYS || name.startsWith(SET_ORDER) || name.startsWith(DELETE_ITEMS)
  );
}

/** What a patch's value is as a value of its own: without directives and nulls. */
export function written(value: JsonValue): JsonValue {
  if (isJsonList(value)) return value.map(written);
  return isJsonObject(value) ? writtenObject(value) : value;
}

export function writtenObject(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      isDirective(name) || member === null || member === undefined ? [] : [[name, written(member)]],
    ),
  );
}

/** The same where there is nothing to change: objects that hold `$patch` are gone altogether. */
export function writtenAnew(value: JsonValue | undefined): JsonValue | undefined {
  if (isJsonList(value)) return value.map(writtenAnew).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, DIRECTIVE)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const kept = isDirective(name) || member === null ? undefined : writtenAnew(member);
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}
