import { expect, test } from 'vitest';
import { type PodStart, podStart } from '../../../../src/api/podlet/pod-start.ts';
import type { JsonObject } from '../../../../src/base/index.ts';

const running: JsonObject = { state: { running: { startedAt: 'then' } }, containerID: 'containerd://1' };
const making: JsonObject = { state: { waiting: { reason: 'ContainerCreating' } } };

function ended(exitCode: number, further: JsonObject = {}): JsonObject {
  return { state: { terminated: { exitCode, ...further } }, containerID: 'containerd://1' };
}

interface Sketch {
  readonly policy?: string;
  readonly phase?: string;
  readonly reason?: string;
  readonly init?: JsonObject;
  readonly app: JsonObject;
  readonly waits?: Parameters<typeof podStart>[1];
}

function startOf({ policy = 'Always', phase = 'Running', reason, init, app, waits = [] }: Sketch): PodStart {
  const status = {
    ...{ phase, ...(reason !== undefined && { reason }) },
    containerStatuses: [{ name: 'app', image: 'i', ...app }],
    ...(init && { initContainerStatuses: [{ name: 'first', ...init }] }),
  };
  return podStart({ spec: { restartPolicy: policy, containers: [{ name: 'app' }] }, status }, waits);
}

const started = (app: JsonObject): PodStart => ({
  state: 'started',
  containers: [{ id: '1', name: 'app', image: 'i', state: app.state as JsonObject }],
});
const waiting = (...reasons: string[]): PodStart => ({ state: 'waiting', reasons });
const failed = (reason: string, message: string, container?: string): PodStart => ({
  ...{ state: 'failed', reason, message },
  ...(container !== undefined && { container }),
});
const broken = ended(128, { reason: 'StartError', message: 'no such file' });
const wait = (reason: string, message = 'why') => [{ container: 'app', reason, message }];

test.each<[string, Sketch, PodStart]>([
  ['runs', { app: running }, started(running)],
  ['is in the making', { phase: 'Pending', app: making }, waiting()],
  [
    'waits for another',
    { phase: 'Pending', app: making, waits: [{ reason: 'StartAfter', message: 'waits for "db"' }] },
    waiting('StartAfter: waits for "db"'),
  ],
  ['ended well', { policy: 'Never', phase: 'Succeeded', app: ended(0) }, started(ended(0))],
  ['ended badly, as it may', { policy: 'Never', phase: 'Failed', app: ended(3) }, started(ended(3))],
  ['ended before the others did', { policy: 'OnFailure', app: ended(0) }, started(ended(0))],
  ['will be tried once more', { policy: 'OnFailure', app: ended(1) }, waiting()],
  ['ended, and is to run always', { app: ended(0) }, waiting()],
  [
    'never ran',
    { policy: 'Never', phase: 'Failed', app: broken },
    failed('StartError', 'no such file', 'app'),
  ],
  ['has no image', { app: making, waits: wait('ErrImagePull') }, failed('ErrImagePull', 'why', 'app')],
  [
    'has none since a while',
    { app: making, waits: wait('ImagePullBackOff', 'Back-off pulling image "i": ErrImagePull: why') },
    failed('ErrImagePull', 'why', 'app'),
  ],
  [
    'has no image for the version that is to follow',
    { app: running, waits: [{ reason: 'ErrImagePull', message: 'why' }] },
    failed('ErrImagePull', 'why'),
  ],
  [
    'keeps ending',
    {
      app: { ...making, lastState: { terminated: { exitCode: 2, reason: 'Error', message: 'no config' } } },
      waits: wait('CrashLoopBackOff', 'back-off 10s'),
    },
    failed('CrashLoopBackOff', 'it ended with 2: Error: no config; back-off 10s', 'app'),
  ],
  [
    'has failed before it began',
    { policy: 'Never', phase: 'Failed', app: making, init: ended(4, { reason: 'Error' }) },
    failed('Error', 'it ended with 4: Error', 'first'),
  ],
  [
    'was ended as a whole',
    { phase: 'Failed', reason: 'Evicted', app: making },
    failed('Evicted', 'the pod has ended'),
  ],
])('a pod that %s', (_, sketch, start) => {
  expect(startOf(sketch)).toEqual(start);
});
