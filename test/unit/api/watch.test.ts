import { describe, expect, test } from 'vitest';
import type { ApiRequest } from '../../../src/api/index.ts';
import { type JsonObject, textAt } from '../../../src/base/index.ts';
import { ObjectWorld, shownPod } from './object-world.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

interface Watching {
  /** `ADDED web` and the like; of a bookmark its annotations. */
  readonly events: readonly string[];
  readonly objects: readonly JsonObject[];
  readonly ended: Promise<'whole' | 'cut off'>;
  isOver: boolean;
  leave(): void;
  /** From now on nothing is read any more. */
  stall(): void;
}

function world(): ObjectWorld {
  const it = new ObjectWorld();
  it.put('pods', pod('web'));
  it.put('pods', pod('web', {}, 'other'));
  return it;
}

const pod = (name: string, labels: JsonObject = {}, namespace = 'default'): JsonObject =>
  shownPod(name, {}, { namespace, labels });

/** Watches as a client does that reads at once. */
async function watch(it: ObjectWorld, path: string, headers: ApiRequest['headers'] = {}): Promise<Watching> {
  const { status, body } = await it.answer('GET', `/api/v1/${path}`, undefined, headers);
  if (typeof body !== 'function') throw new Error(`no stream: ${status} ${String(body)}`);
  const leaving = new AbortController();
  const [events, objects]: [string[], JsonObject[]] = [[], []];
  let stalled: Promise<void> | undefined;
  const write = async (chunk: string | Uint8Array): Promise<void> => {
    for (const line of String(chunk).trimEnd().split('\n')) {
      const { type, object } = JSON.parse(line) as { type: string; object: JsonObject };
      objects.push(object);
      const annotations = (object.metadata as JsonObject | undefined)?.annotations;
      events.push(
        [type, textAt(object.metadata, 'name'), annotations && JSON.stringify(annotations)]
          .filter(Boolean)
          .join(' '),
      );
    }
    await stalled;
  };
  const watching: Watching = {
    events,
    objects,
    isOver: false,
    leave: () => leaving.abort(),
    stall: () => {
      stalled = new Promise(() => undefined);
    },
    ended: body({ write }, leaving.signal).then(
      () => 'whole',
      () => 'cut off',
    ),
  };
  void watching.ended.then(() => {
    watching.isOver = true;
  });
  await it.clock.settle();
  return watching;
}

const WATCH_LIST = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

describe('where a watch begins', () => {
  const END = 'BOOKMARK {"k8s.io/initial-events-end":"true"}';
  test.each<[string, string, readonly string[]]>([
    ['without a version: all there is', 'pods?watch=true', ['ADDED web', 'ADDED web']],
    ['version 0: the same', 'pods?watch=1&resourceVersion=0', ['ADDED web', 'ADDED web']],
    ['of one namespace', 'namespaces/default/pods?watch', ['ADDED web']],
    ['by its old path', 'watch/pods', ['ADDED web', 'ADDED web']],
    ['the same of a namespace', 'watch/namespaces/other/pods', ['ADDED web']],
    ['the same of one object', 'watch/namespaces/default/pods/db', []],
    ['all there is, and that this was all', `pods?watch=true&${WATCH_LIST}`, ['ADDED web', 'ADDED web', END]],
    ['nothing there is, and that this was all', `namespaces/none/pods?watch=true&${WATCH_LIST}`, [END]],
    ['from now on', 'pods?watch=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan', []],
    ['of nodes, also by their first name', 'watch/minions', []],
  ])('%s', async (_what, path, events) => {
    expect((await watch(world(), path)).events).toEqual(events);
  });

  test('after a version: what changed since, and what changes', async () => {
    const it = world();
    const { body } = await it.ask('GET', '/api/v1/pods');
    it.put('pods', pod('db'));
    const watching = await watch(
      it,
      `pods?watch=true&resourceVersion=${textAt(body.metadata, 'resourceVersion')}`,
    );
    it.remove('pods', { namespace: 'default', name: 'web' });
    await it.clock.advance(20);
    expect(watching.events).toEqual(['ADDED db', 'DELETED web']);
  });

  test('after a version of which the changes are not kept: to begin anew', async () => {
    const it = world();
    const watching = await watch(it, 'pods?watch=true&resourceVersion=5');
    expect(await watching.ended).toBe('whole');
    expect(watching.objects).toEqual([
      expect.objectContaining({
        kind: 'Status',
        reason: 'Expired',
        code: 410,
        message: `too old resource version: 5 (${it.store.version})`,
      }),
    ]);
  });

  test.each<[string, number, string]>([
    ['resourceVersion=999999999999999', 504, 'Too large resource version'],
    [
      'sendInitialEvents=true',
      422,
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ],
    [
      'resourceVersionMatch=NotOlderThan',
      422,
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
    ['fieldSelector=a%3Db', 400, 'field label not supported: a'],
    ['timeoutSeconds=soon', 400, 'strconv.ParseInt: parsing "soon": invalid syntax'],
  ])('%s is refused before it begins', async (query, status, message) => {
    const answer = await world().ask('GET', `/api/v1/pods?watch=true&${query}`);
    expect([answer.status, String(answer.body.message)]).toEqual([status, expect.stringContaining(message)]);
  });
});

describe('what a watch tells', () => {
  test('who begins to match is added, who does no longer is deleted, as it was known', async () => {
    const it = world();
    const watching = await watch(it, 'pods?watch=true&labelSelector=on');
    const step = async (labels: JsonObject | undefined): Promise<void> => {
      if (labels === undefined) it.remove('pods', { namespace: 'default', name: 'web' });
      else it.put('pods', pod('web', labels));
      await it.clock.advance(20);
    };
    for (const labels of [{ on: '1' }, { on: '2' }, {}, { off: '1' }, { on: '3' }, undefined])
      await step(labels);
    expect(watching.events).toEqual(['ADDED web', 'MODIFIED web', 'DELETED web', 'ADDED web', 'DELETED web']);
    const [, , deleted] = watching.objects;
    expect(deleted?.metadata).toMatchObject({ labels: { on: '2' } });
    const versions = watching.objects.map(({ metadata }) => Number(textAt(metadata, 'resourceVersion')));
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  test('of a table only the first event says what its columns are', async () => {
    const it = world();
    const columns = ({ columnDefinitions }: JsonObject) => (columnDefinitions as readonly unknown[]).length;
    const all = await watch(it, 'pods?watch=true', { accept: TABLE });
    const since = await watch(it, `pods?watch=true&resourceVersion=${it.store.version}`, { accept: TABLE });
    for (const name of ['a', 'b']) {
      it.put('pods', pod(name));
      await it.clock.advance(20);
    }
    expect(all.objects.map(columns)).toEqual([9, 0, 0, 0]);
    expect(since.objects.map(columns)).toEqual([9, 0]);
    expect(since.objects.map(({ kind, rows }) => [kind, (rows as unknown[]).length])).toEqual([
      ['Table', 1],
      ['Table', 1],
    ]);
  });

  test('a change that is told later has the age of then', async () => {
    const it = world();
    const { version } = it.store.list('pods');
    it.put('pods', pod('db'));
    const age = async (): Promise<unknown> => {
      const { objects } = await watch(it, `pods?watch=true&resourceVersion=${version}`, { accept: TABLE });
      return JSON.stringify(objects[0]?.rows).match(/"6\d+m"/)?.[0];
    };
    const first = await age();
    await it.clock.advance(60_000);
    expect([first, await age()]).toEqual(['"60m"', '"61m"']);
  });

  test('a bookmark a minute, for those who take them', async () => {
    const it = world();
    const taking = await watch(it, 'nodes?watch=true&allowWatchBookmarks=true');
    const other = await watch(it, 'nodes?watch=true');
    it.put('pods', pod('db'));
    it.store.list('pods');
    await it.clock.advance(125_000);
    expect([taking.events, other.events]).toEqual([['BOOKMARK', 'BOOKMARK'], []]);
    expect(taking.objects[0]).toEqual({
      kind: 'Node',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(it.store.version), creationTimestamp: null },
    });
  });

  test('all who watch in one form are told in the same words', async () => {
    const it = world();
    const all = await Promise.all(
      Array.from({ length: 5 }, () => watch(it, 'pods?watch=true&resourceVersion=0')),
    );
    it.put('pods', pod('db'));
    await it.clock.advance(20);
    for (const { objects } of all) expect(objects).toEqual(all[0]?.objects);
    expect(all[0]?.events).toEqual(['ADDED web', 'ADDED web', 'ADDED db']);
  });
});

describe('how a watch ends', () => {
  test('when its time is over', async () => {
    const it = world();
    const watching = await watch(it, 'pods?watch=true&timeoutSeconds=90');
    await it.clock.advance(89_999);
    expect(watching.isOver).toBe(false);
    await it.clock.advance(1);
    expect(await watching.ended).toBe('whole');
  });

  test('when its client has gone: nothing is left of it', async () => {
    const it = world();
    const watching = await watch(it, 'pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=900');
    watching.leave();
    expect(await watching.ended).toBe('whole');
    it.put('pods', pod('db'));
    await it.clock.advance(1_000_000);
    expect(watching.events).toEqual(['ADDED web', 'ADDED web']);
  });

  test('a client that does not read is cut off when too much waits for it', async () => {
    const it = world();
    const watching = await watch(it, 'pods?watch=true');
    const other = await watch(it, 'pods?watch=true');
    watching.stall();
    const large = (index: number) => pod('db', { [`at-${index}`]: 'x'.repeat(500_000) });
    for (let index = 0; index < 12; index += 1) {
      it.put('pods', large(index));
      await it.clock.advance(20);
    }
    expect([watching.isOver, other.isOver]).toEqual([true, false]);
    expect(await watching.ended).toBe('cut off');
    expect([watching.events.length, other.events.length]).toEqual([3, 14]);
  });

  test('a client that does not read is not waited for when its time is over', async () => {
    const it = world();
    const watching = await watch(it, 'pods?watch=true&timeoutSeconds=60');
    watching.stall();
    it.put('pods', pod('db'));
    await it.clock.advance(60_000);
    expect(await watching.ended).toBe('whole');
  });
});
