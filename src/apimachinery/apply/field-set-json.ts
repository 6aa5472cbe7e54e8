import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { FieldSet } from './field-set.ts';
import { compareElements, readElement } from './field-set-element.ts';

/** What FieldsV1 calls the field itself, where others below it are owned too. */
const ITSELF = '.';

/** A field set as FieldsV1 (structured-merge-diff: fieldpath/serialize.go). */
export function writeFieldsV1(set: FieldSet): JsonObject {
  const elements = [...set.children].toSorted(([a], [b]) => compareElements(a, b));
  return Object.fromEntries(elements.map(([element, child]) => [element, writeChild(child)]));
}

function writeChild(set: FieldSet): JsonObject {
  const below = writeFieldsV1(set);
  return set.owned && set.children.size > 0 ? { [ITSELF]: {}, ...below } : below;
}

/** Undefined for what is no FieldsV1. Elements of a kind nobody knows are left out. */
export function readFieldsV1(fields: JsonValue | undefined): FieldSet | undefined {
  if (!isJsonObject(fields)) return undefined;
  const children = new Map<string, FieldSet>();
  for (const [text, below] of Object.entries(fields)) {
    if (text === ITSELF || !/^[fkvi]:/.test(text)) continue;
    const element = readElement(text);
    const child = readFieldsV1(below);
    if (element === undefined || child === undefined) return undefined;
    children.set(element, child.children.size > 0 ? child : { ...child, owned: true });
  }
  return { owned: Object.hasOwn(fields, ITSELF), children };
}
