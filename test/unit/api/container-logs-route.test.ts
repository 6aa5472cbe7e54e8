import { describe, expect, test } from 'vitest';
import type { LogRequest } from '../../../src/api/index.ts';
import { containerLogsRoute } from '../../../src/api/routes/container-logs-route.ts';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import type { JsonObject } from '../../../src/base/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { ask, bodyText } from './ask.ts';
import { podObjects } from './pod-objects.ts';

const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const web: JsonObject = {
  metadata: { name: 'web', namespace: 'default', uid: 'u1' },
  spec: { containers: [{ name: 'app' }, { name: 'late' }], initContainers: [{ name: 'init' }] },
  status: {
    containerStatuses: [
      {
        name: 'app',
        containerID: 'containerd://c2',
        state: running,
        lastState: { terminated: { exitCode: 1, containerID: 'containerd://c1' } },
      },
      { name: 'late', state: { waiting: { reason: 'PodInitializing' } } },
    ],
    initContainerStatuses: [{ name: 'init', containerID: 'containerd://c0', state: running }],
  },
};
const clock = new VirtualClock();

async function askLog(target: string, refusal?: ApiFailure) {
  const requests: LogRequest[] = [];
  const logs = {
    async read(request: LogRequest) {
      requests.push(request);
      if (refusal !== undefined) throw refusal;
      return async (write: (chunk: Uint8Array) => Promise<void>) => write(Buffer.from('one\n'));
    },
  };
  const answer = await ask(
    [containerLogsRoute({ objects: podObjects(web), logs, clock })],
    `/containerLogs/${target}`,
  );
  const type = answer.headers['content-type'];
  return { requests, answer: { status: answer.status, type, body: await bodyText(answer) } };
}

const plain: LogRequest = { containerId: 'c2', follow: false, timestamps: false, stream: 'All' };

describe('what is asked of a log', () => {
  test.each<[string, Partial<LogRequest>]>([
    ['app', {}],
    ['app?follow=true&timestamps=true', { follow: true, timestamps: true }],
    ['app?previous=true', { containerId: 'c1' }],
    ['app?container=other', {}],
    ['init', { containerId: 'c0' }],
    ['app?tailLines=3&limitBytes=9', { tailLines: 3, limitBytes: 9 }],
    ['app?tail=5', { tailLines: 5 }],
    ['app?tail=5&tailLines=3', { tailLines: 5 }],
    ['app?tail=all&tailLines=3', {}],
    ['app?tail=&tailLines=3', { tailLines: 3 }],
    ['app?stream=Stderr&sinceSeconds=60', { stream: 'Stderr', sinceMs: clock.nowMs() - 60_000 }],
  ])('%s', async (target, wanted) => {
    const { requests, answer } = await askLog(`default/web/${target}`);
    expect(requests).toEqual([{ ...plain, ...wanted }]);
    expect(answer).toEqual({ status: 200, type: 'text/plain', body: 'one\n' });
  });
});

const invalid = 'Invalid request: PodLogOptions \\"web\\" is invalid: ';
test.each<[string, number, string]>([
  ['default/none/app', 404, 'pod "none" does not exist'],
  ['other/web/app', 404, 'pod "web" does not exist'],
  ['default/web/db', 404, 'container "db" not found in pod "web"'],
  ['default/web/late', 400, 'container "late" in pod "web" is waiting to start: PodInitializing'],
  ['default/web/init?previous=1', 400, 'previous terminated container "init" in pod "web" not found'],
  [
    'default/web/app?tail=some',
    400,
    '{"message":"Unable to decode query: strconv.ParseInt: parsing \\"some\\": invalid syntax"}',
  ],
  [
    'default/web/app?tail=-1',
    422,
    `{"message":"${invalid}tailLines: Invalid value: -1: must be greater than or equal to 0"}`,
  ],
  [
    'default/none/app?limitBytes=0',
    422,
    '{"message":"Invalid request: PodLogOptions \\"none\\" is invalid: limitBytes: Invalid value: 0: must be greater than 0"}',
  ],
])('%s is refused with %i, in plain words', async (target, status, message) => {
  const { requests, answer } = await askLog(target);
  expect(requests).toEqual([]);
  expect(answer).toEqual({ status, type: 'text/plain; charset=utf-8', body: `${message}\n` });
});

test('a log that cannot be read is told of, and nothing of it', async () => {
  const refusal = new ApiFailure('BadRequest', 'unable to retrieve container logs for containerd://c2');
  const { answer } = await askLog('default/web/app', refusal);
  expect(answer).toMatchObject({ status: 400, body: `${refusal.message}\n` });
});
