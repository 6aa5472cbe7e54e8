import { type JsonObject, objectAt } from '../../base/index.ts';

/** What of metadata the server alone says, and no file holds. */
const TOLD = ['resourceVersion', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

/** What a client wants of an object: all but what the node tells of it. */
export function desiredOf({ status: _, ...object }: JsonObject): JsonObject {
  return { ...object, metadata: without(objectAt(object, 'metadata'), TOLD) };
}

export function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
