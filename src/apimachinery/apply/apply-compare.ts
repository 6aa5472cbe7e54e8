import { isEqualJson, isJsonObject, type JsonValue } from '../../base/index.ts';
import { formUnder, type OwnedForm, partsOf } from './apply-form.ts';
import { type FieldSet, isEmptySet, NO_FIELDS, WHOLE_FIELD } from './field-set.ts';

type Parts = ReadonlyMap<string, readonly JsonValue[]>;

/** All fields that a value says (structured-merge-diff: typed/tofieldset.go). */
export function fieldsOf(value: JsonValue, form: OwnedForm): FieldSet {
  const parts = partsOf(value, form);
  if (parts === undefined) return form.kind !== 'whole' && value === null ? NO_FIELDS : WHOLE_FIELD;
  const children = [...parts].map(
    ([element, items]) => [element, fieldsOfPart(element, items, form)] as const,
  );
  return { owned: false, children: new Map(children.filter(([, child]) => !isEmptySet(child))) };
}

/** An item is owned with its fields; of several with one key nobody owns the fields; of structs only empty ones are owned themselves. */
function fieldsOfPart(element: string, values: readonly JsonValue[], form: OwnedForm): FieldSet {
  const [value = null] = values;
  if (values.length > 1) return WHOLE_FIELD;
  const fields = fieldsOf(value, formUnder(form, element));
  const isNamed = form.kind === 'fields' && form.isNamed(element.slice(2));
  return isNamed && !isNothing(value) ? fields : { ...fields, owned: true };
}

function isNothing(value: JsonValue): boolean {
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0);
}

export interface FieldChanges {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const NO_CHANGES: FieldChanges = { added: NO_FIELDS, modified: NO_FIELDS, removed: NO_FIELDS };

/** Which fields another value changes (structured-merge-diff: typed/compare.go). */
export function compareFields(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  form: OwnedForm,
): FieldChanges {
  const [left, right] = [partsOrNone(before, form), partsOrNone(after, form)];
  if (left === undefined || right === undefined || left.size + right.size === 0)
    return compareWholes(before, after);
  const changes = [...new Set([...left.keys(), ...right.keys()])].map(
    (element) => [element, compareParts(left, right, element, form)] as const,
  );
  const collect = (kind: keyof FieldChanges, owned: boolean): FieldSet => {
    const children = changes.map(([element, change]) => [element, change[kind]] as const);
    return { owned, children: new Map(children.filter(([, set]) => !isEmptySet(set))) };
  };
  return {
    added: collect('added', before === undefined),
    modified: collect('modified', false),
    removed: collect('removed', after === undefined),
  };
}

/** Nothing has no parts; what does not fit its form is a whole. */
function partsOrNone(value: JsonValue | undefined, form: OwnedForm): Parts | undefined {
  if (form.kind === 'whole') return undefined;
  return value === undefined || value === null ? new Map() : partsOf(value, form);
}

function compareWholes(before: JsonValue | undefined, after: JsonValue | undefined): FieldChanges {
  if (isEqualJson(before, after)) return NO_CHANGES;
  if (before === undefined) return { ...NO_CHANGES, added: WHOLE_FIELD };
  return after === undefined
    ? { ...NO_CHANGES, removed: WHOLE_FIELD }
    : { ...NO_CHANGES, modified: WHOLE_FIELD };
}

/** Several items with one key are compared as one. */
function compareParts(left: Parts, right: Parts, element: string, form: OwnedForm): FieldChanges {
  const [before = [], after = []] = [left.get(element), right.get(element)];
  const itemForm = formUnder(form, element);
  if (before.length <= 1 && after.length <= 1) return compareFields(before[0], after[0], itemForm);
  if (before.length > 1 && after.length > 1) return compareWholes(before, after);
  const changes =
    before.length > 1
      ? compareFields(undefined, after[0], itemForm)
      : compareFields(before[0], undefined, itemForm);
  if (before.length > 1) return { ...changes, removed: WHOLE_FIELD };
  return { ...changes, added: WHOLE_FIELD };
}
