import { isJsonList, isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { type FieldsForm, type ItemsForm, itemElement, type OwnedForm, partsOf } from './apply-form.ts';

/** What is applied, put over what is there (structured-merge-diff: typed/merge.go). Undefined if nothing is left. */
export function mergeApplied(
  live: JsonValue | undefined,
  applied: JsonValue | undefined,
  form: OwnedForm,
): JsonValue | undefined {
  if (applied === undefined) return live;
  if (form.kind === 'fields' && isJsonObject(applied))
    return mergeFields(isJsonObject(live) ? live : {}, applied, form);
  if (form.kind === 'items' && isJsonList(applied) && isJsonList(live))
    return mergeItems(live, applied, form);
  return applied;
}

function mergeFields(live: JsonObject, applied: JsonObject, form: FieldsForm): JsonObject {
  const fields = new Map(Object.entries(live));
  for (const [name, value] of Object.entries(applied))
    fields.set(name, mergeApplied(fields.get(name), value, form.formOf(name)));
  return Object.fromEntries(fields);
}

function mergeItems(live: readonly JsonValue[], applied: readonly JsonValue[], form: ItemsForm): JsonValue[] {
  const elementsOf = (items: readonly JsonValue[]): string[] => items.map((item) => itemElement(item, form));
  const [liveParts, appliedParts] = [partsOf(live, form), partsOf(applied, form)];
  return mergeOrder(elementsOf(live), elementsOf(applied)).flatMap(({ liveIndex, element }) => {
    if (liveIndex !== undefined) return live.slice(liveIndex, liveIndex + 1);
    const there = liveParts?.get(element) ?? [];
    // Items of which there are several are replaced, not merged.
    const before = there.length === 1 ? there[0] : undefined;
    return mergeApplied(before, appliedParts?.get(element)?.[0], form.itemForm) ?? [];
  });
}

interface MergedItem {
  readonly element: string;
  /** Of an item that is only there; undefined for one that is applied. */
  readonly liveIndex: number | undefined;
}

/** The applied items in their order; before each that was there already comes what stood before it and is not applied. */
function mergeOrder(live: readonly string[], applied: readonly string[]): readonly MergedItem[] {
  const [isLive, isApplied] = [new Set(live), new Set(applied)];
  const shared = applied.filter((element) => isLive.has(element));
  const merged: MergedItem[] = [];
  const done = new Set<string>();
  const take = (element: string): void => {
    merged.push({ element, liveIndex: undefined });
    done.add(element);
    if (shared[0] === element) shared.shift();
  };
  let [l, a] = [0, 0];
  while (l < live.length || a < applied.length) {
    const [there, wanted] = [live[l], applied[a]];
    if (there !== undefined && !isApplied.has(there)) merged.push({ element: there, liveIndex: l++ });
    else if (there !== undefined && wanted !== undefined && there !== wanted && isLater(shared, there)) l++;
    else if (wanted === undefined) l++;
    else {
      if (there === wanted || (there !== undefined && done.has(there))) l++;
      take(wanted);
      a++;
    }
  }
  return merged;
}

/** Its turn comes when those of both lists that are applied before it are taken. */
function isLater(shared: readonly string[], element: string): boolean {
  return shared.length > 0 && shared[0] !== element;
}
