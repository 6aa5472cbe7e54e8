import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';

/** An edge of a field set, as FieldsV1 writes it (structured-merge-diff: fieldpath/serialize-pe.go). */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** The item of a list that has these values in its key fields. */
export function keyElement(key: JsonObject): string {
  return `k:${sortedJson(key)}`;
}

/** The item of a set. */
export function valueElement(value: JsonValue): string {
  return `v:${JSON.stringify(value)}`;
}

/** The same element in the one way it is written here; undefined for what is none. */
export function readElement(text: string): string | undefined {
  const content = text.slice(2);
  if (text.startsWith('f:') || /^i:-?\d+$/.test(text)) return text;
  const parsed = parse(content);
  if (text.startsWith('v:')) return parsed === undefined ? undefined : valueElement(parsed);
  return text.startsWith('k:') && isJsonObject(parsed) ? keyElement(parsed) : undefined;
}

/** As messages name it: `.image`, `[name="web"]`, `[="x"]`, `[0]`. */
export function describeElement(element: string): string {
  const content = element.slice(2);
  const parsed = element.startsWith('k:') ? parse(content) : undefined;
  if (isJsonObject(parsed)) {
    const fields = Object.entries(parsed).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return `[${fields.join(',')}]`;
  }
  if (element.startsWith('v:')) return `[=${content}]`;
  return element.startsWith('i:') ? `[${content}]` : `.${content}`;
}

const ORDER = ['f', 'k', 'v', 'i'];

/** The order in which they are written and listed: fields, then items by their keys, then by their values. */
export function compareElements(a: string, b: string): number {
  const byKind = ORDER.indexOf(a.charAt(0)) - ORDER.indexOf(b.charAt(0));
  if (byKind !== 0) return byKind;
  const [left, right] = a.startsWith('f:') ? [a, b] : [parse(a.slice(2)), parse(b.slice(2))];
  return compareValues(left ?? null, right ?? null);
}

function compareValues(a: JsonValue, b: JsonValue): number {
  if (isJsonObject(a) && isJsonObject(b))
    return compareLists(Object.entries(a).flat(), Object.entries(b).flat());
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : Number(left > right);
}

function compareLists(a: readonly (JsonValue | undefined)[], b: readonly (JsonValue | undefined)[]): number {
  for (const [index, left] of a.entries()) {
    if (index >= b.length) return 1;
    const order = compareValues(left ?? null, b[index] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function sortedJson(object: JsonObject): string {
  return JSON.stringify(Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

function parse(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
