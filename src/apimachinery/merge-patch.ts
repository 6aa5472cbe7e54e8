import { isJsonObject, type JsonObject, type JsonValue } from '../base/index.ts';
import { refuseDeepJson } from './json-depth.ts';

/** A JSON merge patch (RFC 7386): null removes, objects merge, all else replaces. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  refuseDeepJson(patch);
  return merge(target, patch);
}

function merge(target: JsonValue | undefined, patch: JsonObject): JsonObject {
  const before = isJsonObject(target) ? target : {};
  const kept = Object.entries(before).filter(([name]) => !isRemoval(patch, name));
  const members = new Map<string, JsonValue | undefined>(kept);
  for (const [name, change] of Object.entries(patch)) {
    if (change === undefined || change === null) continue;
    members.set(name, isJsonObject(change) ? merge(members.get(name), change) : change);
  }
  return Object.fromEntries(members);
}

function isRemoval(patch: JsonObject, name: string): boolean {
  return Object.hasOwn(patch, name) && patch[name] === null;
}
