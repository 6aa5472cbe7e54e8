import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';

/** Changes every object at a path like `containers[].env[].valueFrom`; what is not there, or something else, stays as it is. */
export function changeAt(root: JsonObject, path: string, change: (at: JsonObject) => JsonObject): JsonObject {
  return changeObject(root, path === '' ? [] : path.split('.'), change);
}

function changeObject(
  object: JsonObject,
  [segment, ...rest]: readonly string[],
  change: (at: JsonObject) => JsonObject,
): JsonObject {
  if (segment === undefined) return change(object);
  const isList = segment.endsWith('[]');
  const field = isList ? segment.slice(0, -2) : segment;
  const member = Object.hasOwn(object, field) ? object[field] : undefined;
  const changed = (value: JsonValue): JsonValue =>
    isJsonObject(value) ? changeObject(value, rest, change) : value;
  if (isList ? !Array.isArray(member) : !isJsonObject(member)) return object;
  return { ...object, [field]: Array.isArray(member) ? member.map(changed) : changed(member ?? null) };
}
