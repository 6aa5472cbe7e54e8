import { isJsonList, isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { ApiFailure } from '../failure.ts';

/** Messages of apimachinery's mergepatch and strategicpatch, of which some are Go's way of printing values. */
export function badPatch(message: string): ApiFailure {
  return new ApiFailure('BadRequest', message);
}

export function noMergeKey(item: JsonObject, mergeKey: string): ApiFailure {
  return badPatch(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
}

export function unknownDirective(directive: JsonValue | undefined, patch: JsonObject): ApiFailure {
  return badPatch(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
}

export function requireList(value: JsonValue | undefined): readonly JsonValue[] {
  if (isJsonList(value)) return value;
  throw badPatch(`expected a []interface {}, but received a ${goType(value)}`);
}

export function requireObject(value: JsonValue | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  throw badPatch(`expected a map[string]interface {}, but received a ${goType(value)}`);
}

/** The merge key's value. */
export function requireKey(item: JsonValue | undefined, mergeKey: string): JsonValue | undefined {
  const object = requireObject(item);
  if (Object.hasOwn(object, mergeKey)) return object[mergeKey];
  throw noMergeKey(object, mergeKey);
}

/** A value as Go's %v prints it. */
export function goText(value: JsonValue | undefined): string {
  if (isJsonList(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isJsonObject(value)) return value === null || value === undefined ? '<nil>' : String(value);
  const members = Object.keys(value)
    .toSorted()
    .map((name) => `${name}:${goText(value[name])}`);
  return `map[${members.join(' ')}]`;
}

function goType(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (isJsonList(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return 'string';
}
