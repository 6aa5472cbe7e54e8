import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiResponse, createRouter, type PodVersions } from '../../../../src/api/index.ts';
import { createRouteTable } from '../../../../src/api/route-table.ts';
import { podletRoute } from '../../../../src/api/routes/podlet-route.ts';
import { ApiFailure } from '../../../../src/apimachinery/index.ts';
import { type JsonObject, objectAt, silentLogger } from '../../../../src/base/index.ts';
import { asPodUid } from '../../../../src/pod/index.ts';
import { node } from '../../cli/reports.ts';
import { apiRequest, bodyText } from '../ask.ts';
import { ObjectWorld } from '../object-world.ts';

let world: ObjectWorld;
let uids: number;
let lookedAtMs: number;
let inForce: boolean;
let client: AbortController;

// What routes need is loaded once, which takes turns that are no time of the clock here.
beforeAll(() => createRouteTable([]));

beforeEach(() => {
  world = new ObjectWorld();
  uids = 0;
  lookedAtMs = 0;
  inForce = false;
  client = new AbortController();
});

const versions: PodVersions = {
  mark: () => 1,
  isFound: () => true,
  isInForce: () => inForce,
  createdAtMs: () => Date.UTC(2026, 0, 1),
};

/** Every object of the body is a line of JSON. */
const objectsOf = async (text: string) =>
  text.split('\n').map((line) => {
    const object: JsonObject = JSON.parse(line);
    return { resource: `${String(object.kind).toLowerCase()}s`, object };
  });

function start(objects: readonly JsonObject[], query = ''): Promise<ApiResponse> {
  const lookedAt = () => new Date(lookedAtMs).toISOString();
  const passOf = (lastAt: string) => ({
    triggers: [],
    at: lastAt,
    count: 1,
    lastAt,
    snapshot: 1,
    observed: [],
    actions: [],
    waiting: [],
  });
  const why = () => [
    { namespace: '', name: '', uid: asPodUid('old'), status: '', passes: [passOf(lookedAt())] },
  ];
  const route = podletRoute({
    ...{ objects: world.store, writer: world, clock: world.clock, manifests: { objectsOf }, versions, why },
    newUid: () => `uid-${++uids}`,
    report: () => ({ ...node(), pods: [] }),
  });
  const body = Buffer.from(objects.map((object) => JSON.stringify(object)).join('\n'));
  const request = apiRequest(`/pods${query}`, { method: 'POST', body, signal: client.signal });
  return createRouter([route], silentLogger).answer(request);
}

async function told(answer: Promise<ApiResponse>): Promise<[number, JsonObject]> {
  const given = await world.clock.complete(answer);
  return [given.status, JSON.parse(await bodyText(given))];
}

function pod(name: string, image = 'i'): JsonObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } },
    spec: { containers: [{ name: 'app', image }] },
  };
}

const map: JsonObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm', namespace: 'default' },
};

/** Whatever pods are there, this is what becomes of them. */
function become(state: JsonObject, phase = 'Running'): void {
  const status = {
    phase,
    containerStatuses: [{ name: 'app', image: 'i', containerID: 'containerd://c1', state }],
  };
  const save = world.save.bind(world);
  world.save = async (resource, object) => {
    const saved = await save(resource, object);
    if (resource === 'pods') world.put('pods', { ...saved, status });
    return saved;
  };
}

const names = (): readonly unknown[] =>
  ['pods', 'configmaps'].flatMap((resource) =>
    world.store.list(resource).items.map(({ metadata }) => objectAt({ metadata }, 'metadata').name),
  );

const running: JsonObject = { running: { startedAt: '2026-01-01T00:00:01Z' } };

describe('what is new', () => {
  test('is written in order, and told when it runs', async () => {
    become(running);
    const state = { Status: 'running', Running: true, ExitCode: 0, Error: '' };
    const times = { StartedAt: '2026-01-01T00:00:01Z', FinishedAt: '0001-01-01T00:00:00Z' };
    expect(await told(start([pod('web'), map]))).toEqual([
      200,
      [
        {
          ...{ Id: 'c1', Name: 'app', Created: '2026-01-01T00:00:00.000Z', State: { ...state, ...times } },
          ...{ Pod: 'web', Namespace: 'default', Image: 'i' },
        },
      ],
    ]);
    const calls = world.calls.map(([what, resource]) => `${what} ${resource}`);
    expect(calls).toEqual(['check pods', 'check configmaps', 'save configmaps', 'save pods']);
    const identity = { uid: 'uid-1', creationTimestamp: '2026-01-01T12:00:00Z', generation: 1 };
    expect(world.shown('pods', { namespace: 'default', name: 'web' }).metadata).toMatchObject(identity);
  });

  test('is deleted again where it cannot run', async () => {
    const message = 'no such file';
    become({ terminated: { exitCode: 128, reason: 'StartError', message } }, 'Failed');
    expect(await told(start([map, pod('a')]))).toMatchObject([
      502,
      {
        ...{ kind: 'Status', reason: 'StartError', code: 502 },
        message:
          'pod "default/a": container "app": StartError: no such file; what was new is deleted again, what was there is as it was',
      },
    ]);
    expect(names()).toEqual([]);
  });

  test('is deleted again where it takes too long', async () => {
    become({ waiting: {} }, 'Pending');
    const [status, { message }] = await told(start([pod('a')], '?timeout=90s'));
    expect([status, message]).toEqual([
      504,
      expect.stringMatching(/^pod "default\/a" does not run after 90 s; what/),
    ]);
    expect(names()).toEqual([]);
    expect(world.clock.monotonicMs()).toBe(90_000);
  });

  test('stays where nobody waits any more', async () => {
    become({ waiting: {} }, 'Pending');
    const answer = start([pod('a')]);
    await world.clock.advance(1_000);
    client.abort();
    expect((await told(answer))[0]).toBe(503);
    expect(names()).toEqual(['a']);
  });

  test('is not begun where anything is refused', async () => {
    world.files.set('pods/default/b', '/etc/b.yaml');
    expect(await told(start([map, pod('a'), pod('b')]))).toMatchObject([
      403,
      { message: 'it is defined by /etc/b.yaml' },
    ]);
    expect(names()).toEqual([]);
  });

  test('is taken back where the disk refuses the rest', async () => {
    const save = world.save.bind(world);
    world.save = async (resource, object) => {
      if (objectAt(object, 'metadata').name === 'b') throw new ApiFailure('InternalError', 'disk full');
      return save(resource, object);
    };
    expect(await told(start([map, pod('a'), pod('b')]))).toMatchObject([500, { message: 'disk full' }]);
    expect(names()).toEqual([]);
  });
});

describe('what is there', () => {
  const name = { namespace: 'default', name: 'web' };
  const metadata = { ...name, uid: 'old', creationTimestamp: 'then', generation: 4 };

  beforeEach(() => {
    const status = {
      phase: 'Running',
      containerStatuses: [{ name: 'app', image: 'i', containerID: 'containerd://c0', state: running }],
    };
    world.put('pods', { ...pod('web', 'before'), metadata, status });
  });

  test('keeps its identity, and is told when the new version runs', async () => {
    const answer = told(start([pod('web', 'after')]));
    await world.clock.advance(5_000);
    const shown = world.shown('pods', name);
    expect(shown).toMatchObject({
      metadata: { ...metadata, generation: 5 },
      spec: { containers: [{ image: 'after' }] },
    });
    inForce = true;
    expect(await answer).toMatchObject([200, [{ Id: 'c0' }]]);
  });

  test('gets its version back where the new one cannot run, which only a later pass can know', async () => {
    const waiting = { phase: 'Failed', reason: 'Evicted' };
    const answer = told(start([pod('web', 'after')]));
    await world.clock.advance(1_000);
    world.put('pods', { ...world.shown('pods', name), status: waiting });
    await world.clock.advance(1_000);
    expect(world.shown('pods', name)).toMatchObject({ spec: { containers: [{ image: 'after' }] } });
    lookedAtMs = world.clock.nowMs();
    expect(await answer).toMatchObject([502, { reason: 'Evicted' }]);
    expect(world.shown('pods', name)).toMatchObject({
      metadata: { uid: 'old' },
      spec: { containers: [{ image: 'before' }] },
    });
  });

  describe('and is being deleted', () => {
    beforeEach(() =>
      world.put('pods', { ...pod('web'), metadata: { ...metadata, deletionTimestamp: 'now' } }),
    );

    test('is waited for, and followed by a new one', async () => {
      become(running);
      const answer = told(start([pod('web', 'after')]));
      await world.clock.advance(20_000);
      expect(world.calls).toEqual([]);
      world.remove('pods', name);
      expect(await answer).toMatchObject([200, [{ Pod: 'web' }]]);
      expect(world.shown('pods', name)).toMatchObject({ metadata: { uid: 'uid-1', generation: 1 } });
    });

    test('is left alone where that takes too long', async () => {
      expect(await told(start([pod('web')], '?timeout=90s'))).toMatchObject([409, { reason: 'Conflict' }]);
      expect([world.calls, world.clock.monotonicMs()]).toEqual([[], 90_000]);
    });

    test('takes from the time that the new one has', async () => {
      become({ waiting: {} }, 'Pending');
      const answer = told(start([pod('web')], '?timeout=90s'));
      await world.clock.advance(20_000);
      world.remove('pods', name);
      expect(await answer).toMatchObject([504, { reason: 'Timeout' }]);
      expect(world.clock.monotonicMs()).toBe(90_000);
    });

    test('is not followed by what nobody waits for any more', async () => {
      const answer = told(start([pod('web')]));
      await world.clock.advance(20_000);
      client.abort();
      expect((await answer)[0]).toBe(409);
      expect(world.calls).toEqual([]);
    });

    test('keeps nobody else waiting', async () => {
      become(running);
      const answer = told(start([pod('web')]));
      expect((await told(start([pod('other')])))[0]).toBe(200);
      world.remove('pods', name);
      expect((await answer)[0]).toBe(200);
    });
  });
});

test.each(['?timeout=never', '?timeout=0s', '?timeout=2h'])('%s is no time', async (query) => {
  const message = 'timeout: must be a duration like 30s or 2m, at most 1h';
  expect(await told(start([pod('a')], query))).toMatchObject([400, { message }]);
});
