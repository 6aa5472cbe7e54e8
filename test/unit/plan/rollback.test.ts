import { describe, expect, test } from 'vitest';
import type { ImageNeed, ImageState } from '../../../src/images/index.ts';
import type { Trial } from '../../../src/plan/trial.ts';
import { asContainerId, asPodUid, noObjects, nothingObserved, type Pod } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import {
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
  pulling,
  type RunInput,
  running,
  type Shown,
  taken,
  tried,
  v1,
  v2,
  v3,
  versionOf,
  waiting,
  wishing,
} from './version-of.ts';

/** `tinylet.dev/rollback`, a rule of this project: the kubelet knows one version of a static pod, that of its file. */

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
    ['is not Ready', v2, {}, crashed(v1), undefined],
    ['is not Ready: the one before goes first', v2, { previous: v3 }, crashed(v1), v3],
    [
      'never was Ready for long, and is now: the one before goes first',
      v2,
      { previous: v3 },
      running(v1),
      v3,
    ],
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

/** The version 2, in force after version 1, which was Ready. */
const second = (changes: Partial<PodRecord> = {}): PodRecord =>
  makeRecord({ pod: v2, changedAtMs: nowMs - 999_999, previous: v1, ...changes });

describe('a version that is Ready is what later ones go back to', () => {
  const { previous: _, ...withoutPrevious } = second();
  const good: PodRecord = { ...withoutPrevious, ready: true };

  test.each<[string, PodRecord, Trial | undefined]>([
    ['after 10 s', good, tried({ alone: 60_000, ready: 10_000 })],
    ['not before', second(), tried({ alone: 60_000, ready: 9_999 })],
    ['not while it is not', second(), tried({ alone: 59_999 })],
    ['whatever else is still about to end', good, tried({ ready: 10_000 })],
    ['not as long as nobody has looked', second(), undefined],
  ])('%s', (_case, record, trial) => {
    expect(versionOf(v2, { trial, record: second(), observed: running(v2) }).record).toEqual(record);
  });

  test('not for a pod that does not wish to go back', () => {
    const record = makeRecord({ changedAtMs: nowMs - 30_000 });
    expect(versionOf(pod, { record, trial: tried({ ready: 30_000 }, pod) }).record).toBe(record);
  });

  test('the first one, too, is looked at again when it may be taken for Ready', () => {
    const record = makeRecord({ pod: v1 });
    expect(planFor(v1, running(v1), { record, trial: tried({ ready: 4_000 }, v1) })).toEqual({
      ...{ actions: [], waits: [], wakeAtMs: nowMs + 6_000 },
    });
    expect(planFor(v1, crashed(v1), { record, trial: tried({ alone: 0 }, v1) }).wakeAtMs).toBeUndefined();
  });

  test.each<[string, Parameters<typeof tried>[0]]>([
    ['Ready', { ready: 9_999.999_999 }],
    ['late', { alone: 59_999.999_999 }],
  ])('and that no sooner than it may have become %s: clocks count in fractions', (_case, forMs) => {
    const version = versionOf(v2, { trial: tried(forMs), record: second(), observed: running(v2) });
    expect(version.wakeAtMs).toBe(nowMs + 1);
  });

  test('also while a later one is waited for', () => {
    const trial = tried({ alone: 10_000, ready: 10_000 });
    const version = versionOf(v3, { record: second(), trial, observed: running(v2), image: () => pulling });
    expect([version.pod, version.record]).toEqual([v2, good]);
  });
});

describe('an edit of labels and annotations is no version to be tried', () => {
  const labelled = (of: Pod, annotations = of.metadata.annotations): Pod => ({
    ...of,
    metadata: { ...of.metadata, labels: { a: 'b' }, annotations },
  });

  test.each<[string, PodRecord, PodRecord]>([
    [
      'what is good stays so',
      makeRecord({ pod: v2, ready: true }),
      makeRecord({ pod: labelled(v2), ready: true }),
    ],
    ['what is on trial has its time, and no more', second(), second({ pod: labelled(v2) })],
    [
      'what was given up before is not waited for any more',
      makeRecord({ pod: v2, ready: true, rejected: { pod: v1, atMs: 1, message: 'late' } }),
      makeRecord({ pod: labelled(v2), ready: true }),
    ],
  ])('%s', (_case, record, expected) => {
    expect(versionOf(labelled(v2), { record, observed: running(v2) }).record).toEqual(expected);
  });

  test('one without the wish has nothing to go back to', () => {
    const { previous: _, ...rest } = second();
    const unwilling = labelled(v2, {});
    expect(versionOf(unwilling, { record: second(), observed: running(v2) }).record).toEqual({
      ...rest,
      pod: unwilling,
    });
  });

  test('but one that was given up may be tried once more with it', () => {
    const record = makeRecord({ pod: v1, ready: true, rejected: { pod: v2, atMs: 1, message: 'late' } });
    expect(versionOf(labelled(v2), { record, observed: running(v1) }).record).toEqual(
      makeRecord({ pod: labelled(v2), changedAtMs: nowMs, previous: v1 }),
    );
  });
});

describe('a version that is not Ready in time', () => {
  const message = 'version not Ready within 60s: back to the last version that was';
  const late = (record: PodRecord, trial: Trial, changes: Partial<RunInput> = {}): Shown =>
    versionOf(record.pod, {
      observed: crashed(v2),
      ...changes,
      ...{ record, trial },
      target: changes.target ?? runTarget(record.pod, { previousUses: oldUses }),
    });
  const back = (changes: Partial<PodRecord> = {}): PodRecord =>
    makeRecord({
      ...{ pod: v1, changedAtMs: nowMs, ready: true },
      rejected: { pod: v2, atMs: nowMs, message },
      ...changes,
    });

  test('has its time, which is that of the monotonic clock', () => {
    const record = second();
    const stays = { pod: v2, uses: noObjects, record, actions: [], waits: [] };
    expect(late(record, tried({ alone: 59_999 }))).toEqual({ ...stays, wakeAtMs: nowMs + 1 });
    expect(late(record, tried({ alone: 0 }))).toEqual({ ...stays, wakeAtMs: nowMs + 60_000 });
  });

  test('gives way to the last one that was', () => {
    expect(late(second(), tried({ alone: 60_000 }))).toEqual({
      ...{ pod: v1, uses: oldUses, record: back(), actions: [] },
      waits: [{ reason: 'RolledBack', message }],
    });
  });

  test('gives way whatever runs of it, and though it was ended', () => {
    const ended = { reason: 'DeadlineExceeded', message: 'over', atMs: nowMs } as const;
    const observed = observe({ sandboxes: [], containers: [] });
    expect(late(second({ ended }), tried({ alone: 60_000 }), { observed }).record).toEqual(back());
  });

  test('has the time its annotation says', () => {
    const slow = wishing(2, '5m');
    const record = second({ pod: slow });
    expect(late(record, tried({ alone: 299_999 }))).toMatchObject({ pod: slow, wakeAtMs: nowMs + 1 });
    expect(late(record, tried({ alone: 300_000 })).record?.rejected).toEqual({
      ...{ pod: slow, atMs: nowMs },
      message: 'version not Ready within 300s: back to the last version that was',
    });
  });

  test.each<[string, PodRecord, Trial]>([
    ['its pod does not wish for it', second({ pod: edited }), tried({ alone: 999_999 })],
    ['no version ever was Ready', makeRecord({ pod: v2 }), tried({ alone: 999_999 })],
    ['it was Ready once', makeRecord({ pod: v2, ready: true }), tried({ alone: 999_999 })],
    ['it is Ready in the end', second(), tried({ alone: 60_000, ready: 10_000 })],
    ['another one is still about to end', second(), tried({})],
    ['the last good one is the same', second({ previous: wishing(2, '5m') }), tried({ alone: 999_999 })],
  ])('stays where %s', (_case, record, trial) => {
    expect(late(record, trial).pod).toBe(record.pod);
  });

  test('that is Ready at the last moment may show that it stays so', () => {
    const record = second();
    expect(late(record, tried({ alone: 60_000, ready: 4_000 }))).toEqual({
      ...{ pod: v2, uses: noObjects, record, actions: [], waits: [], wakeAtMs: nowMs + 6_000 },
    });
  });

  test('gives way while a later one is waited for, which goes on being waited for', () => {
    const target = runTarget(v3, { standing: { pod: v2, uses: noObjects }, previousUses: oldUses });
    const image = ({ image: name }: ImageNeed): ImageState => (name === 'app:3' ? pulling : ready);
    expect(late(second(), tried({ alone: 60_000 }), { target, image })).toEqual({
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
    const containers = [
      makeInstance('app', { state: 'running' }, v2),
      makeInstance('log', { state: 'exited' }, v2),
    ];
    const observed = observe({ sandboxes: [makeSandbox({}, v2)], containers });
    const { actions } = planFor(v2, observed, { record: second(), trial: tried({ alone: 60_000 }) });
    expect(actions.map(({ type }) => type)).toEqual(['save-record', 'begin-stop']);
    expect(actions[0]).toMatchObject({ record: { pod: v1, rejected: { pod: v2 }, stops: { 'app-0': {} } } });
  });

  test('records that a version is Ready, and nothing else', () => {
    const record = second();
    const { previous: _, ...rest } = record;
    expect(planFor(v2, running(v2), { record, trial: tried({ ready: 10_000 }) })).toEqual({
      actions: [{ type: 'save-record', record: { ...rest, ready: true } }],
      waits: [],
    });
  });

  test.each([
    [40, 10_000],
    [400, 30_000],
  ])('wakes for whichever comes first: %i s of life', (activeDeadlineSeconds, wakeMs) => {
    const limited = wishing(2);
    const of = { ...limited, spec: { ...limited.spec, activeDeadlineSeconds } };
    const record = second({ pod: of, changedAtMs: nowMs - 30_000 });
    const { wakeAtMs } = planFor(of, crashed(of), { record, trial: tried({ alone: 30_000 }, of) });
    expect(wakeAtMs).toBe(nowMs + wakeMs);
  });
});
