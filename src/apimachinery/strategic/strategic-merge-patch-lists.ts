import { isEqualJson, isJsonList, isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import {
  badPatch,
  goText,
  noMergeKey,
  requireList,
  requireObject,
  unknownDirective,
} from './strategic-merge-patch-errors.ts';
import type { FieldRule, PatchForm } from './strategic-merge-patch-form.ts';
import { keyOf, orderItems } from './strategic-merge-patch-order.ts';
import { DIRECTIVE, writtenAnew, writtenObject } from './strategic-merge-patch-written.ts';

type Items = readonly JsonValue[];

/** How a list's items are merged: with the list's rule, and what merges two objects. */
export interface ListMerge extends FieldRule {
  readonly mergeObjects: (target: JsonObject, patch: JsonObject, form: PatchForm) => JsonObject;
}

/** Merges a patch's items into a list by the list's merge key; scalars are joined. */
export function mergeLists(live: Items, patch: Items, list: ListMerge): Items {
  if (!holdObjects(live, patch)) {
    const both = [...new Set([...live, ...patch])];
    return orderItems(both, { named: patch, live, mergeKey: list.mergeKey });
  }
  const { mergeKey } = list;
  if (mergeKey === undefined) throw badPatch('cannot merge lists without merge key for struct');
  const { kept, changes } = underDirectives(live, patch.map(requireObject), mergeKey);
  const merged = mergeItems(kept, changes, { ...list, mergeKey });
  return orderItems(merged, { named: changes, live: kept, mergeKey });
}

/** The places of keys are remembered: a patch may have so many items that looking for each in turn would take minutes. */
function mergeItems(
  live: Items,
  changes: readonly JsonObject[],
  { mergeKey, form, mergeObjects }: ListMerge & { mergeKey: string },
): Items {
  const items = [...live];
  const places = new Map(
    live.map((item, place) => [requireObject(item)[mergeKey], place] as const).toReversed(),
  );
  for (const change of changes) {
    const key = keyOf(change, mergeKey);
    const place = places.get(key) ?? items.length;
    const before = items[place];
    const isMerged = isJsonObject(before) && form !== undefined;
    items[place] = isMerged ? mergeObjects(before, change, form) : writtenObject(change);
    places.set(key, place);
  }
  return items;
}

/** `$patch` of items: delete takes away the one with that key, replace all that is not in the patch. */
function underDirectives(
  live: Items,
  patch: readonly JsonObject[],
  mergeKey: string,
): { readonly kept: Items; readonly changes: readonly JsonObject[] } {
  const directed = patch.filter((item) => Object.hasOwn(item, DIRECTIVE));
  const changes = patch.filter((item) => !Object.hasOwn(item, DIRECTIVE));
  const deleted = new Set<JsonValue | undefined>();
  let replaces = false;
  for (const item of directed) {
    if (item[DIRECTIVE] === 'replace') replaces = true;
    else if (item[DIRECTIVE] === 'merge')
      throw badPatch('merging lists cannot yet be specified in the patch');
    else if (item[DIRECTIVE] !== 'delete') throw unknownDirective(item[DIRECTIVE], item);
    else if (Object.hasOwn(item, mergeKey)) deleted.add(item[mergeKey]);
    else throw noMergeKey(item, mergeKey);
  }
  if (replaces) return { kept: changes.map(writtenObject), changes: [] };
  return { kept: live.filter((item) => !deleted.has(requireObject(item)[mergeKey])), changes };
}

export interface OrderedList {
  readonly live: JsonValue | undefined;
  /** What the patch says of the items; undefined if nothing. */
  readonly patch: JsonValue | undefined;
  /** `$setElementOrder`: all items the client knows of. */
  readonly order: JsonValue | undefined;
  readonly list: ListMerge;
}

/** A list whose order the patch tells; undefined if there is neither a list nor a change. */
export function mergeOrderedList({ live, patch, order, list }: OrderedList): Items | undefined {
  const orderItemsOf = requireList(order);
  const before = live === undefined ? undefined : requireList(live);
  const changes = patch === undefined ? undefined : requireList(patch);
  requireSameOrder(changes ?? [], orderItemsOf, list.mergeKey);
  const merged = mergedItems(before, changes, list);
  if (merged === undefined) return undefined;
  return orderItems(merged, { named: orderItemsOf, live: before ?? [], mergeKey: list.mergeKey });
}

function mergedItems(live: Items | undefined, patch: Items | undefined, list: ListMerge): Items | undefined {
  if (patch === undefined) return live;
  if (live === undefined) return patch.flatMap((item) => writtenAnew(item) ?? []);
  return list.merges ? mergeLists(live, patch, list) : patch;
}

/** The items of a patch have to stand in the order that the patch sets. */
function requireSameOrder(patch: Items, order: Items, mergeKey: string | undefined): void {
  if (order.length === 0) return;
  const said = patch.filter((item) => !isJsonObject(item) || !Object.hasOwn(item, DIRECTIVE));
  let next = 0;
  for (const item of order) {
    const wanted = said[next];
    if (wanted !== undefined && isEqualJson(keyOf(wanted, mergeKey), keyOf(item, mergeKey))) next++;
  }
  if (next < said.length)
    throw badPatch(
      `The order in patch list:\n${goText(patch)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
    );
}

/** `$deleteFromPrimitiveList`. */
export function withoutItems(live: Items, deleted: Items): Items {
  const gone = new Set(deleted);
  return live.filter((item) => !gone.has(item));
}

/** Whether the items are objects: they have to be all of one kind. */
function holdObjects(live: Items, patch: Items): boolean {
  const kinds = new Set([...live, ...patch].map((item) => (isJsonList(item) ? 'list' : typeof item)));
  if (kinds.values().next().value === 'list') throw badPatch('lists of lists are not supported');
  if (kinds.size > 1) throw badPatch(`list element types are not identical: ${goText([live, patch])}`);
  return kinds.has('object');
}
