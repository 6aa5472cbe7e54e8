import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  jsonPatch,
  loadTypes,
  mergePatch,
  type ObjectType,
  serverSideApply,
  strategicMergePatch,
  trackUpdate,
} from '../../src/apimachinery/index.ts';
import {
  invariant,
  isEqualJson,
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  objectAt,
} from '../../src/base/index.ts';

const types = await loadTypes();
const type = requireType(types.typeOf('v1', 'Pod'));

function requireType(found: ObjectType | undefined): ObjectType {
  invariant(found !== undefined, 'there is a Pod');
  return found;
}

const word = fc.constantFrom('a', 'b', 'c', 'd');

function withKey(
  key: string,
  keys: fc.Arbitrary<JsonValue>,
  others: Record<string, fc.Arbitrary<JsonValue>>,
): fc.Arbitrary<JsonObject[]> {
  const item = fc.record({ [key]: keys, ...others }, { requiredKeys: [key] });
  return fc.uniqueArray(item, { selector: (each) => each[key], minLength: 1, maxLength: 4 });
}

const texts = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 });
const ports = withKey('containerPort', fc.constantFrom(80, 81, 82), {
  protocol: fc.constantFrom('TCP', 'UDP'),
  name: word,
});
const container = {
  image: word,
  args: fc.array(word, { minLength: 1, maxLength: 3 }),
  env: withKey('name', word, { value: word }),
  ports,
  resources: fc.record({ limits: texts }),
  securityContext: fc.record({ runAsUser: fc.nat(3) }),
};
const spec = fc.record(
  {
    containers: withKey('name', word, container),
    volumes: withKey('name', word, {
      emptyDir: fc.record({ medium: word }),
      hostPath: fc.record({ path: word }),
    }),
    tolerations: fc.array(fc.record({ key: word }), { minLength: 1, maxLength: 3 }),
    nodeSelector: texts,
    priority: fc.nat(3),
  },
  { requiredKeys: ['containers'] },
);
const metadata = fc.record(
  {
    name: fc.constant('web'),
    labels: texts,
    finalizers: fc.uniqueArray(word, { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ['name'] },
);
const pod: fc.Arbitrary<JsonObject> = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Pod'),
  metadata,
  spec,
});

test('a strategic merge patch from one pod to another makes the one the other', () => {
  fc.assert(
    fc.property(pod, pod, (from, to) => {
      expect(strategicMergePatch(from, strategicDiff(from, to, type), type, types)).toEqual(to);
    }),
  );
});

/** What kubectl apply would send, had the user applied the one and then the other. */
function strategicDiff(from: JsonObject, to: JsonObject, of: ObjectType | undefined): JsonObject {
  const removed = Object.keys(from).filter((name) => !Object.hasOwn(to, name));
  const changed = Object.entries(to).flatMap(([name, after]): [string, JsonValue | undefined][] => {
    const before = from[name];
    if (after === undefined || isEqualJson(before, after)) return [];
    const field = of?.fields.get(name);
    if (isJsonObject(before) && isJsonObject(after))
      return [
        [name, strategicDiff(before, after, field?.shape === 'one' ? types.type(field.type) : undefined)],
      ];
    if (field?.patchMerge === true && isJsonList(before) && isJsonList(after))
      return Object.entries(listDiff(name, before, after, field));
    return [[name, after]];
  });
  return { ...Object.fromEntries(removed.map((name) => [name, null])), ...Object.fromEntries(changed) };
}

type Items = readonly JsonValue[];

function listDiff(
  name: string,
  from: Items,
  to: Items,
  field: { type: string; patchMergeKey?: string },
): JsonObject {
  const key = field.patchMergeKey;
  if (key === undefined)
    return {
      [`$setElementOrder/${name}`]: to,
      [`$deleteFromPrimitiveList/${name}`]: from.filter((item) => !to.includes(item)),
      [name]: to.filter((item) => !from.includes(item)),
    };
  const itemOf = (items: Items, item: JsonObject): JsonObject =>
    items.filter(isJsonObject).find((other) => other[key] === item[key]) ?? {};
  const [before, after] = [from.filter(isJsonObject), to.filter(isJsonObject)];
  const deleted = before.filter((item) => !Object.hasOwn(itemOf(to, item), key));
  const changes = after.map((item) => {
    const diff = strategicDiff(itemOf(from, item), item, types.type(field.type));
    return { [key]: item[key] ?? null, ...diff };
  });
  return {
    [`$setElementOrder/${name}`]: after.map((item) => ({ [key]: item[key] ?? null })),
    [name]: [...changes, ...deleted.map((item) => ({ $patch: 'delete', [key]: item[key] ?? null }))],
  };
}

test('a merge patch from one pod to another makes the one the other', () => {
  fc.assert(
    fc.property(pod, pod, (from, to) => {
      expect(mergePatch(from, strategicDiff(from, to, undefined))).toEqual(to);
    }),
  );
});

test('a JSON patch is undone by its inverse', () => {
  fc.assert(
    fc.property(pod, pod, (object, other) => {
      const path = '/spec/containers/0';
      const there = jsonPatch(object, [
        { op: 'add', path, value: other },
        { op: 'copy', from: path, path: '/spec/x~1y' },
        { op: 'test', path: '/spec/x~1y', value: other },
        { op: 'move', from: '/spec/x~1y', path: '/spec/containers/-' },
      ]);
      const back = jsonPatch(there, [
        { op: 'remove', path: '/spec/containers/-1' },
        { op: 'remove', path },
      ]);
      expect(back).toEqual(object);
    }),
  );
});

interface Applied {
  readonly applied: JsonObject;
  readonly live?: JsonObject | undefined;
  readonly manager?: string;
  readonly force?: boolean;
}

function apply({ applied, live, manager = 'me', force = false }: Applied): JsonObject {
  return serverSideApply({ live, applied, manager, force, nowMs: 0, type, types });
}

function contentOf(object: JsonObject): JsonObject {
  const { managedFields: _owners, ...rest } = objectAt(object, 'metadata');
  return { ...object, metadata: rest };
}

test('an object with one applier is what was applied last', () => {
  fc.assert(
    fc.property(pod, pod, (first, second) => {
      const live = apply({ applied: first });
      expect(contentOf(live)).toEqual(first);
      expect(contentOf(apply({ live, applied: second }))).toEqual(second);
    }),
  );
});

test('to apply again changes nothing, and what others apply by force takes nothing but what it says', () => {
  fc.assert(
    fc.property(pod, pod, (mine, yours) => {
      const live = apply({ live: apply({ applied: mine }), applied: yours, manager: 'you', force: true });
      expect(apply({ live, applied: yours, manager: 'you' })).toEqual(live);
      const back = apply({ live, applied: mine, force: true });
      expect(apply({ live: back, applied: mine })).toEqual(back);
    }),
  );
});

test('to track an update changes nothing but the owners, and no update none', () => {
  const track = (before: JsonObject | undefined, after: JsonObject, nowMs: number): JsonObject =>
    trackUpdate({ before, after, manager: 'me', nowMs, type, types });
  fc.assert(
    fc.property(pod, pod, (from, to) => {
      const live = track(undefined, from, 0);
      const after = track(live, to, 60_000);
      expect([contentOf(live), contentOf(after)]).toEqual([from, to]);
      expect(track(after, after, 120_000)).toEqual(after);
    }),
  );
});
