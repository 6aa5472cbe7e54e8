import { describe, expect, test } from 'vitest';
import type { ImageNeed, ImageState } from '../../../src/images/index.ts';
import { asContainerId, asPodUid, noObjects, nothingObserved, type Pod } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import {
  detailsOf,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planFor,
  pod,
  ready,
  runTarget,
  surroundings,
  usersBase,
} from './base.ts';
import {
  crashed,
  edited,
  oldUses,
  probe,
  pulling,
  type RunInput,
  running,
  type Shown,
  taken,
  v1,
  v2,
  v3,
  versionOf,
  waiting,
  wish,
  wishing,
} from './version-of.ts';

describe('a new version begins anew on record', () => {
  test('without what was of the last one; what is under way stays', () => {
    const rejected = { pod: v3, atMs: 1, message: 'late' };
    const stops = { 'app-0': { startedAtMs: nowMs, graceSeconds: 30 } };
    const starts = { [asContainerId('app-0')]: { started: true } as const };
    const record = makeRecord({ ready: true, rejected, previous: v3, stops, starts, usersBase: 131_072 });
    expect(versionOf(edited, { record })).toEqual(taken(edited, { stops, starts, usersBase: 131_072 }));
  });

  test('with a block of user ids where it needs one', () => {
    const wanted = makePod({ spec: { hostUsers: false } });
    const userNamespaces = {
      ...surroundings.runtime,
      handlers: new Map([['', { userNamespaces: true, recursiveReadOnlyMounts: false }]]),
    };
    const { record } = versionOf(wanted, {
      surroundings: { ...surroundings, runtime: userNamespaces },
      observed: nothingObserved,
    });
    expect(record).toEqual(makeRecord({ pod: wanted, changedAtMs: nowMs, usersBase }));
  });

  test.each<[string, Pod, Partial<PodRecord>, ReturnType<typeof observe>, Pod | undefined]>([
    ['was Ready', v2, { ready: true }, crashed(v1), v1],
    ['was Ready, not the one before', v2, { ready: true, previous: v3 }, crashed(v1), v1],
    ['is Ready now', v2, {}, running(v1), v1],
    ['is Ready for a moment', v2, {}, running(v1, 1), v1],
    ['is not Ready', v2, {}, crashed(v1), undefined],
    ['is not Ready: the one before goes first', v2, { previous: v3 }, crashed(v1), v3],
    ['never was Ready for long: the one before goes first', v2, { previous: v3 }, running(v1, 1), v3],
    [
      'was Ready, where nobody wishes to go back',
      edited,
      { ready: true, previous: v3 },
      running(v1),
      undefined,
    ],
  ])('the last version %s', (_case, wanted, changes, observed, previous) => {
    const record = makeRecord({ pod: v1, ...changes });
    const { ready: _, previous: __, ...rest } = record;
    expect(versionOf(wanted, { record, observed }).record).toEqual({
      ...rest,
      pod: wanted,
      changedAtMs: nowMs,
      ...(previous !== undefined && { previous }),
    });
  });
});

/** The version 2, in force for the given time, after version 1, which was Ready. */
const since = (agoMs: number, changes: Partial<PodRecord> = {}): PodRecord =>
  makeRecord({ pod: v2, changedAtMs: nowMs - agoMs, previous: v1, ...changes });

describe('a version that is Ready is what later ones go back to', () => {
  const gated = wishing(2);
  const withGates = { ...gated, spec: { ...gated.spec, readinessGates: ['ready.example'] } };
  const probed = makePod({
    metadata: { annotations: wish() },
    app: { image: 'app:2', readinessProbe: probe() },
  });
  const job = makePod({ metadata: { annotations: wish() }, spec: { restartPolicy: 'OnFailure' } });
  const side = makePod({
    metadata: { annotations: wish() },
    spec: { initContainers: [makeContainer('side', { restartPolicy: 'Always' })] },
  });
  const healthy = (isReady: boolean) =>
    new Map([[asContainerId('app-0'), { started: true, ready: isReady }]]);
  const done = (exitCode: number) => {
    const details = detailsOf({ finishedAtMs: nowMs - 1, exitCode });
    return observe({
      sandboxes: [],
      containers: ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }, job)),
      details: { 'app-0': details, 'log-0': detailsOf({ finishedAtMs: nowMs, exitCode: 0 }) },
    });
  };
  const stops = { 'app-0': { startedAtMs: nowMs, graceSeconds: 30 } };
  const inSide = [makeInstance('app', {}, side), makeInstance('log', {}, side)];

  test.each<[string, boolean, Pod, Partial<RunInput>]>([
    ['all its containers have run for a while', true, v2, { observed: running(v2) }],
    ['they have run for 10 s', true, v2, { observed: running(v2, 10_000) }],
    ['they have run for less', false, v2, { observed: running(v2, 9_999) }],
    ['they began after a clock was set back', true, v2, { observed: running(v2, -60_000) }],
    ['one has crashed', false, v2, { observed: crashed(v2) }],
    ['another version runs still', false, v2, { observed: running(v1) }],
    ['one is being stopped', false, v2, { observed: running(v2), record: since(30_000, { stops }) }],
    ['its probe has not succeeded', false, probed, { observed: running(probed), health: healthy(false) }],
    ['nobody has probed it', false, probed, { observed: running(probed) }],
    ['its probe has succeeded', true, probed, { observed: running(probed), health: healthy(true) }],
    ['it has readiness gates', false, withGates, { observed: running(withGates) }],
    ['its sidecar is missing', false, side, { observed: observe({ containers: inSide }) }],
    [
      'its sidecar runs, too',
      true,
      side,
      { observed: observe({ containers: [...inSide, makeInstance('side', {}, side)] }) },
    ],
    ['it has succeeded', true, job, { observed: done(0) }],
    ['it has failed', false, job, { observed: done(1) }],
  ])('%s: %s', (_case, isReady, of, changes) => {
    const before = changes.record ?? since(30_000);
    const record = { ...before, pod: of };
    const { previous: _, ...rest } = record;
    const version = versionOf(of, { ...changes, record });
    expect(version.record).toEqual(isReady ? { ...rest, ready: true } : record);
  });

  test('not for a pod that does not wish to go back', () => {
    const record = makeRecord({ changedAtMs: nowMs - 30_000 });
    expect(versionOf(pod, { record }).record).toBe(record);
  });

  test('not sooner than 10 s after an edit that replaces nothing', () => {
    const relabelled = makePod({
      metadata: { annotations: wish(), labels: { a: 'b' } },
      app: { image: 'app:1' },
    });
    const record = makeRecord({ pod: v1, ready: true });
    expect(versionOf(relabelled, { record, observed: running(v1) })).toEqual({
      ...taken(relabelled, { previous: v1 }),
      wakeAtMs: nowMs + 10_000,
    });
  });

  test('the first one, too, is looked at again when it may be taken for Ready', () => {
    const record = makeRecord({ pod: v1, createdAtMs: nowMs - 30_000 });
    expect(planFor(v1, running(v1, 4_000), { record })).toEqual({
      ...{ actions: [], waits: [], wakeAtMs: nowMs + 6_000 },
    });
    expect(planFor(v1, crashed(v1), { record }).wakeAtMs).toBeUndefined();
  });

  test('also while a later one is waited for', () => {
    const version = versionOf(v3, { record: since(30_000), observed: running(v2), image: () => pulling });
    const { previous: _, ...rest } = since(30_000);
    expect([version.pod, version.record]).toEqual([v2, { ...rest, ready: true }]);
  });
});

describe('a version that is not Ready in time', () => {
  const message = 'version not Ready within 60s: back to the last version that was';
  const late = (record: PodRecord, changes: Partial<RunInput> = {}): Shown =>
    versionOf(record.pod, {
      observed: crashed(v2),
      ...changes,
      record,
      target: changes.target ?? runTarget(record.pod, { previousUses: oldUses }),
    });
  const back = (changes: Partial<PodRecord> = {}): PodRecord =>
    makeRecord({
      ...{ pod: v1, changedAtMs: nowMs, ready: true },
      rejected: { pod: v2, atMs: nowMs, message },
      ...changes,
    });

  test('has its time', () => {
    const record = since(59_999);
    expect(late(record)).toEqual({
      ...{ pod: v2, uses: noObjects, record, actions: [], waits: [], wakeAtMs: nowMs + 1 },
    });
  });

  test('gives way to the last one that was', () => {
    expect(late(since(60_000))).toEqual({
      ...{ pod: v1, uses: oldUses, record: back(), actions: [] },
      waits: [{ reason: 'RolledBack', message }],
    });
  });

  test('gives way whatever runs of it, and though it was ended', () => {
    const ended = { reason: 'DeadlineExceeded', message: 'over', atMs: nowMs } as const;
    const observed = observe({ sandboxes: [], containers: [] });
    expect(late(since(60_000, { ended }), { observed }).record).toEqual(back());
  });

  test('has the time its annotation says', () => {
    const slow = wishing(2, '5m');
    const record = since(299_999, { pod: slow });
    expect(late(record)).toMatchObject({ pod: slow, wakeAtMs: nowMs + 1 });
    expect(late(since(300_000, { pod: slow })).record?.rejected).toEqual({
      ...{ pod: slow, atMs: nowMs },
      message: 'version not Ready within 300s: back to the last version that was',
    });
  });

  test.each<[string, PodRecord, Partial<RunInput>]>([
    ['its pod does not wish for it', { ...since(999_999), pod: edited }, {}],
    ['no version ever was Ready', makeRecord({ pod: v2, changedAtMs: nowMs - 999_999 }), {}],
    ['it was Ready once', makeRecord({ pod: v2, changedAtMs: nowMs - 999_999, ready: true }), {}],
    ['it is Ready in the end', since(60_000), { observed: running(v2) }],
  ])('stays where %s', (_case, record, changes) => {
    expect(late(record, changes).pod).toBe(record.pod);
  });

  test('that is Ready at the last moment may show that it stays so', () => {
    const record = since(60_000);
    expect(late(record, { observed: running(v2, 4_000) })).toEqual({
      ...{ pod: v2, uses: noObjects, record, actions: [], waits: [], wakeAtMs: nowMs + 6_000 },
    });
  });

  test('is looked at again when it may be taken for Ready, or when its time is over', () => {
    expect(late(since(55_000), { observed: running(v2, 4_000) }).wakeAtMs).toBe(nowMs + 5_000);
    expect(late(since(30_000), { observed: running(v2, 4_000) }).wakeAtMs).toBe(nowMs + 6_000);
  });

  test('has its whole time after a clock was set back', () => {
    const record = since(-3_600_000);
    const { record: after, wakeAtMs, pod: inForce } = late(record);
    expect([inForce, after, wakeAtMs]).toEqual([v2, { ...record, changedAtMs: nowMs }, nowMs + 60_000]);
  });

  test.each([
    [0, 60_000],
    [59_999, 1],
  ])('is not blamed for time in which nobody watched: %i ms seen', (watchedForMs, leftMs) => {
    const record = since(999_999);
    expect(late(record, { watchedForMs })).toMatchObject({ pod: v2, record, wakeAtMs: nowMs + leftMs });
  });

  test('gives way after that', () => {
    expect(late(since(999_999), { watchedForMs: 60_000 }).pod).toBe(v1);
  });

  test('gives way while a later one is waited for, which goes on being waited for', () => {
    const target = runTarget(v3, { standing: { pod: v2, uses: noObjects }, previousUses: oldUses });
    const image = ({ image: name }: ImageNeed): ImageState => (name === 'app:3' ? pulling : ready);
    expect(late(since(60_000), { target, image })).toEqual({
      ...{ pod: v1, uses: oldUses, record: back(), actions: [] },
      waits: [waiting('Updating', 'container app: Pulling image "app:3"')],
    });
  });
});

describe('a version that was given up', () => {
  const rejected = { pod: v2, atMs: nowMs - 999_999, message: 'too late' };
  const record = makeRecord({ pod: v1, ready: true, changedAtMs: nowMs - 999_999, rejected });
  const waits = [{ reason: 'RolledBack', message: 'too late' }];

  test.each<[string, ReturnType<typeof observe>]>([
    ['while the last good one runs', running(v1)],
    ['while that has crashed', crashed(v1)],
    ['when nothing is there any more', nothingObserved],
  ])('is not tried again %s', (_case, observed) => {
    const again = wishing(2);
    expect(versionOf(again, { record, observed })).toEqual({
      ...{ pod: v1, uses: oldUses, record, actions: [], waits },
    });
  });

  test('makes room for any other', () => {
    const { ready: _, rejected: __, ...rest } = record;
    expect(versionOf(v3, { record, observed: running(v1) }).record).toEqual({
      ...rest,
      pod: v3,
      changedAtMs: nowMs,
      previous: v1,
    });
  });

  test('is forgotten when the manifest comes back to the last good one', () => {
    const { rejected: _, ...rest } = record;
    expect(versionOf(v1, { record, observed: running(v1) })).toEqual({
      ...{ pod: v1, uses: noObjects, record: rest, actions: [], waits: [] },
    });
  });

  test('is not forgotten for a file that cannot be read', () => {
    const target = runTarget(v1, { stale: true });
    expect(versionOf(v1, { record, target, observed: running(v1) }).record).toBe(record);
  });

  test('of another pod says nothing', () => {
    const stranger = { ...v2, metadata: { ...v2.metadata, uid: asPodUid('other') } };
    const version = versionOf(stranger, { record, observed: running(v1) });
    expect(version.pod).toBe(stranger);
  });
});

describe('the plan of a pod', () => {
  test('records a step back before the stops that it asks for', () => {
    const record = since(60_000);
    const containers = [
      makeInstance('app', { state: 'running' }, v2),
      makeInstance('log', { state: 'exited' }, v2),
    ];
    const { actions } = planFor(v2, observe({ sandboxes: [makeSandbox({}, v2)], containers }), { record });
    expect(actions.map(({ type }) => type)).toEqual(['save-record', 'begin-stop']);
    expect(actions[0]).toMatchObject({ record: { pod: v1, rejected: { pod: v2 }, stops: { 'app-0': {} } } });
  });

  test('records that a version is Ready, and nothing else', () => {
    const record = since(30_000);
    const { previous: _, ...rest } = record;
    expect(planFor(v2, running(v2), { record })).toEqual({
      actions: [{ type: 'save-record', record: { ...rest, ready: true } }],
      waits: [],
    });
  });

  test('wakes for whichever comes first', () => {
    const limited = wishing(2);
    const of = { ...limited, spec: { ...limited.spec, activeDeadlineSeconds: 40 } };
    const waking = (agoMs: number): number | undefined =>
      planFor(of, crashed(of), { record: since(agoMs, { pod: of, previous: v1 }) }).wakeAtMs;
    expect(waking(30_000)).toBe(nowMs + 10_000);
    const relaxed = { ...of, spec: { ...of.spec, activeDeadlineSeconds: 400 } };
    expect(planFor(relaxed, crashed(relaxed), { record: since(30_000, { pod: relaxed }) }).wakeAtMs).toBe(
      nowMs + 30_000,
    );
  });
});
