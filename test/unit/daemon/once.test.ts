import { expect, test } from 'vitest';
import { judge } from '../../../src/daemon/once.ts';
import { nodeReport, type ReportFacts } from '../../../src/reconcile/node-report.ts';
import type { NodeReport } from '../../../src/status/index.ts';
import { makeContainer, makeInstance, makePod, makeRecord, nowMs, observe, runTarget } from '../plan/base.ts';
import { lastPass } from '../reconcile/last-pass.ts';
import { goneDirectory, readDirectory, snapshotOf } from '../targets/manifests.ts';

const facts: ReportFacts = {
  nodeName: 'node',
  version: '1.2.3',
  startedAtMs: nowMs,
  passes: 1,
  runtimeProblem: undefined,
  manifests: snapshotOf(readDirectory()),
  refused: [],
  foreign: [],
};

/** A node with the pod `web`, which waits for this. */
function waitingFor(...reasons: string[]): NodeReport {
  const waits = reasons.map((reason) => ({ reason, message: '' }));
  const last = lastPass({ plan: { actions: [], waits } });
  return nodeReport(facts, [{ target: last.target, record: makeRecord(), last }]);
}

/** A node with a pod whose init container runs, and keeps this waiting. */
function initializing(...reasons: string[]): NodeReport {
  const of = makePod({ spec: { initContainers: [makeContainer('init')] } });
  const waits = reasons.map((reason) => ({ reason, message: '' }));
  const observed = observe({ containers: [makeInstance('init', {}, of)] });
  const record = makeRecord({ pod: of });
  const last = lastPass({ target: runTarget(of), record, observed, plan: { actions: [], waits } });
  return nodeReport(facts, [{ target: last.target, record, last }]);
}

const refusal = { file: '/m/a.yaml', line: 1, column: 1, path: '', message: 'broken' };

test.each<[string, NodeReport, boolean, ReturnType<typeof judge>]>([
  ['everything runs', waitingFor(), true, 'done'],
  ['there is nothing to run', nodeReport(facts, []), true, 'done'],
  ['something is still to be done', waitingFor(), false, undefined],
  ['nothing was looked at yet', nodeReport({ ...facts, passes: 0 }, []), true, undefined],
  ['the runtime is away', nodeReport({ ...facts, runtimeProblem: 'gone' }, []), true, undefined],
  ['an image is on its way', waitingFor('ContainerCreating'), true, undefined],
  ['a predecessor is being removed', waitingFor('PodTerminating', 'ErrImagePull'), true, undefined],
  ['the one it starts after is not Ready', waitingFor('StartAfter'), true, undefined],
  ['a container is being stopped', waitingFor('Stopping'), true, undefined],
  ['an init container runs', initializing(), true, undefined],
  ['an init container fails again and again', initializing('CrashLoopBackOff'), true, 'failed'],
  ['an object is missing', waitingFor('CreateContainerConfigError'), true, 'failed'],
  ['the runtime is too old', waitingFor('RuntimeUnsupported'), true, 'failed'],
  ['a manifest is refused', nodeReport({ ...facts, refused: [refusal] }, []), true, 'failed'],
  [
    'a directory cannot be read',
    nodeReport({ ...facts, manifests: snapshotOf(goneDirectory) }, []),
    true,
    'failed',
  ],
])('a single run where %s', (_case, report, settled, outcome) => {
  expect(judge(report, settled)).toBe(outcome);
});
