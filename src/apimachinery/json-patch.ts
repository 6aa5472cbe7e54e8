import { isEqualJson, isJsonList, isJsonObject, type JsonObject, type JsonValue } from '../base/index.ts';
import { ApiFailure } from './failure.ts';
import { refuseDeepJson } from './json-depth.ts';
import { addAt, JsonPatchError, membersAbove, removeAt, replaceAt, valueAt } from './json-pointer.ts';

/** As the API server has it (apiserver: pkg/endpoints/handlers/patch.go). */
const MAX_OPERATIONS = 10_000;
/** What `copy` may add, in characters of JSON: a copy of a copy grows fast. As the API server has it. */
const MAX_COPIED = 3 * 1024 * 1024;
/** Each operation copies what holds its place: so many members all of them may copy, about a second's worth. */
const MAX_MEMBERS = 500_000;

type Operation = JsonObject & { readonly op: string; readonly path: string };

/**
 * A JSON patch (RFC 6902). Throws ApiFailure: BadRequest for what is no patch, RequestEntityTooLarge for too many operations, Invalid
 * for an operation that cannot be carried out, a `test` that fails among them. Indexes below zero count from the end, as the API
 * server lets them.
 */
export function jsonPatch(target: JsonObject, patch: JsonValue): JsonObject {
  refuseDeepJson(patch);
  const operations = readOperations(patch);
  const copied = { length: 0 };
  let result: JsonValue = target;
  let members = 0;
  for (const operation of operations) {
    members += membersCopied(result, operation);
    if (members > MAX_MEMBERS) throw new ApiFailure('RequestEntityTooLarge', TOO_MUCH);
    result = refusing(operation.path, () => apply(result, operation, copied));
  }
  refuseDeepJson(result);
  if (!isJsonObject(result)) throw invalid('the patched document is no object', '');
  return result;
}

const TOO_MUCH = 'The JSON patch changes too large an object too often: a merge patch can do it at once';

function membersCopied(document: JsonValue, operation: Operation): number {
  const { op, path } = operation;
  if (op === 'test') return 0;
  const added = membersAbove(document, path);
  return op === 'move' ? added + membersAbove(document, sourceOf(operation)) : added;
}

function apply(document: JsonValue, operation: Operation, copied: { length: number }): JsonValue {
  const { op, path } = operation;
  switch (op) {
    case 'add':
      return addAt(document, path, valueIn(operation));
    case 'remove':
      return removeAt(document, path);
    case 'replace':
      return replaceAt(document, path, valueIn(operation));
    case 'move':
      return move(document, sourceOf(operation), path);
    case 'copy':
      return copy(document, operation, copied);
    default:
      return requireEqual(document, operation);
  }
}

function move(document: JsonValue, from: string, path: string): JsonValue {
  if (path.startsWith(`${from}/`))
    throw new JsonPatchError(`error in move for path: '${path}': it lies inside of '${from}'`);
  const value = requireValue(document, from, `move for path: '${lastName(from)}'`);
  return addAt(removeAt(document, from), path, value);
}

function copy(document: JsonValue, operation: Operation, copied: { length: number }): JsonValue {
  const from = sourceOf(operation);
  const value = requireValue(document, from, `copy for from: '${from}'`);
  refuseDeepJson(value);
  copied.length += JSON.stringify(value).length;
  if (copied.length > MAX_COPIED)
    throw new JsonPatchError(
      `Unable to complete the copy, the accumulated size increase of copy is ${copied.length}, exceeding the limit ${MAX_COPIED}`,
    );
  return addAt(document, operation.path, value);
}

function requireValue(document: JsonValue, from: string, where: string): JsonValue {
  const value = valueAt(document, from, 'copy');
  if (value !== undefined) return value;
  throw new JsonPatchError(
    `error in ${where}: unable to get nonexistent key: ${lastName(from)}: missing value`,
  );
}

function lastName(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1);
}

/** A member that is not there equals null, as it does for the API server. */
function requireEqual(document: JsonValue, operation: Operation): JsonValue {
  // No deeper than the operation's own value is looked, and that is not too deep.
  const found = valueAt(document, operation.path, 'test') ?? null;
  if (isEqualJson(found, operation.value ?? null)) return document;
  throw new JsonPatchError(`testing value ${operation.path} failed: test failed`);
}

function readOperations(patch: JsonValue): readonly Operation[] {
  if (!isJsonList(patch))
    throw new ApiFailure(
      'BadRequest',
      `json: cannot unmarshal ${kindOf(patch)} into Go value of type jsonpatch.Patch`,
    );
  if (patch.length > MAX_OPERATIONS)
    throw new ApiFailure(
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  return patch.map(readOperation);
}

const NEEDS: Readonly<Record<string, 'value' | 'from' | undefined>> = {
  add: 'value',
  replace: 'value',
  test: 'value',
  move: 'from',
  copy: 'from',
};
const KINDS = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

function readOperation(operation: JsonValue, index: number): Operation {
  if (!isJsonObject(operation))
    throw new ApiFailure(
      'BadRequest',
      `json: cannot unmarshal ${kindOf(operation)} into Patch.${index} of type jsonpatch.Operation`,
    );
  const refuse = (why: string): ApiFailure =>
    new ApiFailure('BadRequest', `invalid operation ${JSON.stringify(operation)}: ${why}`);
  const missing = (field: string, comma = ','): ApiFailure =>
    refuse(`failed to decode '${field}': operation${comma} missing ${field} field: missing value`);
  const { op, path } = operation;
  if (typeof op !== 'string' || !KINDS.has(op)) throw refuse('unsupported operation');
  if (typeof path !== 'string') throw missing('path', '');
  const needed = NEEDS[op];
  if (needed === 'from' && typeof operation.from !== 'string') throw missing('from');
  if (needed === 'value' && !Object.hasOwn(operation, 'value')) throw missing('value');
  return { ...operation, op, path };
}

function valueIn({ value }: Operation): JsonValue {
  return value ?? null;
}

function sourceOf({ from }: Operation): string {
  return typeof from === 'string' ? from : '';
}

function kindOf(value: JsonValue): string {
  if (typeof value === 'boolean') return 'bool';
  if (value === null) return 'null';
  return isJsonList(value) ? 'array' : typeof value;
}

function refusing(path: string, work: () => JsonValue): JsonValue {
  try {
    return work();
  } catch (error) {
    if (error instanceof JsonPatchError) throw invalid(error.message, path);
    throw error;
  }
}

/** The API server keeps to itself which operation it was; here it is told as the cause. */
function invalid(why: string, path: string): ApiFailure {
  return new ApiFailure('Invalid', 'the server rejected our request due to an error in our request', {
    causes: [{ reason: 'FieldValueInvalid', message: why, field: path }],
  });
}
