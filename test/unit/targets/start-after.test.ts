import { describe, expect, test } from 'vitest';
import { annotation, asPodUid, noObjects, type Pod, type PodKey } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { findTargets, type Target, type TargetsInput } from '../../../src/targets/index.ts';
import type { Readiness } from '../../../src/targets/start-after.ts';
import { makePod, makeRecord, makeSandbox, nowMs } from '../plan/base.ts';
import { badFile, goodFile, manifestsOf } from './manifests.ts';

/** A pod that begins after others, named as in the annotation. */
function podAfter(name: string, startAfter?: string, changes: Parameters<typeof makePod>[0] = {}): Pod {
  const annotations = startAfter === undefined ? {} : { [annotation.startAfter]: startAfter };
  return makePod({ ...changes, metadata: { name, annotations } });
}

const uidOf = (pod: Pod) => asPodUid(`uid-${pod.metadata.name}`);
const fileOf = (pod: Pod) => `/m/${pod.metadata.name}.yaml`;

function recordOf(pod: Pod, changes: Partial<PodRecord> = {}): PodRecord {
  return makeRecord({ uid: uidOf(pod), file: fileOf(pod), pod, ...changes });
}

function filesOf(...pods: Pod[]) {
  return manifestsOf(...pods.map((pod) => goodFile(fileOf(pod), pod)));
}

function find(changes: Partial<TargetsInput>) {
  const { targets, refused } = findTargets({
    ...{ manifests: manifestsOf(), records: [], own: [], foreign: [], usedBy: () => noObjects },
    newUid: (key) => asPodUid(`uid-${key.split('/')[1]}`),
    ...changes,
  });
  return { targets: [...targets.values()], refused };
}

const nameOf = (target: Target) => target.uid.replace('uid-', '');

/** The messages of those that wait, by name. */
function waiting(targets: readonly Target[]): Record<string, string> {
  return Object.fromEntries(
    targets.flatMap((target) =>
      target.kind !== 'hold' && target.blocked !== undefined
        ? [[nameOf(target), `${target.blocked.reason}: ${target.blocked.message}`] as const]
        : [],
    ),
  );
}

const db = podAfter('db');
const queue = podAfter('queue');
const web = podAfter('web', 'db');
const forDb = { web: 'StartAfter: waits for pod "default/db" to be Ready' };

/** Those are as told, the others not ready. */
const readiness =
  (known: Record<string, Readiness>): NonNullable<TargetsInput['readinessOf']> =>
  (uid) =>
    known[uid.replace('uid-', '')] ?? 'not-ready';

describe('a pod that starts after another', () => {
  test.each<[Readiness, Record<string, string>]>([
    ['not-ready', forDb],
    ['ready', {}],
    ['succeeded', {}],
  ])('where that one is %s', (state, expected) => {
    const { targets } = find({ manifests: filesOf(db, web), readinessOf: readiness({ db: state }) });
    expect(waiting(targets)).toEqual(expected);
  });

  test('waits for a pod that nobody has looked at yet, as after a start of the daemon', () => {
    expect(waiting(find({ manifests: filesOf(web, db) }).targets)).toEqual(forDb);
  });

  test('says that no manifest defines it', () => {
    const absent = { web: 'StartAfter: waits for pod "default/db", which no valid manifest defines' };
    expect(waiting(find({ manifests: filesOf(web) }).targets)).toEqual(absent);
  });

  test('waits for one whose file is broken, if it is known', () => {
    const manifests = manifestsOf(goodFile(fileOf(web), web), badFile(fileOf(db)));
    expect(waiting(find({ manifests, records: [recordOf(db)] }).targets)).toEqual(forDb);
  });

  test('waits for one that is only held, whose record is lost', () => {
    const manifests = manifestsOf(goodFile(fileOf(web), web), badFile(fileOf(db)));
    const sandbox = makeSandbox({ uid: uidOf(db) }, db);
    const source = { [annotation.source]: fileOf(db) };
    const own = [{ ...sandbox, annotations: { ...sandbox.annotations, ...source } }];
    expect(waiting(find({ manifests, own }).targets)).toEqual(forDb);
  });

  test('waits for all it names, in their order', () => {
    const both = podAfter('web', 'db, default/queue');
    const manifests = filesOf(both, db, queue);
    const found = (known: Record<string, Readiness>) =>
      waiting(find({ manifests, readinessOf: readiness(known) }).targets);
    expect(found({ queue: 'ready' })).toEqual(forDb);
    expect(found({ db: 'ready' })).toEqual({
      web: 'StartAfter: waits for pod "default/queue" to be Ready',
    });
    expect(found({ db: 'ready', queue: 'succeeded' })).toEqual({});
  });

  test('means the pod of that namespace', () => {
    const there = podAfter('web', 'prod/db');
    expect(waiting(find({ manifests: filesOf(there, db), readinessOf: () => 'ready' }).targets)).toEqual({
      web: 'StartAfter: waits for pod "prod/db", which no valid manifest defines',
    });
  });

  test('holds no host port while it waits', () => {
    const port = [{ containerPort: 80, hostPort: 80, protocol: 'TCP' as const }];
    const first = podAfter('web', 'db', { app: { ports: port } });
    const second = podAfter('zoo', undefined, { app: { ports: port } });
    expect(waiting(find({ manifests: filesOf(first, second, db) }).targets)).toEqual(forDb);
  });

  test('is told of each version by what that one names', () => {
    const edited = podAfter('web', 'queue');
    const { targets } = find({
      manifests: filesOf(edited, db, queue),
      records: [recordOf(web)],
      readinessOf: readiness({ queue: 'ready' }),
    });
    const [target] = targets;
    const standing = { pod: web, uses: noObjects };
    const blocked = { reason: 'StartAfter', message: 'waits for pod "default/db" to be Ready' };
    expect(target).toEqual({
      ...{ kind: 'run', uid: 'uid-web', pod: edited, file: '/m/web.yaml', stale: false, uses: noObjects },
      standing: { ...standing, blocked },
    });
  });
});

describe('pods that wait for each other', () => {
  const path = 'metadata.annotations[tinylet.dev/start-after]';
  const message = 'cycle: default/a → default/b → default/a';
  const refusal = (name: string, text = message) => ({
    ...{ file: `/m/${name}.yaml`, line: 1, column: 1, path, message: text },
  });
  const a = podAfter('a', 'b');
  const b = podAfter('b', 'a');
  const outside = podAfter('outside', 'a');

  test('are refused by the names of all, in the file of each, and do not start', () => {
    const { targets, refused } = find({ manifests: filesOf(a, b) });
    expect(refused).toEqual([refusal('a'), refusal('b')]);
    expect(targets).toEqual([]);
  });

  test('one that only waits for them is not refused, and waits', () => {
    const { targets, refused } = find({ manifests: filesOf(outside, a, b) });
    expect(refused).toEqual([refusal('a'), refusal('b')]);
    expect(waiting(targets)).toEqual({
      outside: 'StartAfter: waits for pod "default/a", which no valid manifest defines',
    });
  });

  test('each is told of the shortest way round itself', () => {
    const long = [podAfter('a', 'b'), podAfter('b', 'c, a'), podAfter('c', 'a')];
    expect(find({ manifests: filesOf(...long) }).refused).toEqual([
      refusal('a'),
      refusal('b'),
      refusal('c', 'cycle: default/a → default/b → default/c → default/a'),
    ]);
  });

  test('one that is on record goes on with its version; the other one does not start', () => {
    const before = podAfter('a');
    const { targets, refused } = find({ manifests: filesOf(a, b), records: [recordOf(before)] });
    expect(refused).toEqual([refusal('a'), refusal('b')]);
    expect(targets).toEqual([
      { kind: 'run', uid: 'uid-a', pod: before, file: '/m/a.yaml', stale: true, uses: noObjects },
    ]);
  });

  test('a version that was read before, and is not in force yet, goes on being wanted', () => {
    const [first, second] = [podAfter('a'), podAfter('a', undefined, { app: { image: 'app:2' } })];
    const { targets } = find({
      manifests: filesOf(a, b),
      records: [recordOf(first)],
      lastRead: (uid) => (uid === 'uid-a' ? second : undefined),
    });
    const standing = { pod: first, uses: noObjects };
    expect(targets).toEqual([
      { kind: 'run', uid: 'uid-a', pod: second, file: '/m/a.yaml', stale: true, uses: noObjects, standing },
    ]);
  });

  test('where going back leads into another cycle, that one is refused, too', () => {
    const c = podAfter('c', 'a');
    const records = [recordOf(podAfter('a', 'c')), recordOf(podAfter('b')), recordOf(podAfter('c'))];
    const { targets, refused } = find({ manifests: filesOf(a, b, c), records });
    expect(refused).toEqual([
      refusal('a'),
      refusal('b'),
      refusal('c', 'cycle: default/a → default/c → default/a'),
    ]);
    expect(targets).toMatchObject(records.map(({ uid, pod }) => ({ uid, pod, stale: true })));
  });

  test('recorded versions that wait for each other run on, and none begins anew', () => {
    const { targets, refused } = find({ manifests: filesOf(a, b), records: [recordOf(a), recordOf(b)] });
    expect(refused).toEqual([refusal('a'), refusal('b')]);
    expect(targets).toMatchObject([
      { pod: a, stale: true },
      { pod: b, stale: true },
    ]);
    expect(waiting(targets)).toEqual({
      a: 'StartAfter: waits for pod "default/b" to be Ready',
      b: 'StartAfter: waits for pod "default/a" to be Ready',
    });
  });

  test('one whose record is lost and that runs is left as it is', () => {
    const { targets } = find({ manifests: filesOf(a, b), own: [makeSandbox({ uid: uidOf(a) }, a)] });
    expect(targets).toEqual([{ kind: 'hold', uid: 'uid-a', key: 'default/a', file: '/m/a.yaml' }]);
  });

  test('a long row without a cycle is none', () => {
    const row = Array.from({ length: 200 }, (_, at) =>
      podAfter(`p${at}`, at === 0 ? undefined : `p${at - 1}`),
    );
    expect(find({ manifests: filesOf(...row) }).refused).toEqual([]);
  });
});

describe('of pods that are removed at once', () => {
  const records = [recordOf(db), recordOf(web)];
  const stopsLater = { db: 'StopAfter: stops after pod "default/web", which was started after it' };

  test('one that another was started after waits for its end', () => {
    const { targets } = find({ records });
    expect(targets.map(({ kind }) => kind)).toEqual(['remove', 'remove']);
    expect(waiting(targets)).toEqual(stopsLater);
  });

  test.each<[string, Partial<TargetsInput>]>([
    ['the other one stays', { records, manifests: filesOf(web) }],
    ['the other one is gone', { records: [recordOf(db)] }],
    ['its own removal has begun', { records: [recordOf(db, { deletionStartedAtMs: nowMs }), recordOf(web)] }],
    ['they were started after each other', { records: [recordOf(podAfter('db', 'web')), recordOf(web)] }],
    [
      'the record of the other one is lost',
      { records: [recordOf(db)], own: [makeSandbox({ uid: uidOf(web) }, web)] },
    ],
  ])('it does not wait where %s', (_case, changes) => {
    const removed = find(changes).targets.filter(({ kind }) => kind === 'remove');
    expect(waiting(removed)).toEqual({});
    expect(removed.length).toBeGreaterThan(0);
  });

  test('it waits also for one whose removal has begun', () => {
    const begun = recordOf(web, { deletionStartedAtMs: nowMs });
    expect(waiting(find({ records: [recordOf(db), begun] }).targets)).toEqual(stopsLater);
  });

  test('by the version on record, not by what was read since', () => {
    const lastRead = () => podAfter('web');
    expect(waiting(find({ records, lastRead }).targets)).toEqual(stopsLater);
  });

  test('those of a cycle do not wait for each other, but for who was started after it', () => {
    const cycle = [podAfter('a', 'b'), podAfter('b', 'a'), podAfter('c', 'b')];
    expect(waiting(find({ records: cycle.map((pod) => recordOf(pod)) }).targets)).toEqual({
      b: 'StopAfter: stops after pod "default/c", which was started after it',
    });
  });
});

describe('a node that is shut down', () => {
  const shutdown = { startedAtMs: nowMs, forMs: 30_000 };
  const ready = (pod: Pod) => makeSandbox({ uid: uidOf(pod) }, pod);
  const halt = (pod: Pod, deadlineMs: number, changes: object = {}) => ({
    ...{ kind: 'halt', uid: uidOf(pod), key: `default/${pod.metadata.name}` as PodKey, file: fileOf(pod) },
    deadlineMs,
    ...changes,
  });
  const afterWeb = {
    reason: 'StopAfter',
    message: 'stops after pod "default/web", which was started after it',
  };

  test('stops every pod in the reverse order, each within its share of the time', () => {
    const pods = [db, web, queue];
    const { targets } = find({
      manifests: filesOf(...pods),
      records: pods.map((pod) => recordOf(pod)),
      own: pods.map(ready),
      shutdown,
    });
    expect(targets).toEqual([
      halt(db, nowMs + 30_000, { blocked: { ...afterWeb, untilMs: nowMs + 15_000 } }),
      halt(web, nowMs + 15_000),
      halt(queue, nowMs + 30_000),
    ]);
  });

  test('goes on to the next where the one before has stopped', () => {
    const records = [recordOf(db), recordOf(web)];
    const { targets } = find({ manifests: filesOf(db, web), records, own: [ready(db)], shutdown });
    expect(targets).toEqual([halt(db, nowMs + 30_000), halt(web, nowMs + 15_000)]);
  });

  test('waits for one whose sandbox is still being made', () => {
    const making = new Map([[uidOf(web), [web]]]);
    const records = [recordOf(db), recordOf(web)];
    const { targets } = find({ manifests: filesOf(db, web), records, own: [ready(db)], making, shutdown });
    expect(waiting(targets)).toEqual({ db: `StopAfter: ${afterWeb.message}` });
  });

  test('brings removals to their end, in the same order', () => {
    const records = [recordOf(db), recordOf(web)];
    const { targets } = find({ manifests: filesOf(db), records, own: [ready(db)], shutdown });
    expect(targets.map(({ kind }) => kind)).toEqual(['halt', 'remove']);
    expect(waiting(targets)).toEqual({ db: `StopAfter: ${afterWeb.message}` });
  });

  test('stops what is only held, too', () => {
    const source = { [annotation.source]: fileOf(db) };
    const own = [{ ...ready(db), annotations: source }];
    const { targets } = find({ manifests: manifestsOf(badFile(fileOf(db))), own, shutdown });
    expect(targets).toEqual([halt(db, nowMs + 30_000)]);
  });

  test('gives a row of three a third each, and a shorter row halves', () => {
    const [one, two, three] = [podAfter('one'), podAfter('two', 'one'), podAfter('three', 'two')];
    const pods = [one, two, three, podAfter('side', 'one')];
    const records = pods.map((pod) => recordOf(pod));
    const { targets } = find({ manifests: filesOf(...pods), records, own: pods.map(ready), shutdown });
    const times = targets.map((target) =>
      target.kind === 'halt'
        ? [
            nameOf(target),
            (target.deadlineMs - nowMs) / 1000,
            ((target.blocked?.untilMs ?? nowMs) - nowMs) / 1000,
          ]
        : [],
    );
    expect(times).toEqual([
      ['one', 30, 20],
      ['two', 20, 10],
      ['three', 10, 0],
      ['side', 15, 0],
    ]);
  });
});
