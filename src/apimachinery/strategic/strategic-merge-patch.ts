import { isJsonList, isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { refuseDeepJson } from '../json-depth.ts';
import type { ObjectType, TypeTable } from '../types/type-table.ts';
import { badPatch, unknownDirective } from './strategic-merge-patch-errors.ts';
import { type FieldRule, type PatchForm, patchFormOf } from './strategic-merge-patch-form.ts';
import { mergeLists, mergeOrderedList, withoutItems } from './strategic-merge-patch-lists.ts';
import {
  DELETE_ITEMS,
  DIRECTIVE,
  isDirective,
  RETAIN_KEYS,
  SET_ORDER,
  written,
  writtenAnew,
  writtenObject,
} from './strategic-merge-patch-written.ts';

/**
 * A strategic merge patch (apimachinery: pkg/util/strategicpatch): objects merge, null removes, and a list to which the table gives a
 * merge strategy merges by its merge key. Fields the table does not know are replaced. Throws ApiFailure BadRequest.
 */
export function strategicMergePatch(
  target: JsonObject,
  patch: JsonObject,
  type: ObjectType,
  types: TypeTable,
): JsonObject {
  refuseDeepJson(patch);
  return mergeObjects(target, patch, patchFormOf(type, types));
}

type Fields = Map<string, JsonValue | undefined>;

const UNKNOWN: FieldRule = { merges: false, mergeKey: undefined, form: undefined };

function mergeObjects(target: JsonObject, patch: JsonObject, form: PatchForm): JsonObject {
  if (Object.hasOwn(patch, DIRECTIVE)) return underDirective(patch);
  const fields: Fields = new Map(Object.entries(retained(target, patch)));
  const ordered = mergeOrderedLists(fields, patch, form);
  for (const [name, change] of Object.entries(patch)) {
    if (name.startsWith(DELETE_ITEMS)) deleteItems(fields, name, change);
    else if (change === null || change === undefined) fields.delete(name);
    else if (!isDirective(name) && !ordered.has(name))
      setField(fields, name, mergeField(fields.get(name), change, form.rule(name) ?? UNKNOWN));
  }
  return Object.fromEntries(fields);
}

function mergeField(live: JsonValue | undefined, patch: JsonValue, rule: FieldRule): JsonValue | undefined {
  if (isJsonObject(live) && isJsonObject(patch))
    return rule.form === undefined ? written(patch) : mergeObjects(live, patch, rule.form);
  if (isJsonList(live) && isJsonList(patch))
    return rule.merges ? mergeLists(live, patch, { ...rule, mergeObjects }) : written(patch);
  return writtenAnew(patch);
}

function setField(fields: Fields, name: string, value: JsonValue | undefined): void {
  if (value === undefined) fields.delete(name);
  else fields.set(name, value);
}

/** `$patch` in an object: delete leaves an empty one, replace what else the patch says. */
function underDirective(patch: JsonObject): JsonObject {
  if (patch[DIRECTIVE] === 'delete') return {};
  if (patch[DIRECTIVE] === 'replace') return writtenObject(patch);
  throw unknownDirective(patch[DIRECTIVE], patch);
}

/** `$retainKeys`: what it does not name goes, and the patch may set nothing else. */
function retained(target: JsonObject, patch: JsonObject): JsonObject {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return target;
  const names = patch[RETAIN_KEYS];
  const kept = new Set(isJsonList(names) ? names : []);
  const set = Object.keys(patch).filter((name) => patch[name] !== null && !isDirective(name));
  if (!isJsonList(names) || set.some((name) => !kept.has(name)))
    throw badPatch('invalid patch format of retainKeys');
  return Object.fromEntries(Object.entries(target).filter(([name]) => kept.has(name)));
}

/** Merges the lists that have a `$setElementOrder`, and tells which they are. */
function mergeOrderedLists(fields: Fields, patch: JsonObject, form: PatchForm): ReadonlySet<string> {
  const names = Object.keys(patch)
    .filter((key) => key.startsWith(SET_ORDER))
    .map((key) => [key, listNameIn(key, SET_ORDER, 'setElementOrder list')] as const);
  for (const [key, name] of names) {
    const list = { ...(form.rule(name) ?? UNKNOWN), mergeObjects };
    const said = Object.hasOwn(patch, name) ? patch[name] : undefined;
    const merged = mergeOrderedList({ live: fields.get(name), patch: said, order: patch[key], list });
    if (merged !== undefined) fields.set(name, merged);
  }
  return new Set(names.map(([, name]) => name));
}

/** `$deleteFromPrimitiveList/<list>`; null takes the list away, as it does with any field. */
function deleteItems(fields: Fields, key: string, deleted: JsonValue | undefined): void {
  const name = listNameIn(key, DELETE_ITEMS, 'primitive list');
  const live = fields.get(name);
  if (deleted === null) fields.delete(name);
  else if (isJsonList(live) && isJsonList(deleted)) fields.set(name, withoutItems(live, deleted));
}

function listNameIn(key: string, prefix: string, what: string): string {
  if (!key.startsWith(`${prefix}/`)) throw badPatch(`invalid patch format of ${what}`);
  return key.slice(prefix.length + 1);
}
