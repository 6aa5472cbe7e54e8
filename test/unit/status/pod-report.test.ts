import { expect, test } from 'vitest';
import { type PodReportInput, podReport } from '../../../src/status/index.ts';
import { file, makePod, makeRecord, nowMs, observe, uid } from '../plan/base.ts';
import { baseStatus, onePod, statusOf } from './base.ts';

function report(changes: Partial<PodReportInput> = {}) {
  return podReport({
    ...{ uid, namespace: 'default', name: 'web', file },
    told: { pod: onePod, status: baseStatus },
    waiting: [],
    terminating: false,
    stale: false,
    ...changes,
  });
}

test('a running pod, whole', () => {
  expect(report()).toStrictEqual({
    ...{ namespace: 'default', name: 'web', uid, file },
    phase: 'Running',
    conditions: baseStatus.conditions,
    words: { ready: '1/1', status: 'Running', restarts: 0 },
    terminating: false,
    stale: false,
    podIPs: ['10.0.0.7'],
    hostNetwork: false,
    qosClass: 'BestEffort',
    startTime: '2026-01-02T11:59:00Z',
    containers: baseStatus.containerStatuses,
    waiting: [],
  });
});

test('a pod whose manifest is lost, whole', () => {
  const waiting = [{ reason: 'ManifestUnreadable', message: 'left as it is' }];
  expect(report({ told: undefined, waiting, stale: true })).toStrictEqual({
    ...{ namespace: 'default', name: 'web', uid, file },
    phase: 'Unknown',
    conditions: [],
    words: { ready: '0/0', status: 'Unknown', restarts: 0 },
    terminating: false,
    stale: true,
    podIPs: [],
    hostNetwork: false,
    containers: [],
    waiting,
  });
});

test('why a pod was ended, and its init containers, where it has them', () => {
  const pod = makePod({ spec: { ...onePod.spec, initContainers: onePod.spec.containers } });
  const record = makeRecord({ ended: { reason: 'Evicted', message: 'too much', atMs: nowMs } });
  const status = statusOf({ pod, record, observed: observe({ containers: [] }) });
  expect(report({ told: { pod, status }, terminating: true })).toMatchObject({
    ...{ phase: 'Failed', reason: 'Evicted', message: 'too much', terminating: true },
    initContainers: status.initContainerStatuses,
  });
});
