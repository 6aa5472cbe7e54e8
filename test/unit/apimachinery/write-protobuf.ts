import protobuf from 'protobufjs/minimal.js';
import type { FieldType, ObjectType, TypeTable } from '../../../src/apimachinery/index.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/base/index.ts';

/** An object as a Go client sends it: gogo writes every field that is no pointer, list or map, zero or not. */
export function writeProtobuf(object: JsonObject, types: TypeTable): Uint8Array {
  const { apiVersion, kind } = object;
  const type = types.typeOf(String(apiVersion), String(kind));
  if (type === undefined) throw new Error(`no type for ${apiVersion} ${kind}`);
  return wrap(String(apiVersion), String(kind), writeObject(object, type, types));
}

/** `k8s\0` and runtime.Unknown around the bytes of an object. */
export function wrap(apiVersion: string, kind: string, raw: Uint8Array): Uint8Array {
  const typeMeta = protobuf.Writer.create().uint32(10).string(apiVersion).uint32(18).string(kind).finish();
  const unknown = protobuf.Writer.create().uint32(10).bytes(typeMeta).uint32(18).bytes(raw);
  // contentEncoding and contentType, which Go writes though they are empty.
  return Buffer.concat([Buffer.from('k8s\0'), unknown.uint32(26).string('').uint32(34).string('').finish()]);
}

function writeObject(object: JsonObject, type: ObjectType, types: TypeTable): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const field of type.wire.values()) {
    const value = field.inline ? object : object[field.name];
    if (field.shape === 'list') {
      for (const item of Array.isArray(value) ? value : []) writeOne(writer, item, field, types);
    } else if (field.shape === 'map') {
      for (const [key, member] of Object.entries(isJsonObject(value) ? value : {})) {
        const entry = protobuf.Writer.create().uint32(10).string(key);
        writeOne(entry, member, { ...field, number: 2 }, types);
        writer.uint32((field.number << 3) | 2).bytes(entry.finish());
      }
    } else if (!field.pointer || value !== undefined) writeOne(writer, value, field, types);
  }
  return writer.finish();
}

function writeOne(
  writer: protobuf.Writer,
  value: JsonValue | undefined,
  { type, number }: FieldType,
  types: TypeTable,
): void {
  if (type === 'integer') writer.uint32(number << 3).int64(Number(value ?? 0));
  else if (type === 'boolean') writer.uint32(number << 3).bool(value === true);
  else if (type === 'number') writer.uint32((number << 3) | 1).double(Number(value ?? 0));
  else writer.uint32((number << 3) | 2).bytes(bytesOf(value, type, types));
}

function bytesOf(value: JsonValue | undefined, type: string, types: TypeTable): Uint8Array {
  const message = protobuf.Writer.create();
  switch (type) {
    case 'string':
      return Buffer.from(String(value ?? ''));
    case 'bytes':
      return Buffer.from(String(value ?? ''), 'base64');
    case 'quantity':
      return message
        .uint32(10)
        .string(String(value ?? '0'))
        .finish();
    case 'intOrString': {
      const isText = typeof value === 'string';
      message
        .uint32(8)
        .int64(isText ? 1 : 0)
        .uint32(16)
        .int64(isText ? 0 : Number(value ?? 0));
      return message
        .uint32(26)
        .string(isText ? value : '')
        .finish();
    }
    case 'time':
    case 'microTime': {
      if (value === undefined || value === null) return new Uint8Array();
      const [, micros = '0'] = /\.(\d+)Z$/.exec(String(value)) ?? [];
      const seconds = Math.floor(Date.parse(String(value)) / 1000);
      return message
        .uint32(8)
        .int64(seconds)
        .uint32(16)
        .int64(Number(micros) * 1000)
        .finish();
    }
    case 'fieldsV1':
    case 'any':
      return value === undefined
        ? new Uint8Array()
        : message.uint32(10).string(JSON.stringify(value)).finish();
    default: {
      const inner = types.type(type);
      if (inner === undefined) throw new Error(`no type ${type}`);
      return writeObject(isJsonObject(value) ? value : {}, inner, types);
    }
  }
}
