import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonObject, silentLogger } from '../../../src/base/index.ts';
import { type ObjectChange, type ObjectSource, ObjectStore } from '../../../src/store/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** Objects by `namespace/name`; a look counts what had to be made. */
class Things implements ObjectSource {
  readonly resource: string;
  readonly held = new Map<string, { uid: string; value: number }>();
  made = 0;

  constructor(resource: string) {
    this.resource = resource;
  }

  set(key: string, value: number, uid = `uid-of-${key}`): this {
    this.held.set(key, { uid, value });
    return this;
  }

  *objects(): ReturnType<ObjectSource['objects']> {
    for (const [key, thing] of this.held) {
      const [namespace = '', name = ''] = key.split('/');
      const make = (): JsonObject => {
        this.made += 1;
        return { metadata: { namespace, name, uid: thing.uid }, value: thing.value };
      };
      yield { namespace, name, basis: [thing], make };
    }
  }
}

const world = (limits = { changes: 100, characters: 100_000 }) => {
  const clock = new VirtualClock();
  const pods = new Things('pods');
  const events = new Things('events');
  const store = new ObjectStore({ sources: [pods, events], clock, logger: silentLogger, limits });
  const told: string[] = [];
  const watch = (since: number, resource = 'pods', into = told) => {
    const ending = new AbortController();
    const isKept = store.watch(resource, since, (change) => into.push(textOf(change)), ending.signal);
    return { isKept, end: () => ending.abort() };
  };
  return { clock, pods, events, store, told, watch };
};

const textOf = ({ type, object }: ObjectChange): string => {
  const { name, uid } = object.metadata as { name: string; uid: string };
  return `${type} ${name} ${String(object.value)} ${uid}`;
};

const versionOf = (object: JsonObject | undefined): number =>
  Number((object?.metadata as JsonObject | undefined)?.resourceVersion);

describe('reads', () => {
  it('lists by namespace, then name, whatever order the source has', () => {
    const { pods, store } = world();
    pods.set('b/x', 1).set('a/y', 2).set('a/x', 3);
    const names = (namespace?: string): unknown[] =>
      store.list('pods', namespace).items.map(({ value }) => value);
    expect([names(), names('a'), names('c')]).toEqual([[3, 2, 1], [3, 2], []]);
  });

  it('makes an object anew only when its basis changed', () => {
    const { pods, store } = world();
    pods.set('a/x', 1).set('a/y', 1);
    store.list('pods');
    store.get('pods', 'a', 'x');
    expect(pods.made).toBe(2);
    pods.set('a/x', 2);
    expect([store.get('pods', 'a', 'x')?.value, pods.made]).toEqual([2, 3]);
  });

  it('gives no version to what is made anew and is the same', () => {
    const { pods, store } = world();
    pods.set('a/x', 1);
    const before = store.get('pods', 'a', 'x');
    pods.set('a/x', 1);
    expect(store.get('pods', 'a', 'x')).toBe(before);
  });

  it('versions begin at the time of the start and grow by one for each change, over all resources', () => {
    const { clock, pods, events, store } = world();
    const start = clock.nowMs();
    pods.set('a/x', 1);
    expect(versionOf(store.get('pods', 'a', 'x'))).toBe(start + 1);
    events.set('a/e', 1);
    expect(versionOf(store.get('events', 'a', 'e'))).toBe(start + 2);
    pods.set('a/x', 2);
    expect(versionOf(store.get('pods', 'a', 'x'))).toBe(start + 3);
    expect(store.list('pods').version).toBe(start + 3);
  });
});

describe('watches', () => {
  it('tells what was since, before it returns, and what comes after', async () => {
    const { clock, pods, store, told, watch } = world();
    pods.set('a/x', 1);
    const { version } = store.list('pods');
    pods.set('a/y', 1);
    const { isKept } = watch(version);
    expect([isKept, told]).toEqual([true, ['ADDED y 1 uid-of-a/y']]);
    pods.set('a/x', 2);
    pods.held.delete('a/y');
    store.noteChange();
    await clock.advance(20);
    expect(told.slice(1)).toEqual(['MODIFIED x 2 uid-of-a/x', 'DELETED y 1 uid-of-a/y']);
  });

  it('tells an object that was made anew under its name as gone and there', () => {
    const { pods, store, told, watch } = world();
    pods.set('a/x', 1, 'first');
    watch(store.list('pods').version);
    pods.set('a/x', 1, 'second');
    store.list('pods');
    expect(told).toEqual(['DELETED x 1 first', 'ADDED x 1 second']);
  });

  it('has what it was before, and on a deletion the version of the deletion', () => {
    const { pods, store } = world();
    pods.set('a/x', 1);
    const { version } = store.list('pods');
    const changes: ObjectChange[] = [];
    store.watch('pods', version, (change) => changes.push(change), new AbortController().signal);
    pods.set('a/x', 2);
    store.list('pods');
    pods.held.clear();
    store.list('pods');
    expect(changes.map(({ before }) => before?.value)).toEqual([1, undefined]);
    expect(changes.map(({ object }) => versionOf(object))).toEqual([version + 1, version + 2]);
  });

  it.each([
    ['before the first look', (version: number) => version - 1],
    ['of a time to come', (version: number) => version + 1],
  ])('refuses a version %s', (_what, since) => {
    const { pods, store, told, watch } = world();
    pods.set('a/x', 1);
    const { version } = store.list('pods');
    expect([watch(since(version)).isKept, told]).toEqual([false, []]);
  });

  it.each([
    ['changes', { changes: 2, characters: 100_000 }],
    ['characters', { changes: 100, characters: 2 * 105 }],
  ])('refuses a version whose %s are not kept any more', (_what, limits) => {
    const { pods, store, told, watch } = world(limits);
    pods.set('a/x', 0);
    const { version } = store.list('pods');
    for (const value of [1, 2, 3]) {
      pods.set('a/x', value);
      store.list('pods');
    }
    expect(watch(version).isKept).toBe(false);
    expect(watch(version + 1).isKept).toBe(true);
    expect(told).toEqual(['MODIFIED x 2 uid-of-a/x', 'MODIFIED x 3 uid-of-a/x']);
  });

  it('looks only while somebody watches, and at most every 20 ms', async () => {
    const { clock, pods, store, told, watch } = world();
    store.noteChange();
    await clock.advance(100);
    pods.set('a/x', 1);
    const { end } = watch(store.list('pods').version);
    const looks: number[] = [];
    const objects = pods.objects.bind(pods);
    pods.objects = () => {
      looks.push(clock.monotonicMs());
      return objects();
    };
    for (let ms = 0; ms < 50; ms += 5) {
      pods.set('a/x', ms);
      store.noteChange();
      await clock.advance(5);
    }
    expect([looks, told.length]).toEqual([[100, 120, 140], 3]);
    end();
    store.noteChange();
    await clock.advance(100);
    // The look at 160 was under way when the watch ended, and had nobody to tell.
    expect(looks).toEqual([100, 120, 140]);
  });

  it('a listener that reads hears what it found after what it was told, and so do all others', () => {
    const { pods, store } = world();
    const { version } = store.list('pods');
    const heard: [number[], number[]] = [[], []];
    const { signal } = new AbortController();
    const first = (change: ObjectChange): void => {
      heard[0].push(change.version - version);
      if (pods.held.size < 4) store.list(pods.set(`a/${pods.held.size}`, 1).resource);
    };
    store.watch('pods', version, first, signal);
    store.watch('pods', version, (change) => heard[1].push(change.version - version), signal);
    pods.set('a/x', 1);
    store.list('pods');
    expect(heard).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
  });

  it('a listener that fails keeps nothing from the others', () => {
    const { pods, store, told, watch } = world();
    const { version } = store.list('pods');
    const fails = (): never => {
      throw new Error('no');
    };
    store.watch('pods', version, fails, new AbortController().signal);
    watch(version);
    pods.set('a/x', 1);
    store.list('pods');
    expect(told).toEqual(['ADDED x 1 uid-of-a/x']);
  });
});

type Step =
  | { readonly do: 'set'; readonly key: string; readonly value: number; readonly uid: string }
  | { readonly do: 'remove'; readonly key: string }
  | { readonly do: 'read' }
  | { readonly do: 'note' }
  | { readonly do: 'watch'; readonly back: number };

const keys = fc.constantFrom('a/x', 'a/y', 'b/x');
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('set' as const),
      key: keys,
      value: fc.nat(2),
      uid: fc.constantFrom('one', 'two'),
    }),
    fc.record({ do: fc.constant('remove' as const), key: keys }),
    fc.record({ do: fc.constant('read' as const) }),
    fc.record({ do: fc.constant('note' as const) }),
    fc.record({ do: fc.constant('watch' as const), back: fc.nat(6) }),
  ),
  { maxLength: 60 },
);

interface Seen {
  readonly since: number;
  readonly changes: ObjectChange[];
}

/** What a client that listed at that version, and heard these changes, holds. */
function replay(
  lists: ReadonlyMap<number, ReadonlyMap<string, JsonObject>>,
  { since, changes }: Seen,
): ReadonlyMap<string, JsonObject> {
  const held = new Map(lists.get(since));
  for (const { type, object } of changes) {
    const { namespace, name } = object.metadata as { namespace: string; name: string };
    const key = `${namespace}/${name}`;
    expect(held.has(key)).toBe(type !== 'ADDED');
    if (type === 'DELETED') held.delete(key);
    else held.set(key, object);
  }
  return held;
}

it('whoever lists and watches from any version on that is kept knows all, and hears nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const { clock, pods, store } = world({ changes: 8, characters: 100_000 });
      const lists = new Map<number, ReadonlyMap<string, JsonObject>>();
      const seen: Seen[] = [];
      const list = (): ReadonlyMap<string, JsonObject> => {
        const { version, items } = store.list('pods');
        const held = items.map((item) => {
          const { namespace, name } = item.metadata as { namespace: string; name: string };
          return [`${namespace}/${name}`, item] as const;
        });
        lists.set(version, new Map(held));
        return new Map(held);
      };
      list();
      for (const step of all) {
        if (step.do === 'set') pods.set(step.key, step.value, step.uid);
        else if (step.do === 'remove') pods.held.delete(step.key);
        else if (step.do === 'read') list();
        else if (step.do === 'note') {
          store.noteChange();
          await clock.advance(20);
        } else {
          const since = [...lists.keys()].at(-1 - step.back);
          const changes: ObjectChange[] = [];
          const { signal } = new AbortController();
          if (since !== undefined && store.watch('pods', since, (change) => changes.push(change), signal))
            seen.push({ since, changes });
        }
      }
      const now = list();
      for (const each of seen) {
        expect(replay(lists, each)).toEqual(now);
        const versions = each.changes.map(({ version }) => version);
        expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
      }
    }),
    { numRuns: 300 },
  );
});
