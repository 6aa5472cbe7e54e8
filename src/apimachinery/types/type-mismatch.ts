import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { itemPath, memberPath } from '../field-path.ts';
import type { FieldType, ObjectType, TypeTable } from './type-table.ts';

/** Go's name of each scalar. */
const GO_TYPE: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'bool',
  integer: 'int64',
  number: 'float64',
  bytes: '[]uint8',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  fieldsV1: 'v1.FieldsV1',
};

const FITS: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  bytes: (value) => typeof value === 'string',
  quantity: (value) => typeof value === 'string' || typeof value === 'number',
  intOrString: (value) => typeof value === 'string' || Number.isInteger(value),
  time: (value) => typeof value === 'string',
  microTime: (value) => typeof value === 'string',
  fieldsV1: isJsonObject,
  any: () => true,
};

/**
 * The first value that is not what its field takes, as Go tells it: `json: cannot unmarshal string into Go struct field
 * PodSpec.spec.containers of type []v1.Container`. Undefined for a good object. Null fits everywhere, as in Go.
 */
export function typeMismatch(object: JsonObject, type: ObjectType, types: TypeTable): string | undefined {
  return firstMismatch(object, type, types, '').next().value ?? undefined;
}

function* firstMismatch(
  object: JsonObject,
  type: ObjectType,
  types: TypeTable,
  path: string,
): Generator<string> {
  for (const [name, value] of Object.entries(object)) {
    const field = type.fields.get(name);
    if (field === undefined || value === undefined || value === null) continue;
    const at = memberPath(path, name);
    const refuse = (wrong: JsonValue, shown: string, goType: string): string =>
      `json: cannot unmarshal ${kindOf(wrong, goType)} into Go struct field ${shortName(type.name)}.${shown} of type ${goType}`;
    const members = membersOf(value, field, at);
    if (members === undefined) {
      yield refuse(value, at, goTypeOf(field));
      continue;
    }
    const inner = types.type(field.type);
    for (const [place, member] of members) {
      if (member === null) continue;
      if (inner === undefined ? !FITS[field.type]?.(member) : !isJsonObject(member))
        yield refuse(member, place, goTypeOf({ ...field, shape: 'one' }));
      else if (inner !== undefined && isJsonObject(member)) yield* firstMismatch(member, inner, types, place);
    }
  }
}

/** The values of a field's type; undefined for what is not even of its shape. */
function membersOf(
  value: JsonValue,
  { shape }: FieldType,
  path: string,
): readonly (readonly [path: string, value: JsonValue])[] | undefined {
  if (shape === 'one') return [[path, value]];
  if (shape === 'list')
    return Array.isArray(value)
      ? value.map((item: JsonValue, index) => [itemPath(path, index), item] as const)
      : undefined;
  return isJsonObject(value)
    ? Object.entries(value).map(([name, member]) => [memberPath(path, name), member ?? null] as const)
    : undefined;
}

function goTypeOf({ type, shape }: FieldType): string {
  const name = GO_TYPE[type] ?? `v1.${shortName(type)}`;
  return shape === 'list' ? `[]${name}` : shape === 'map' ? `map[string]${name}` : name;
}

function shortName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

/** A number is told where its kind would fit but it does not. */
function kindOf(value: JsonValue, goType: string): string {
  if (Array.isArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  if (typeof value === 'number') return goType.startsWith('int') ? `number ${value}` : 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
