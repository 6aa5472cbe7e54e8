import { isJsonList, isJsonObject, type JsonObject, type JsonValue } from '../base/index.ts';

/** What an operation cannot do, in the words of the API server's JSON patch. */
export class JsonPatchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonPatchError';
  }
}

type Container = JsonObject | readonly JsonValue[];

/** The document with a value at the pointer (RFC 6901): set in an object, put before what is there in a list, at its end for `-`. */
export function addAt(document: JsonValue, pointer: string, value: JsonValue): JsonValue {
  if (pointer === '') return value;
  return change(document, pointer, 'add', (parent, name) => {
    if (!isJsonList(parent)) return { ...parent, [name]: value };
    const index =
      name === '-' ? parent.length : indexIn(parent.length + 1, name, inOperation('add', pointer));
    return parent.toSpliced(index, 0, value);
  });
}

/** The document without what is at the pointer. */
export function removeAt(document: JsonValue, pointer: string): JsonValue {
  if (pointer === '') return null;
  const at = inOperation('remove', pointer);
  return change(document, pointer, 'remove', (parent, name) => {
    if (isJsonList(parent)) return parent.toSpliced(indexIn(parent.length, name, at), 1);
    if (!Object.hasOwn(parent, name))
      throw new JsonPatchError(`${at}unable to remove nonexistent key: ${name}: missing value`);
    const { [name]: _removed, ...rest } = parent;
    return rest;
  });
}

/** The document with the value in the place of what is at the pointer. */
export function replaceAt(document: JsonValue, pointer: string, value: JsonValue): JsonValue {
  if (pointer === '') return value;
  const missing = `replace operation does not apply: doc is missing key: ${pointer}: missing value`;
  return change(document, pointer, 'replace', (parent, name) => {
    if (isJsonList(parent))
      return parent.with(indexIn(parent.length, name, inOperation('replace', pointer)), value);
    if (!Object.hasOwn(parent, name)) throw new JsonPatchError(missing);
    return { ...parent, [name]: value };
  });
}

/** What is at the pointer; undefined for a member that an object has not. */
export function valueAt(document: JsonValue, pointer: string, operation: string): JsonValue | undefined {
  const names = namesOf(pointer, operation);
  const last = names.pop();
  if (last === undefined) return document;
  const parent = names.reduce<JsonValue | undefined>((value, name) => memberOf(value, name), document);
  if (!isContainer(parent)) throw missingPath(operation, pointer);
  if (isJsonList(parent)) return parent[indexIn(parent.length, last, inOperation(operation, pointer))];
  return memberOf(parent, last);
}

/** How many members they have together who hold the pointer's value and each other: what a change there copies. */
export function membersAbove(document: JsonValue, pointer: string): number {
  let members = 0;
  let parent: JsonValue | undefined = document;
  for (const name of pointer.split('/').slice(1)) {
    if (!isContainer(parent)) break;
    members += isJsonList(parent) ? parent.length : Object.keys(parent).length;
    parent = memberOf(parent, unescaped(name));
  }
  return members;
}

/** Hands what holds the pointer's value to `work`, and puts its result in that place. */
function change(
  document: JsonValue,
  pointer: string,
  operation: string,
  work: (parent: Container, name: string) => JsonValue,
): JsonValue {
  const names = namesOf(pointer, operation);
  const last = names.pop() ?? '';
  const above: (readonly [Container, string])[] = [];
  let parent: JsonValue | undefined = document;
  for (const name of names) {
    if (!isContainer(parent)) break;
    above.push([parent, name]);
    parent = memberOf(parent, name);
  }
  if (!isContainer(parent)) throw missingPath(operation, pointer);
  return above.reduceRight<JsonValue>(
    (child, [container, name]) => withMember(container, name, child),
    work(parent, last),
  );
}

function withMember(container: Container, name: string, value: JsonValue): JsonValue {
  return isJsonList(container) ? container.with(Number(name), value) : { ...container, [name]: value };
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (isJsonList(value)) return /^\d+$/.test(name) ? value[Number(name)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isContainer(value: JsonValue | undefined): value is Container {
  return isJsonList(value) || isJsonObject(value);
}

function namesOf(pointer: string, operation: string): string[] {
  const [root, ...names] = pointer.split('/');
  if (root !== '') throw missingPath(operation, pointer);
  return names.map(unescaped);
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Below zero it counts from the end. */
function indexIn(length: number, name: string, at: string): number {
  if (!/^-?\d+$/.test(name))
    throw new JsonPatchError(
      `${at}value was not a proper array index: '${name}': strconv.Atoi: parsing ${JSON.stringify(name)}: invalid syntax`,
    );
  const index = Number(name);
  if (index >= length || index < -length)
    throw new JsonPatchError(`${at}Unable to access invalid index: ${name}: invalid index referenced`);
  return index < 0 ? index + length : index;
}

function inOperation(operation: string, pointer: string): string {
  return `error in ${operation} for path: '${pointer}': `;
}

function missingPath(operation: string, pointer: string): JsonPatchError {
  return new JsonPatchError(
    `${operation} operation does not apply: doc is missing path: "${pointer}": missing value`,
  );
}
