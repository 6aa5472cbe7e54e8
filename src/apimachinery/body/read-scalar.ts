import type { JsonValue } from '../../base/index.ts';
import { ApiFailure } from '../failure.ts';
import { bytesOf, doubleOf, integerOf, readMessage, readText, type WireValue } from './wire-message.ts';

/** A value as JSON has it, and whether it is what Go has where nothing was said. */
export interface Zeroable {
  readonly value: JsonValue;
  readonly isZero: boolean;
}

type Read = (value: WireValue) => Zeroable;

const READ: Readonly<Record<string, Read>> = {
  string: (value) => zeroable(readText(bytesOf(value)), ''),
  boolean: (value) => zeroable(integerOf(value) !== 0, false),
  integer: (value) => zeroable(integerOf(value), 0),
  number: (value) => zeroable(doubleOf(value), 0),
  bytes: (value) => zeroable(Buffer.from(bytesOf(value)).toString('base64'), ''),
  quantity: readQuantity,
  intOrString: readIntOrString,
  time: (value) => readTime(value, (seconds) => isoText(seconds).replace(/\.\d+Z$/, 'Z')),
  microTime: (value) => readTime(value, microText),
  fieldsV1: readJsonText,
  any: readJsonText,
};

/** Undefined for what is no scalar. Throws ApiFailure for a value that is written as another type. */
export function readScalar(type: string, value: WireValue): Zeroable | undefined {
  return Object.hasOwn(READ, type) ? READ[type]?.(value) : undefined;
}

function zeroable(value: string | number | boolean, zero: string | number | boolean): Zeroable {
  return { value, isZero: value === zero };
}

/** resource.Quantity { string = 1 }. */
function readQuantity(value: WireValue): Zeroable {
  let text = '';
  readMessage(bytesOf(value), 0, (number, part) => {
    if (number === 1) text = readText(bytesOf(part));
  });
  return { value: text === '' ? '0' : text, isZero: text === '' || text === '0' };
}

/** intstr.IntOrString { type = 1, intVal = 2, strVal = 3 }; a type of 1 is a text. */
function readIntOrString(value: WireValue): Zeroable {
  let isText = false;
  let [integer, text] = [0, ''];
  readMessage(bytesOf(value), 0, (number, part) => {
    if (number === 1) isText = integerOf(part) === 1;
    if (number === 2) integer = integerOf(part);
    if (number === 3) text = readText(bytesOf(part));
  });
  return isText ? { value: text, isZero: false } : zeroable(integer, 0);
}

/** meta/v1.Time { seconds = 1, nanos = 2 }; an empty message is no time at all. */
function readTime(value: WireValue, textOf: (seconds: number, nanos: number) => string): Zeroable {
  const bytes = bytesOf(value);
  let [seconds, nanos] = [0, 0];
  readMessage(bytes, 0, (number, part) => {
    if (number === 1) seconds = integerOf(part);
    if (number === 2) nanos = integerOf(part);
  });
  return bytes.length === 0
    ? { value: null, isZero: true }
    : { value: textOf(seconds, nanos), isZero: false };
}

function microText(seconds: number, nanos: number): string {
  const micros = String(Math.max(0, Math.floor(nanos / 1000))).padStart(6, '0');
  return isoText(seconds).replace(/\.\d+Z$/, `.${micros.slice(0, 6)}Z`);
}

/** RFC 3339 has years of four digits. */
function isoText(seconds: number): string {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999))
    throw new ApiFailure('BadRequest', 'Time.MarshalJSON: year outside of range [0,9999]');
  return date.toISOString();
}

/** meta/v1.FieldsV1 { Raw = 1 } and runtime.RawExtension { raw = 1 }: JSON as bytes. */
function readJsonText(value: WireValue): Zeroable {
  let text = '';
  readMessage(bytesOf(value), 0, (number, part) => {
    if (number === 1) text = readText(bytesOf(part));
  });
  if (text === '') return { value: null, isZero: true };
  try {
    return { value: JSON.parse(text), isZero: false };
  } catch {
    throw new ApiFailure('BadRequest', 'proto: JSON expected');
  }
}
