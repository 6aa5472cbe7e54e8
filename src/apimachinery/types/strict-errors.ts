import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { itemPath, memberPath } from '../field-path.ts';
import type { FieldType, ObjectType, TypeTable } from './type-table.ts';

/** As many as strict decoding tells (sigs.k8s.io/json). */
const MAX_ERRORS = 100;

/** Fields that are in no type, in strict decoding's words: `unknown field "spec.containers[0].comand"`. Empty for a good object. */
export function strictErrors(object: JsonObject, type: ObjectType, types: TypeTable): readonly string[] {
  const errors: string[] = [];
  for (const path of unknownPaths(object, type, types, '')) {
    if (errors.push(`unknown field "${path}"`) === MAX_ERRORS) break;
  }
  return errors;
}

function* unknownPaths(
  object: JsonObject,
  type: ObjectType,
  types: TypeTable,
  path: string,
): Generator<string> {
  for (const [name, value] of Object.entries(object)) {
    const field = type.fields.get(name);
    const at = memberPath(path, name);
    if (field === undefined) yield at;
    else {
      const inner = types.type(field.type);
      if (inner === undefined) continue;
      for (const [place, member] of nestedObjects(value, field, at))
        yield* unknownPaths(member, inner, types, place);
    }
  }
}

/** The objects of a field's type, with their paths: itself, its items, or its values. */
function* nestedObjects(
  value: JsonValue | undefined,
  { shape }: FieldType,
  path: string,
): Generator<[path: string, object: JsonObject]> {
  if (shape === 'one') {
    if (isJsonObject(value)) yield [path, value];
  } else if (shape === 'list') {
    for (const [index, item] of (Array.isArray(value) ? value : []).entries())
      if (isJsonObject(item)) yield [itemPath(path, index), item];
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value))
      if (isJsonObject(member)) yield [memberPath(path, name), member];
  }
}
