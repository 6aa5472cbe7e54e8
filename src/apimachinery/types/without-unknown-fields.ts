import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { FieldType, ObjectType, TypeTable } from './type-table.ts';

/** An empty list of owners is no absent one: it asks for them to be forgotten. */
const OWNERS = 'meta/v1.ManagedFieldsEntry';

/**
 * What is left of an object that Go has decoded and kept: no fields that are in no type, none that are null, and no empty lists and maps,
 * which protobuf cannot tell from absent ones. Values of maps stay as they are.
 */
export function withoutUnknownFields(object: JsonObject, type: ObjectType, types: TypeTable): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => {
      const field = type.fields.get(name);
      if (field === undefined || value === undefined || value === null) return [];
      if (field.shape !== 'one' && field.type !== OWNERS && isEmpty(value)) return [];
      return [[name, knownPart(value, field, types)]];
    }),
  );
}

function knownPart(value: JsonValue, field: FieldType, types: TypeTable): JsonValue {
  const type = types.type(field.type);
  if (type === undefined) return value;
  const known = (member: JsonValue): JsonValue =>
    isJsonObject(member) ? withoutUnknownFields(member, type, types) : member;
  if (field.shape === 'list') return Array.isArray(value) ? value.map(known) : value;
  if (field.shape === 'one' || !isJsonObject(value)) return known(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, known(member ?? null)]));
}

function isEmpty(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
