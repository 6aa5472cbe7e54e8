import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { FieldType, ObjectType, TypeTable } from '../types/type-table.ts';
import { fieldElement, keyElement, valueElement } from './field-set-element.ts';

/** In which parts a value is owned (Kubernetes: the markers listType, mapType and structType). */
export type OwnedForm = WholeForm | FieldsForm | ItemsForm;

/** Scalars, and what is owned as a whole. */
export interface WholeForm {
  readonly kind: 'whole';
}

/** A struct or a map. */
export interface FieldsForm {
  readonly kind: 'fields';
  formOf(name: string): OwnedForm;
  /** A field of a struct; the members of a map have no names of their own. */
  isNamed(name: string): boolean;
}

/** A list whose items are told by key fields, or by themselves. */
export interface ItemsForm {
  readonly kind: 'items';
  readonly keys: readonly KeyField[];
  readonly itemForm: OwnedForm;
}

export interface KeyField {
  readonly name: string;
  readonly fallback: JsonValue | undefined;
}

const WHOLE: WholeForm = { kind: 'whole' };

export function ownedFormOf(type: ObjectType, types: TypeTable): FieldsForm {
  const forms = new Map<string, OwnedForm>();
  const make = (field: FieldType | undefined): OwnedForm => {
    return field === undefined || field.atomic ? WHOLE : formOfField(field, types);
  };
  return {
    kind: 'fields',
    isNamed: (name) => type.fields.has(name),
    formOf(name) {
      const form = forms.get(name) ?? make(type.fields.get(name));
      forms.set(name, form);
      return form;
    },
  };
}

function formOfField({ shape, type, listType, listMapKeys }: FieldType, types: TypeTable): OwnedForm {
  const valueForm = formOfType(type, types);
  if (shape === 'one') return valueForm;
  if (shape === 'map') return { kind: 'fields', isNamed: () => false, formOf: () => valueForm };
  if (listType === undefined) return WHOLE;
  const itemFields = types.type(type)?.fields;
  const keys = listMapKeys.map((name) => ({ name, fallback: itemFields?.get(name)?.default }));
  return { kind: 'items', keys: listType === 'map' ? keys : [], itemForm: valueForm };
}

function formOfType(name: string, types: TypeTable): OwnedForm {
  const type = types.type(name);
  return type === undefined || type.atomic ? WHOLE : ownedFormOf(type, types);
}

/** The element of a field set that an item of a list is. */
export function itemElement(item: JsonValue, { keys }: ItemsForm): string {
  if (keys.length === 0 || !isJsonObject(item)) return valueElement(item);
  return keyElement(
    Object.fromEntries(keys.map(({ name, fallback }) => [name, keyValue(item, name) ?? fallback])),
  );
}

export function keyValue(item: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

/** The form of what an element of a field set leads to. */
export function formUnder(form: OwnedForm, element: string): OwnedForm {
  if (form.kind === 'fields' && element.startsWith('f:')) return form.formOf(element.slice(2));
  return form.kind === 'items' && element.startsWith('k:') ? form.itemForm : WHOLE;
}

/** The parts of a value by their elements, in order; undefined if it is owned as a whole. Items with the same key are together. */
export function partsOf(
  value: JsonValue | undefined,
  form: OwnedForm,
): ReadonlyMap<string, readonly JsonValue[]> | undefined {
  if (form.kind === 'fields' && isJsonObject(value)) {
    const members = Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[fieldElement(name), [member]] as const],
    );
    return new Map(members);
  }
  if (form.kind !== 'items' || !Array.isArray(value)) return undefined;
  const parts = new Map<string, readonly JsonValue[]>();
  for (const item of value) {
    const element = itemElement(item, form);
    parts.set(element, [...(parts.get(element) ?? []), item]);
  }
  return parts;
}
