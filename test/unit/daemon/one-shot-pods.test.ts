import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import {
  AttendedRuns,
  forsakenPods,
  type OneShotPod,
  removeOneShotPods,
} from '../../../src/daemon/one-shot-pods.ts';
import { type PodStatus, timestamp } from '../../../src/status/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { makePod } from '../plan/base.ts';

const nowMs = Date.UTC(2026, 0, 2, 12, 0, 0);
const directory = '/root-dir/objects';

function statusOf(phase: PodStatus['phase'], endedAtMs: number | null): PodStatus {
  const finishedAt = endedAtMs === null ? null : timestamp(endedAtMs);
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: null, finishedAt };
  const container = { name: 'run', ready: false, restartCount: 0, image: 'i', imageID: 'i', started: false };
  const containerStatuses = [{ ...container, state: { terminated } }];
  return { phase, conditions: [], containerStatuses, qosClass: 'BestEffort' };
}

function podWith(mark: string | undefined, changes: Partial<OneShotPod> = {}): OneShotPod {
  const annotations = mark === undefined ? {} : { 'tinylet.dev/one-shot': mark };
  const pod = makePod();
  return {
    ...{
      uid: 'u',
      namespace: 'default',
      name: 'run-x',
      file: `${directory}/pod.default.run-x.json`,
      record: {},
    },
    pod: { ...pod, metadata: { ...pod.metadata, annotations } },
    status: () => statusOf('Running', null),
    ...changes,
  };
}

const ended = (agoMs: number | null) => ({
  status: () => statusOf('Succeeded', agoMs === null ? null : nowMs - agoMs),
});

const pending = (agoMs: number): Partial<OneShotPod> => ({
  status: () => statusOf('Pending', null),
  record: { createdAtMs: nowMs - agoMs },
});

describe('a pod', () => {
  test.each<[string, OneShotPod, boolean]>([
    ['of a request that nobody attends goes', podWith('request'), true],
    ['of a request under way stays', podWith('request', { uid: 'attended' }), false],
    ['of a client that runs stays', podWith('client'), false],
    ['of a client that ended a minute ago goes', podWith('client', ended(60_000)), true],
    ['of a client that ended a second less ago stays', podWith('client', ended(59_000)), false],
    ['of a client whose end nobody saw goes', podWith('client', ended(null)), true],
    [
      'of a client that cannot begin goes after all its client may have waited',
      podWith('client', pending(3_660_000)),
      true,
    ],
    ['of a client that cannot begin stays until then', podWith('client', pending(3_659_000)), false],
    ['of a client that runs for long stays', podWith('client', { record: { createdAtMs: 0 } }), false],
    ['of nobody stays', podWith(undefined, ended(3_600_000)), false],
    ['whose manifest is lost stays', podWith('request', { pod: undefined }), false],
    ['of a watched directory stays', podWith('request', { file: '/etc/pods/run.yaml' }), false],
    [
      'that is being deleted is left to it',
      podWith('request', { record: { deletionStartedAtMs: 1 } }),
      false,
    ],
  ])('%s', (_, pod, goes) => {
    const attended = new AttendedRuns();
    attended.attend('attended');
    attended.attend('u')();
    expect(forsakenPods([pod], { nowMs, directory, attended })).toEqual(goes ? [pod] : []);
  });
});

test('at once, then every ten seconds until the end, and what fails is tried again', async () => {
  const clock = new VirtualClock();
  const tries: number[] = [];
  const ending = new AbortController();
  const remove = async (): Promise<void> => {
    tries.push(clock.monotonicMs());
    if (tries.length < 3) throw new Error('disk full');
    ending.abort();
  };
  const ports = { clock, logger: silentLogger, pods: () => [podWith('request')], remove };
  const over = removeOneShotPods(ports, { directory, attended: new AttendedRuns() }, ending.signal);
  await clock.advance(60_000);
  await clock.complete(over, 0);
  expect(tries).toEqual([0, 10_000, 20_000]);
});
