import { expect, test } from 'vitest';
import { noObjects, type Secret } from '../../../src/pod/index.ts';
import { nodeReport } from '../../../src/reconcile/node-report.ts';
import {
  detailsOf,
  exitedJustNow,
  makeInstance,
  makeRecord,
  nowMs,
  observe,
  planOf,
  pod,
  runTarget,
} from './base.ts';
import { readDirectory, snapshotOf } from './manifests.ts';

const secret: Secret = {
  kind: 'Secret',
  metadata: { namespace: 'default', name: 's', labels: {}, annotations: {} },
  type: 'Opaque',
  data: new Map([['k', Buffer.from('hunter2').toString('base64')]]),
  immutable: false,
  digest: '',
};

test('a report hides what the runtime keeps of a Secret, and shows what the container said itself', () => {
  const app = makeInstance('app', { state: 'exited' });
  const details = detailsOf({
    ...exitedJustNow,
    message: 'exec: "hunter2": not found',
    terminationMessage: 'hunter2',
  });
  const observed = observe({ containers: [app, makeInstance('log')], details: { [app.id]: details } });
  const report = nodeReport(
    {
      nodeName: 'node',
      version: '1.2.3',
      startedAtMs: nowMs,
      passes: 1,
      runtimeProblem: undefined,
      manifests: snapshotOf(readDirectory()),
      refused: [],
      foreign: [],
    },
    [
      {
        target: runTarget(pod, { uses: { ...noObjects, secrets: new Map([['s', secret]]) } }),
        record: makeRecord(),
        last: { target: runTarget(pod), observed, plan: planOf() },
      },
    ],
  );
  expect(report.pods[0]?.containers[0]?.state).toMatchObject({
    terminated: { message: 'exec: "[redacted]": not found: hunter2' },
  });
});
