import { expect, test } from 'vitest';
import {
  ApiFailure,
  jsonPatch,
  loadTypes,
  mergePatch,
  strategicMergePatch,
} from '../../../src/apimachinery/index.ts';
import {
  invariant,
  isEqualJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../../src/base/index.ts';
import recorded from '../../facts/kubectl-patches.json' with { type: 'json' };

const target: JsonObject = recorded.target;
const cases: readonly {
  name: string;
  type: string;
  patch: JsonValue;
  changes?: JsonObject;
  error?: string;
}[] = recorded.cases;
const types = await loadTypes();
const pod = types.typeOf('v1', 'Pod');

/** What kubectl itself does with each patch, and what it says of those it cannot carry out. */
test.each(cases)('$type: $name', ({ type, patch, changes, error }) => {
  const before = JSON.stringify([target, patch]);
  const outcome = outcomeOf(() => changesTo(apply(type, patch)));
  expect(outcome).toEqual(error === undefined ? changes : { error });
  expect(JSON.stringify([target, patch])).toBe(before);
});

function apply(type: string, patch: JsonValue): JsonObject {
  if (type === 'json') return jsonPatch(target, patch);
  invariant(isJsonObject(patch), 'a merge patch is an object');
  invariant(pod !== undefined, 'there is a Pod');
  return type === 'merge' ? mergePatch(target, patch) : strategicMergePatch(target, patch, pod, types);
}

function changesTo(result: JsonObject): JsonObject {
  const [before, after] = [partsOf(target), partsOf(result)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changed = names.filter((name) => !isEqualJson(before.get(name), after.get(name)));
  return Object.fromEntries(changed.map((name) => [name, after.get(name) ?? null]));
}

function partsOf(object: JsonObject): ReadonlyMap<string, JsonValue | undefined> {
  return new Map(
    ['metadata', 'spec'].flatMap((name) =>
      Object.entries(object[name] ?? {}).map(([field, value]) => [`${name}.${field}`, value] as const),
    ),
  );
}

function outcomeOf(work: () => JsonObject): JsonObject {
  try {
    return work();
  } catch (error) {
    invariant(error instanceof ApiFailure, String(error));
    return { error: (error.details.causes?.[0]?.message ?? error.message).trimEnd() };
  }
}
