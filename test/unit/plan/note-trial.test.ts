import { describe, expect, test } from 'vitest';
import { noteTrial } from '../../../src/plan/note-trial.ts';
import type { Trial } from '../../../src/plan/trial.ts';
import { asContainerId, type Pod, type PodObservation } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { detailsOf, makeContainer, makeInstance, makePod, makeRecord, makeSandbox, observe } from './base.ts';
import { crashed, edited, inputOf, probe, type RunInput, running, v1, v2, wish } from './version-of.ts';

/** What is known of a version on trial. A rule of this project: a kubelet without an API server has no version to go back to. */

/** What a look after one second finds of version 2, by what was known at the look before. */
function look(of: Pod, changes: Partial<RunInput>, before?: Trial): Trial | undefined {
  return noteTrial(before, inputOf(of, { record: makeRecord({ pod: of }), ...changes }), 1_000);
}

/** A version that was alone and Ready at the last look. */
const wasReady = (of: Pod): Trial => ({ pod: of, seenAtMs: 500, aloneSinceMs: 200, readySinceMs: 300 });

describe('a version is watched', () => {
  test.each<[string, PodRecord | undefined]>([
    ['where none is on record yet', undefined],
    ['where it is known to be good', makeRecord({ pod: v2, ready: true })],
    ['where its pod does not wish for it', makeRecord({ pod: edited })],
  ])('not %s', (_case, record) => {
    expect(look(v2, { record, observed: running(v2) }, wasReady(v2))).toBeUndefined();
  });

  test('from the first look on, whatever was seen of the one before', () => {
    const trial = { pod: v2, seenAtMs: 1_000, aloneSinceMs: 1_000, readySinceMs: 1_000 };
    expect(look(v2, { observed: running(v2) })).toEqual(trial);
    expect(look(v2, { observed: running(v2) }, wasReady(v1))).toEqual(trial);
  });

  test('on and on, also with another label', () => {
    const labelled = { ...v2, metadata: { ...v2.metadata, labels: { a: 'b' } } };
    const trial = { pod: labelled, seenAtMs: 1_000, aloneSinceMs: 200, readySinceMs: 300 };
    expect(look(labelled, { observed: running(v2) }, wasReady(v2))).toEqual(trial);
  });

  test('anew where an edit replaces nothing, but may be what it fails for', () => {
    const container = makeContainer('app', { image: 'app:2', readinessProbe: probe() });
    const probed = makePod({ metadata: { annotations: wish() }, app: container });
    expect(look(probed, { observed: running(v2) }, wasReady(v2))).toEqual({
      ...{ pod: probed, seenAtMs: 1_000, aloneSinceMs: 1_000 },
    });
  });
});

describe('it is Ready since it was not for the last time', () => {
  const probed = makePod({
    metadata: { annotations: wish() },
    app: { image: 'app:2', readinessProbe: probe() },
  });
  const gated = { ...v2, spec: { ...v2.spec, readinessGates: ['ready.example'] } };
  const job = makePod({ metadata: { annotations: wish() }, spec: { restartPolicy: 'OnFailure' } });
  const side = makePod({
    metadata: { annotations: wish() },
    spec: { initContainers: [makeContainer('side', { restartPolicy: 'Always' })] },
  });
  const healthy = (isReady: boolean) =>
    new Map([[asContainerId('app-0'), { started: true, ready: isReady }]]);
  const done = (exitCode: number): PodObservation =>
    observe({
      sandboxes: [],
      containers: ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }, job)),
      details: { 'app-0': detailsOf({ exitCode }), 'log-0': detailsOf({ exitCode: 0 }) },
    });
  const stops = { [asContainerId('app-0')]: { startedAtMs: 0, graceSeconds: 30 } };
  const inSide = [makeInstance('app', {}, side), makeInstance('log', {}, side)];

  test.each<[string, boolean, Pod, Partial<RunInput>]>([
    ['all its containers run', true, v2, { observed: running(v2) }],
    ['one has crashed', false, v2, { observed: crashed(v2) }],
    ['another version runs still', false, v2, { observed: running(v1) }],
    ['one is being stopped', false, v2, { observed: running(v2), record: makeRecord({ pod: v2, stops }) }],
    ['its probe has failed', false, probed, { observed: running(probed), health: healthy(false) }],
    ['nobody has probed it', false, probed, { observed: running(probed) }],
    ['its probe has succeeded', true, probed, { observed: running(probed), health: healthy(true) }],
    ['it has readiness gates', false, gated, { observed: running(gated) }],
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
    const trial = look(of, changes, wasReady(of));
    expect(trial?.readySinceMs).toBe(isReady ? 300 : undefined);
    expect(look(of, { observed: running(of), health: healthy(true) }, trial)?.readySinceMs).toBe(
      of === gated || of === side ? undefined : isReady ? 300 : 1_000,
    );
  });
});

describe('it is alone when the last of another version has ended', () => {
  const stopped = (cause?: 'liveness') =>
    makeRecord({
      pod: v2,
      stops: { [asContainerId('log-0')]: { startedAtMs: 0, graceSeconds: 30, ...(cause && { cause }) } },
    });
  const seen = (...containers: PodObservation['containers']): PodObservation =>
    observe({ sandboxes: [makeSandbox({}, v2)], containers });
  const debugged = { ...v2, spec: { ...v2.spec, ephemeralContainers: [makeContainer('debug')] } };
  const newApp = makeInstance('app', {}, v2);

  test.each<[string, boolean, Partial<RunInput>]>([
    ['an old one runs', false, { observed: seen(makeInstance('app', {}, v1)) }],
    ['nobody knows of an old one', false, { observed: seen(makeInstance('app', { state: 'unknown' }, v1)) }],
    ['an old one has ended', true, { observed: seen(makeInstance('app', { state: 'exited' }, v1)) }],
    ['nothing is there', true, { observed: seen() }],
    ['one that is in both goes on', true, { observed: seen(makeInstance('log', {}, v1)) }],
    [
      'one that is in both is stopped for the other',
      false,
      { observed: seen(newApp, makeInstance('log')), record: stopped() },
    ],
    [
      'its own is stopped for its probe',
      true,
      { observed: seen(newApp, makeInstance('log')), record: stopped('liveness') },
    ],
    ['one runs that it does not name', false, { observed: seen(newApp, makeInstance('extra')) }],
    [
      'somebody looks into it',
      true,
      { observed: seen(newApp, makeInstance('debug')), record: makeRecord({ pod: debugged }) },
    ],
  ])('%s: %s', (_case, isAlone, changes) => {
    expect(look(v2, changes)?.aloneSinceMs).toBe(isAlone ? 1_000 : undefined);
  });

  test('and stays so', () => {
    expect(look(v2, { observed: running(v1) }, wasReady(v2))?.aloneSinceMs).toBe(200);
  });
});
