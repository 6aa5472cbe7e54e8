import protobuf from 'protobufjs/minimal.js';
import { messageOf } from '../../base/index.ts';
import { ApiFailure } from '../failure.ts';

/** Deeper than any type of Kubernetes; groups of unknown fields are bounded by the reader. */
const MAX_DEPTH = 50;

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field as it stands in a message. */
export type WireValue =
  | { readonly wireType: 0; readonly integer: number }
  | { readonly wireType: 1; readonly double: number }
  | { readonly wireType: 2; readonly bytes: Uint8Array };

/** Tells every field of a message in order, without those of types that Kubernetes does not use. Throws ApiFailure for what is no message. */
export function readMessage(
  bytes: Uint8Array,
  depth: number,
  field: (number: number, value: WireValue) => void,
): void {
  if (depth > MAX_DEPTH) throw new ApiFailure('BadRequest', 'proto: exceeded max depth');
  const reader = protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  while (reader.pos < reader.len) {
    const tag = orRefuse(() => reader.uint32());
    const value = orRefuse(() => readWireValue(reader, tag & 7));
    if (tag >>> 3 === 0) throw new ApiFailure('BadRequest', 'proto: illegal tag 0');
    if (value !== undefined) field(tag >>> 3, value);
  }
}

/** Throws ApiFailure for a value that is written as another type. */
export function bytesOf(value: WireValue): Uint8Array {
  if (value.wireType === WIRE.bytes) return value.bytes;
  throw wrongWireType(value);
}

export function integerOf(value: WireValue): number {
  if (value.wireType === WIRE.varint) return value.integer;
  throw wrongWireType(value);
}

export function doubleOf(value: WireValue): number {
  if (value.wireType === WIRE.fixed64 && Number.isFinite(value.double)) return value.double;
  throw wrongWireType(value);
}

function wrongWireType({ wireType }: WireValue): ApiFailure {
  return new ApiFailure('BadRequest', `proto: wrong wireType = ${wireType}`);
}

export function readText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** `[packed=true]`: numbers one after another. */
export function readPacked(bytes: Uint8Array, wireType: 0 | 1): readonly WireValue[] {
  const reader = protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const values: WireValue[] = [];
  while (reader.pos < reader.len) {
    const value = orRefuse(() => readWireValue(reader, wireType));
    if (value !== undefined) values.push(value);
  }
  return values;
}

function readWireValue(reader: protobuf.Reader, wireType: number): WireValue | undefined {
  switch (wireType) {
    case WIRE.varint:
      // Past 2^53 it loses what JSON.parse would lose, too.
      return { wireType: WIRE.varint, integer: Number(reader.int64()) };
    case WIRE.fixed64:
      return { wireType: WIRE.fixed64, double: reader.double() };
    case WIRE.bytes:
      return { wireType: WIRE.bytes, bytes: reader.bytes() };
    default:
      reader.skipType(wireType);
      return undefined;
  }
}

function orRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ApiFailure('BadRequest', `proto: ${messageOf(error)}`);
  }
}
