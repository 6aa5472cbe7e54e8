import type { JsonObject, JsonValue } from '../../base/index.ts';
import { ApiFailure } from '../failure.ts';
import { refuseDeepJson } from '../json-depth.ts';
import type { FieldType, ObjectType, TypeTable } from '../types/type-table.ts';
import { readScalar, type Zeroable } from './read-scalar.ts';
import { bytesOf, readMessage, readPacked, readText, WIRE, type WireValue } from './wire-message.ts';

const MAGIC = [0x6b, 0x38, 0x73, 0];

/**
 * An object in Kubernetes' protobuf encoding, as its JSON would be: `k8s\0`, then runtime.Unknown with the kind and the object's bytes
 * (apimachinery: pkg/runtime/serializer/protobuf). Throws ApiFailure BadRequest.
 */
export function readProtobuf(body: Uint8Array, types: TypeTable): JsonObject {
  if (!MAGIC.every((byte, index) => body[index] === byte)) {
    throw new ApiFailure('BadRequest', 'provided data does not appear to be a protobuf message');
  }
  const { apiVersion, kind, raw } = readUnknown(body.subarray(MAGIC.length));
  const type = types.typeOf(apiVersion, kind);
  if (type === undefined) {
    throw new ApiFailure('BadRequest', `no kind "${kind}" is registered for version "${apiVersion}"`);
  }
  const object = { kind, apiVersion, ...Object.fromEntries(readObject({ types, depth: 0 }, raw, type)) };
  refuseDeepJson(object);
  return object;
}

interface Unknown {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/** runtime.Unknown { typeMeta = 1 { apiVersion = 1, kind = 2 }, raw = 2, contentEncoding = 3, contentType = 4 }. */
function readUnknown(bytes: Uint8Array): Unknown {
  const unknown: { apiVersion: string; kind: string; raw: Uint8Array } = {
    apiVersion: '',
    kind: '',
    raw: new Uint8Array(),
  };
  readMessage(bytes, 0, (number, value) => {
    if (number === 1) {
      readMessage(bytesOf(value), 1, (member, text) => {
        if (member === 1) unknown.apiVersion = readText(bytesOf(text));
        if (member === 2) unknown.kind = readText(bytesOf(text));
      });
    }
    if (number === 2) unknown.raw = bytesOf(value);
    if (number === 3 && bytesOf(value).length > 0)
      throw new ApiFailure('BadRequest', 'proto: encoded objects are not read');
  });
  return unknown;
}

interface Reading {
  readonly types: TypeTable;
  readonly depth: number;
}

type Members = Map<string, JsonValue>;

function readObject(reading: Reading, bytes: Uint8Array, type: ObjectType): Members {
  const members: Members = new Map();
  const lists = new Map<string, JsonValue[]>();
  const maps = new Map<string, Members>();
  readMessage(bytes, reading.depth, (number, value) => {
    const field = type.wire.get(number);
    if (field === undefined) return;
    if (field.shape === 'list') {
      const list = lists.get(field.name) ?? [];
      lists.set(field.name, list);
      list.push(...readItems(reading, value, field));
      members.set(field.name, list);
    } else if (field.shape === 'map') {
      const entries = maps.get(field.name) ?? new Map();
      maps.set(field.name, entries);
      entries.set(...readEntry(reading, value, field));
    } else if (field.inline) {
      for (const [name, member] of readObject(deeper(reading), bytesOf(value), typeOf(reading, field)))
        members.set(name, member);
    } else setMember(members, field, readOne(reading, value, field));
  });
  for (const [name, entries] of maps) members.set(name, Object.fromEntries(entries));
  return members;
}

/** Go writes every field that is no pointer: the zero value of one is as good as absent, and null always is. */
function setMember(members: Members, field: FieldType, { value, isZero }: Zeroable): void {
  if (value === null || (isZero && !field.pointer)) members.delete(field.name);
  else members.set(field.name, value);
}

function readItems(reading: Reading, value: WireValue, field: FieldType): readonly JsonValue[] {
  const number = field.type === 'integer' || field.type === 'boolean' ? WIRE.varint : WIRE.fixed64;
  const isNumeric = number === WIRE.varint || field.type === 'number';
  const items = isNumeric && value.wireType === WIRE.bytes ? readPacked(value.bytes, number) : [value];
  return items.map((item) => readOne(reading, item, field).value);
}

/** A map's entry is a message { key = 1, value = 2 }. */
function readEntry(reading: Reading, value: WireValue, field: FieldType): [string, JsonValue] {
  let key = '';
  let member: WireValue = { wireType: WIRE.bytes, bytes: new Uint8Array() };
  readMessage(bytesOf(value), reading.depth, (number, part) => {
    if (number === 1) key = readText(bytesOf(part));
    if (number === 2) member = part;
  });
  return [key, readOne(reading, member, field).value];
}

function readOne(reading: Reading, value: WireValue, field: FieldType): Zeroable {
  const scalar = readScalar(field.type, value);
  if (scalar !== undefined) return scalar;
  const members = readObject(deeper(reading), bytesOf(value), typeOf(reading, field));
  return { value: Object.fromEntries(members), isZero: members.size === 0 };
}

function deeper({ types, depth }: Reading): Reading {
  return { types, depth: depth + 1 };
}

function typeOf({ types }: Reading, field: FieldType): ObjectType {
  const type = types.type(field.type);
  if (type === undefined) throw new TypeError(`no type ${field.type} in the table`);
  return type;
}
