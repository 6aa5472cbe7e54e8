import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import { type KeptPod, pastRetention, removeTerminatedPods } from '../../../src/daemon/terminated-pods.ts';
import { type PodStatus, timestamp } from '../../../src/status/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const nowMs = Date.UTC(2026, 0, 2, 12, 0, 0);
const forMs = 3_600_000;
const directory = '/root-dir/objects';

/** A status with containers that ended so long ago; null is an end that nobody saw. */
function statusOf(phase: PodStatus['phase'], agosMs: readonly (number | null)[], atMs = nowMs): PodStatus {
  const containerStatuses = agosMs.map((agoMs, index) => ({
    ...{ name: `c${index}`, ready: false, restartCount: 0, image: 'i', imageID: 'i', started: false },
    state: {
      terminated: {
        ...{ exitCode: 0, reason: 'Completed', startedAt: null },
        finishedAt: agoMs === null ? null : timestamp(atMs - agoMs),
      },
    },
  }));
  return { phase, conditions: [], containerStatuses, qosClass: 'BestEffort' };
}

function podWith(changes: Partial<KeptPod> & { readonly told?: PodStatus | undefined }): KeptPod {
  const { told = statusOf('Succeeded', [forMs]), ...rest } = changes;
  return {
    ...{ uid: 'u', namespace: 'default', name: 'job', file: `${directory}/pod.default.job.json`, record: {} },
    status: () => ('told' in changes ? changes.told : told),
    ...rest,
  };
}

describe('a pod', () => {
  test.each<[string, Parameters<typeof podWith>[0], boolean]>([
    ['that ended long enough ago goes', {}, true],
    ['that failed then goes, too', { told: statusOf('Failed', [forMs]) }, true],
    ['that ended a second less ago stays', { told: statusOf('Succeeded', [forMs - 1_000]) }, false],
    ['whose last container ended later stays', { told: statusOf('Succeeded', [forMs * 2, 5_000]) }, false],
    ['that runs stays', { told: statusOf('Running', [forMs * 2]) }, false],
    ['of which nothing is known stays', { told: undefined }, false],
    ['whose end nobody saw stays', { told: statusOf('Failed', [null]) }, false],
    [
      'that was ended as a whole goes by that',
      {
        told: statusOf('Failed', [null]),
        record: { ended: { reason: 'Evicted', message: '', atMs: nowMs - forMs } },
      },
      true,
    ],
    ['of a watched directory stays', { file: '/etc/tinylet/manifests/job.yaml' }, false],
    ['of a directory below stays', { file: `${directory}/below/job.json` }, false],
    ['that is being deleted is left to it', { record: { deletionStartedAtMs: 5 } }, false],
  ])('%s', (_, changes, goes) => {
    const pod = podWith(changes);
    expect(pastRetention([pod], { nowMs, forMs, directory })).toEqual(goes ? [pod] : []);
  });
});

test('once a minute, until the end, and what fails is tried again', async () => {
  const clock = new VirtualClock();
  const told = statusOf('Failed', [0], clock.nowMs());
  const tries: number[] = [];
  const ending = new AbortController();
  const ended = removeTerminatedPods(
    {
      ...{ clock, logger: silentLogger, pods: () => [podWith({ told })] },
      remove: async () => {
        tries.push(clock.monotonicMs());
        throw new Error('disk full');
      },
    },
    { forMs: 90_000, directory },
    ending.signal,
  );
  await clock.advance(200_000);
  ending.abort();
  await clock.complete(ended, 0);
  expect(tries).toEqual([120_000, 180_000]);
});

test('one whose name another pod took meanwhile is not deleted in its place', async () => {
  const clock = new VirtualClock();
  const told = statusOf('Failed', [forMs], clock.nowMs());
  let pods = [podWith({ uid: 'first', name: 'first', told }), podWith({ uid: 'old', name: 'job', told })];
  const removed: string[] = [];
  const ending = new AbortController();
  const loop = removeTerminatedPods(
    {
      ...{ clock, logger: silentLogger, pods: () => pods },
      remove: async ({ uid }) => {
        removed.push(uid);
        pods = [podWith({ uid: 'new', name: 'job', told: statusOf('Running', []) })];
      },
    },
    { forMs, directory },
    ending.signal,
  );
  await clock.advance(60_000);
  ending.abort();
  await clock.complete(loop, 0);
  expect(removed).toEqual(['first']);
});
