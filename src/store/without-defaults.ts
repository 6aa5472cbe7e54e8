import { isEqualJson, isJsonObject, type JsonObject, type JsonValue, textAt } from '../base/index.ts';

export interface Versions {
  /** As its author wrote it. */
  readonly written: JsonObject;
  /** The same with defaults. */
  readonly shown: JsonObject;
  /** How another version would be shown. */
  readonly show: (written: JsonObject) => JsonObject;
}

/**
 * What a client wants that saw an object with its defaults, in the words of its author: defaults that stay as they are are left out, and
 * what means the same stays as it was written. So an edit through the API touches what an edit of the file would. What is shown of the
 * result is what the client wants. Pure.
 */
export function withoutDefaults(wanted: JsonObject, { written, shown, show }: Versions): JsonObject {
  const plain = withoutKnown(wanted, shown, written);
  return isJsonObject(plain) ? withDifferences(plain, wanted, show(plain)) : wanted;
}

function withoutKnown(
  wanted: JsonValue,
  shown: JsonValue | undefined,
  written: JsonValue | undefined,
): JsonValue {
  if (written !== undefined && isEqualJson(wanted, shown)) return written;
  if (Array.isArray(wanted)) {
    const items: readonly JsonValue[] = wanted;
    const [before, was] = [matcher(shown), matcher(written)];
    return items.map((item, index) => withoutKnown(item, before(item, index), was(item, index)));
  }
  if (!isJsonObject(wanted)) return wanted;
  const fields = Object.entries(wanted).flatMap(([field, value]) => {
    if (value === undefined) return [];
    const [before, was] = [memberOf(shown, field), memberOf(written, field)];
    if (was === undefined && before !== undefined && isEqualJson(value, before)) return [];
    return [[field, withoutKnown(value, before, was)] as const];
  });
  return Object.fromEntries(fields);
}

/** What comes out otherwise than it is wanted, since one default depends on another field, is said. */
function withDifferences(plain: JsonObject, wanted: JsonObject, shown: JsonObject): JsonObject {
  const fields = Object.entries(wanted).flatMap(([field, value]) => {
    const [given, after] = [memberOf(plain, field), memberOf(shown, field)];
    if (value === undefined || (given === undefined && isEqualJson(value, after))) return [];
    return [[field, given === undefined ? value : differing(given, value, after)] as const];
  });
  return Object.fromEntries(fields);
}

function differing(plain: JsonValue, wanted: JsonValue, shown: JsonValue | undefined): JsonValue {
  if (isEqualJson(wanted, shown)) return plain;
  if (Array.isArray(plain) && Array.isArray(wanted)) {
    const [given, after]: [readonly JsonValue[], readonly JsonValue[]] = [
      plain,
      Array.isArray(shown) ? shown : [],
    ];
    return wanted.map((item: JsonValue, index) => differing(given[index] ?? item, item, after[index]));
  }
  if (!isJsonObject(plain) || !isJsonObject(wanted)) return wanted;
  return withDifferences(plain, wanted, isJsonObject(shown) ? shown : {});
}

/** Finds the counterpart of an item: by its name where all have one of their own, else by its place. */
function matcher(list: JsonValue | undefined): (item: JsonValue, index: number) => JsonValue | undefined {
  if (!Array.isArray(list)) return () => undefined;
  const items: readonly JsonValue[] = list;
  const byName = new Map(items.map((item) => [textAt(item, 'name'), item]));
  const areNamed = byName.size === items.length && !byName.has('');
  return (item, index) => {
    const name = textAt(item, 'name');
    return areNamed && name !== '' ? byName.get(name) : items[index];
  };
}

function memberOf(value: JsonValue | undefined, field: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}
