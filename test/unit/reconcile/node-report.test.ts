import { expect, test } from 'vitest';
import type { RefusedManifest } from '../../../src/manifest/index.ts';
import { asPodUid, nothingObserved } from '../../../src/pod/index.ts';
import { nodeReport, type ReportFacts } from '../../../src/reconcile/node-report.ts';
import {
  file,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  pod,
  removeTarget,
  runTarget,
  uid,
} from '../plan/base.ts';
import { badFile, goneDirectory, goodFile, readDirectory, snapshotOf } from '../targets/manifests.ts';
import { lastPass } from './last-pass.ts';

function factsOf(changes: Partial<ReportFacts> = {}): ReportFacts {
  return {
    nodeName: 'node',
    version: '1.2.3',
    startedAtMs: nowMs,
    passes: 1,
    runtimeProblem: undefined,
    manifests: snapshotOf(readDirectory()),
    refused: [],
    foreign: [],
    ...changes,
  };
}

test('an idle node', () => {
  expect(nodeReport(factsOf(), [])).toEqual({
    nodeName: 'node',
    version: '1.2.3',
    startedAt: '2026-01-02T12:00:00Z',
    passes: 1,
    runtime: { ready: true },
    directories: [{ directory: '/m' }],
    pods: [],
    refused: [],
    foreign: [],
    warnings: [],
  });
});

test('the runtime is ready once it was looked at and answers', () => {
  expect(nodeReport(factsOf({ passes: 0 }), []).runtime).toEqual({ ready: false });
  expect(nodeReport(factsOf({ runtimeProblem: 'gone' }), []).runtime).toEqual({
    ready: false,
    message: 'gone',
  });
});

test('problems of directories, warnings, refused files and foreign pods', () => {
  const refused = { file: '/m/b.yaml', line: 1, column: 1, path: 'metadata.name', message: 'taken' };
  const directory = { ...readDirectory(badFile('/m/b.yaml')), warnings: ['owned by nobody'] };
  const foreign = [makeSandbox({ uid: asPodUid('x'), labels: { 'tinylet.dev/owner': 'them' } })];
  const report = nodeReport(
    factsOf({
      manifests: snapshotOf(directory, { ...goneDirectory, directory: '/n' }),
      refused: [refused],
      foreign,
    }),
    [],
  );
  expect(report).toMatchObject({
    directories: [{ directory: '/m' }, { directory: '/n', problem: 'no such directory' }],
    warnings: ['owned by nobody'],
    refused: [
      {
        file: '/m/b.yaml',
        errors: [{ file: '/m/b.yaml', line: 3, column: 5, path: 'spec', message: 'broken' }, refused],
      },
    ],
    foreign: [{ namespace: 'default', name: 'web', owner: 'them' }],
  });
});

test('pods by namespace and name, with what the last pass saw and waits for', () => {
  const target = runTarget(pod, { stale: true });
  const plan = {
    actions: [],
    waits: [
      { reason: 'PodTerminating', message: 'later' },
      { container: 'app', reason: 'CrashLoopBackOff', message: 'soon', untilMs: nowMs + 1_999 },
    ],
  };
  const first = runTarget(makePod({ metadata: { name: 'zz', namespace: 'a' } }), { uid: asPodUid('zz') });
  const { pods } = nodeReport(factsOf(), [
    { target, record: makeRecord(), last: lastPass({ target, plan }) },
    { target: first, record: undefined },
  ]);
  expect(pods).toMatchObject([
    { namespace: 'a', name: 'zz', phase: 'Pending', stale: false, waiting: [] },
    {
      ...{ namespace: 'default', name: 'web', uid, file, phase: 'Running', stale: true, terminating: false },
      startTime: '2026-01-02T11:59:00Z',
      waiting: [
        { reason: 'PodTerminating', message: 'later' },
        { container: 'app', reason: 'CrashLoopBackOff', message: 'soon', until: '2026-01-02T12:00:01Z' },
      ],
    },
  ]);
});

test('a pod that was ended is told so from its record', () => {
  const over = { reason: 'Evicted', message: 'too much', atMs: nowMs } as const;
  const record = makeRecord({ ended: over });
  const last = lastPass({ record, observed: nothingObserved });
  const { pods } = nodeReport(factsOf(), [{ target: last.target, record, last }]);
  expect(pods).toMatchObject([{ phase: 'Failed', reason: 'Evicted', message: 'too much' }]);
});

test('a pod that is removed is told with its record, and without one by its name', () => {
  const known = nodeReport(factsOf(), [
    { target: removeTarget, record: makeRecord(), last: lastPass({ target: removeTarget }) },
  ]).pods;
  expect(known).toMatchObject([
    { name: 'web', terminating: true, containers: [{ name: 'app' }, { name: 'log' }] },
  ]);
  const lost = nodeReport(factsOf(), [
    { target: removeTarget, record: undefined, last: lastPass({ target: removeTarget, record: undefined }) },
  ]).pods;
  expect(lost).toMatchObject([{ name: 'web', terminating: true, phase: 'Unknown', containers: [] }]);
});

test('a URL whose last answer was not taken is told of with the answer that was not', () => {
  const url = 'https://host/pods.yaml';
  const said = { state: 'read', directory: url, files: [goodFile(url, pod)], warnings: ['plain'] } as const;
  const refused = badFile(url, 'no such field') as RefusedManifest;
  const manifests = snapshotOf({ ...said, problem: 'answers with errors', refused });
  expect(nodeReport(factsOf({ manifests }), [])).toMatchObject({
    directories: [{ directory: url, problem: 'answers with errors' }],
    refused: [{ file: url, errors: [{ message: 'no such field' }] }],
    warnings: ['plain'],
  });
});
