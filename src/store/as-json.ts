import { invariant, isJsonObject, type JsonObject } from '../base/index.ts';

/** A value whose type is JSON in all but name. */
export function asJson(value: unknown): JsonObject {
  invariant(isJsonObject(value), 'an object is an object');
  return value;
}
