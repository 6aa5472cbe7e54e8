import { describe, expect, test } from 'vitest';
import { type JsonObject, listAt, objectAt, textAt } from '../../../src/base/index.ts';
import { ObjectWorld, shownPod } from './object-world.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

function world(...names: readonly string[]): ObjectWorld {
  const it = new ObjectWorld();
  for (const name of names) it.put('pods', shownPod(name, {}, { labels: { app: 'x' } }));
  return it;
}

interface Part {
  readonly status: number;
  readonly names: readonly string[];
  readonly token: string;
  readonly metadata: JsonObject;
  readonly message: unknown;
}

async function part(it: ObjectWorld, query: string, token = ''): Promise<Part> {
  const target = `/api/v1/pods?${query}${token === '' ? '' : `&continue=${token}`}`;
  const { status, body } = await it.ask('GET', target);
  const metadata = objectAt(body, 'metadata');
  const names = listAt(body, 'items').map((item) => textAt(objectAt(item, 'metadata'), 'name'));
  return { status, names, token: textAt(metadata, 'continue'), metadata, message: body.message };
}

/** All parts of a list, and what is done before each one but the first. */
async function read(
  it: ObjectWorld,
  query: string,
  between: () => void = () => undefined,
): Promise<string[][]> {
  const parts: string[][] = [];
  let token = '';
  do {
    if (parts.length > 0) between();
    const next = await part(it, query, token);
    expect(next.status).toBe(200);
    parts.push([...next.names]);
    token = next.token;
  } while (token !== '');
  return parts;
}

describe('a list in parts', () => {
  test.each<[number, string[][]]>([
    [1, [['a'], ['b'], ['c'], ['d'], ['e']]],
    [2, [['a', 'b'], ['c', 'd'], ['e']]],
    [4, [['a', 'b', 'c', 'd'], ['e']]],
    [5, [['a', 'b', 'c', 'd', 'e']]],
    [0, [['a', 'b', 'c', 'd', 'e']]],
  ])('of %i', async (limit, parts) => {
    expect(await read(world('c', 'a', 'e', 'b', 'd'), `limit=${limit}`)).toEqual(parts);
  });

  test('tells how many are left, but not of a selection', async () => {
    const it = world('a', 'b', 'c');
    expect((await part(it, 'limit=1')).metadata).toMatchObject({ remainingItemCount: 2 });
    expect((await part(it, 'limit=1&labelSelector=app%3Dx')).metadata).toEqual({
      resourceVersion: expect.any(String),
      continue: expect.any(String),
    });
    const first = await part(it, 'limit=2');
    expect((await part(it, 'limit=2', first.token)).metadata).toEqual({
      resourceVersion: first.metadata.resourceVersion,
    });
  });

  test('goes on as it was when it began, whatever changes', async () => {
    const it = world('a', 'b', 'c', 'd');
    let round = 0;
    const parts = await read(it, 'limit=1', () => {
      it.remove('pods', { namespace: 'default', name: 'c' });
      it.put('pods', shownPod(`aa-${round++}`));
    });
    expect(parts).toEqual([['a'], ['b'], ['c'], ['d']]);
  });

  test('keeps to its selection and its namespace', async () => {
    const it = world('a', 'b', 'c');
    it.put('pods', shownPod('z', {}, { namespace: 'a', labels: { app: 'x' } }));
    it.put('pods', shownPod('b2'));
    expect(await read(it, 'limit=2&labelSelector=app')).toEqual([
      ['z', 'a'],
      ['b', 'c'],
    ]);
  });

  test('as tables', async () => {
    const it = world('a', 'b', 'c');
    const { body } = await it.ask('GET', '/api/v1/pods?limit=2', undefined, { accept: TABLE });
    expect(listAt(body, 'rows')).toHaveLength(2);
    const token = textAt(body.metadata, 'continue');
    const rest = await it.ask('GET', `/api/v1/pods?continue=${token}`, undefined, { accept: TABLE });
    expect(listAt(rest.body, 'rows')).toHaveLength(1);
    expect(rest.body.metadata).toEqual(expect.not.objectContaining({ continue: expect.anything() }));
  });
});

describe('a list that is not kept any more', () => {
  test('is refused, and goes on in what there is then', async () => {
    const it = world('a', 'b', 'c', 'd');
    const first = await part(it, 'limit=1');
    it.remove('pods', { namespace: 'default', name: 'b' });
    await it.clock.advance(300_000);
    const late = await part(it, 'limit=1', first.token);
    expect([late.status, late.message]).toEqual([410, expect.stringContaining('inconsistent list')]);
    const second = await part(it, 'limit=1', late.token);
    expect([second.status, second.names]).toEqual([200, ['c']]);
    it.remove('pods', { namespace: 'default', name: 'd' });
    expect(await part(it, 'limit=1', second.token)).toMatchObject({ names: ['d'], token: '' });
  });

  test('so it is with the seventeenth', async () => {
    const it = world('a', 'b');
    const tokens: string[] = [];
    for (let list = 0; list < 17; list += 1) {
      it.put('pods', shownPod('b', {}, { labels: { list: `${list}` } }));
      tokens.push((await part(it, 'limit=1')).token);
    }
    const codes = await Promise.all(tokens.map(async (token) => (await part(it, 'limit=1', token)).status));
    expect(codes).toEqual([410, ...Array.from({ length: 16 }, () => 200)]);
  });

  test('and with another selection than it began with', async () => {
    const it = world('a', 'b');
    const { token } = await part(it, 'limit=1');
    expect((await part(it, 'limit=1&labelSelector=app', token)).status).toBe(410);
  });
});

test.each<[string, string]>([
  ['a version', 'resourceVersion=5'],
  ['a match', 'resourceVersion=5&resourceVersionMatch=Exact'],
])('with %s nothing goes on', async (_what, query) => {
  const it = world('a', 'b');
  const { token } = await part(it, 'limit=1');
  const { status, message } = await part(it, query, token);
  expect([400, 422]).toContain(status);
  expect(message).toMatch(/not allowed when using continue|forbidden for continue/);
});

test.each(['', '{}', '{"v":"meta.k8s.io/v2","rv":1,"start":"a/b"}', '{"v":"meta.k8s.io/v1","rv":"1"}', '[]'])(
  'what is no token is refused: %s',
  async (text) => {
    const token = Buffer.from(text).toString('base64url') || '!';
    expect(await part(world('a'), 'limit=1', token)).toMatchObject({ status: 400 });
  },
);
