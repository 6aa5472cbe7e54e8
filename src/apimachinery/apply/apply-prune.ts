import { isJsonList, isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { fieldsOf } from './apply-compare.ts';
import { type FieldsForm, formUnder, itemElement, type OwnedForm } from './apply-form.ts';
import { difference, type FieldSet, intersection, isEmptySet, NO_FIELDS, union } from './field-set.ts';
import { fieldElement } from './field-set-element.ts';

export interface Pruning {
  /** What the one who applies owned before. */
  readonly last: FieldSet;
  /** What anybody owns now, the one who applies with what is applied now. */
  readonly owned: FieldSet;
  readonly form: FieldsForm;
}

/**
 * Takes away what the one who applies no longer says and nobody else owns; what is empty for it is null (structured-merge-diff:
 * Updater.prune).
 */
export function prune(merged: JsonObject, { last, owned, form }: Pruning): JsonObject {
  const setOf = (value: JsonObject): FieldSet => withStructs(fieldsOf(value, form), form);
  const all = setOf(merged);
  const bare = setOf(withoutFields(merged, withStructs(last, form), form));
  const kept = union(bare, withStructs(owned, form));
  const restored = setOf(withoutFields(merged, difference(all, kept), form));
  return withoutFields(merged, intersection(difference(all, restored), withStructs(last, form)), form);
}

/** With the structs that hold owned fields as owned themselves, so that empty ones go. */
function withStructs(set: FieldSet, form: OwnedForm): FieldSet {
  const children = [...set.children].map(([element, child]) => {
    const below = withStructs(child, formUnder(form, element));
    const isStruct = form.kind === 'fields' && element.startsWith('f:') && form.isNamed(element.slice(2));
    return [element, { ...below, owned: below.owned || isStruct }] as const;
  });
  return { owned: set.owned, children: new Map(children) };
}

/** The object without the fields of a set; what is empty for it is null, as it is for those who compare it with what was there. */
function withoutFields(value: JsonObject, removed: FieldSet, form: OwnedForm): JsonObject {
  const rest = remaining(value, removed, form);
  return isJsonObject(rest) ? rest : {};
}

function remaining(value: JsonValue, removed: FieldSet, form: OwnedForm): JsonValue {
  if (isEmptySet(removed)) return value;
  if (form.kind === 'fields' && isJsonObject(value)) {
    const members = Object.entries(value).flatMap(([name, member]) => {
      const kept = member === undefined ? undefined : part(fieldElement(name), member, removed, form);
      return kept === undefined ? [] : [[name, kept] as const];
    });
    return members.length === 0 ? null : Object.fromEntries(members);
  }
  if (form.kind !== 'items' || !isJsonList(value)) return value;
  const items = value.flatMap((item) => part(itemElement(item, form), item, removed, form) ?? []);
  return items.length === 0 ? null : items;
}

function part(element: string, value: JsonValue, removed: FieldSet, form: OwnedForm): JsonValue | undefined {
  const below = removed.children.get(element) ?? NO_FIELDS;
  return below.owned ? undefined : remaining(value, below, formUnder(form, element));
}
