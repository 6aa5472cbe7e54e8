import { describe, expect, test } from 'vitest';
import type { LogRequest } from '../../../src/api/index.ts';
import { podLogRoute } from '../../../src/api/routes/pod-log-route.ts';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import type { JsonObject } from '../../../src/base/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { ask, bodyText } from './ask.ts';
import { podObjects } from './pod-objects.ts';

const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const ended = (containerID: string) => ({ terminated: { exitCode: 1, containerID } });
const waiting = (reason: string) => ({ waiting: { reason } });

const web: JsonObject = {
  metadata: { name: 'web', namespace: 'default', uid: 'u1' },
  spec: { containers: [{ name: 'app' }] },
  status: { containerStatuses: [{ name: 'app', containerID: 'containerd://c1', state: running }] },
};
const clock = new VirtualClock();

interface Asked {
  readonly status: number;
  readonly type: unknown;
  readonly body: string;
  readonly requests: readonly LogRequest[];
}

async function askLog(query: string, pod: JsonObject = web, refusal?: ApiFailure): Promise<Asked> {
  const requests: LogRequest[] = [];
  const logs = {
    async read(request: LogRequest) {
      requests.push(request);
      if (refusal !== undefined) throw refusal;
      return async (write: (chunk: Uint8Array) => Promise<void>) => {
        await write(Buffer.from('one\n'));
        await write(Buffer.from('two\n'));
      };
    },
  };
  const [name = 'web', rest = query] = query.startsWith('/') ? query.slice(1).split('?') : [];
  const target = `/api/v1/namespaces/default/pods/${name}/log?${rest}`;
  const answer = await ask([podLogRoute({ objects: podObjects(pod), logs, clock })], target);
  const type = answer.headers['content-type'];
  return { status: answer.status, type, body: await bodyText(answer), requests };
}

/** A pod whose one container has that status. */
function withStatus(status: JsonObject): JsonObject {
  return { ...web, status: { containerStatuses: [{ name: 'app', ...status }] } };
}

const plain: LogRequest = { containerId: 'c1', follow: false, timestamps: false, stream: 'All' };

describe('what is asked of a log', () => {
  test.each<[string, Partial<LogRequest>]>([
    ['', {}],
    ['container=app', {}],
    ['insecureSkipTLSVerifyBackend=true&pretty=x', {}],
    ['follow=true', { follow: true }],
    ['follow', { follow: true }],
    ['follow=false&timestamps=0', {}],
    ['follow=FALSE', {}],
    ['timestamps=yes', { timestamps: true }],
    ['tailLines=0', { tailLines: 0 }],
    ['tailLines=10&limitBytes=1', { tailLines: 10, limitBytes: 1 }],
    ['stream=Stderr', { stream: 'Stderr' }],
    ['stream=All&tailLines=2', { stream: 'All', tailLines: 2 }],
    ['sinceSeconds=60', { sinceMs: clock.nowMs() - 60_000 }],
    ['sinceTime=2026-01-02T03:04:05Z', { sinceMs: Date.UTC(2026, 0, 2, 3, 4, 5) }],
    ['sinceTime=2026-01-02T03:04:05.678%2B01:00', { sinceMs: Date.UTC(2026, 0, 2, 2, 4, 5, 678) }],
    ['sinceTime=null', {}],
  ])('?%s', async (query, wanted) => {
    const { requests, ...answer } = await askLog(query);
    expect(requests).toEqual([{ ...plain, ...wanted }]);
    expect(answer).toEqual({ status: 200, type: 'text/plain', body: 'one\ntwo\n' });
  });

  test.each<[string, number, string]>([
    ['tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['limitBytes=', 400, 'strconv.ParseInt: parsing "": invalid syntax'],
    ['sinceSeconds=1.5', 400, 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    [
      'sinceTime=today',
      400,
      'parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006"',
    ],
    [
      'tailLines=-1',
      422,
      'PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'limitBytes=0',
      422,
      'PodLogOptions "web" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
    ],
    [
      'sinceSeconds=0',
      422,
      'PodLogOptions "web" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0',
    ],
    [
      'sinceSeconds=1&sinceTime=2026-01-02T03:04:05Z',
      422,
      'PodLogOptions "web" is invalid: : Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    ],
    [
      'stream=Out',
      422,
      'PodLogOptions "web" is invalid: stream: Unsupported value: "Out": supported values: "All", "Stderr", "Stdout"',
    ],
    [
      'stream=Stdout&tailLines=1',
      422,
      'PodLogOptions "web" is invalid: : Forbidden: `tailLines` and specific `stream` are mutually exclusive for now',
    ],
    [
      'tailLines=-1&limitBytes=0',
      422,
      'PodLogOptions "web" is invalid: [tailLines: Invalid value: -1: must be greater than or equal to 0, limitBytes: Invalid value: 0: must be greater than 0]',
    ],
    ['container=db', 400, 'container db is not valid for pod web'],
    ['/nobody?', 404, 'pods "nobody" not found'],
  ])('?%s is refused with %i', async (query, code, message) => {
    const { requests, status, body } = await askLog(query);
    expect(requests).toEqual([]);
    expect({ status, ...JSON.parse(body) }).toMatchObject({ status: 'Failure', code, message });
  });

  test('of several containers one has to be named', async () => {
    const several = { ...web, spec: { containers: [{ name: 'app' }, { name: 'db' }] } };
    const { body } = await askLog('', several);
    expect(JSON.parse(body)).toMatchObject({
      ...{ code: 400, reason: 'BadRequest' },
      message: 'a container name must be specified for pod web, choose one of: [app db]',
    });
  });
});

describe('which instance is meant', () => {
  test.each<[string, JsonObject, string, string]>([
    ['one that runs', { containerID: 'containerd://c1', state: running }, '', 'c1'],
    ['one that has ended', { state: ended('containerd://c1') }, '', 'c1'],
    [
      'the last one, while it waits for the next',
      { state: waiting('CrashLoopBackOff'), lastState: ended('containerd://c1') },
      '',
      'c1',
    ],
    [
      'the last one, where the next could not start',
      { state: ended(''), lastState: ended('containerd://c1') },
      '',
      'c1',
    ],
    [
      'the one before',
      { containerID: 'containerd://c2', state: running, lastState: ended('containerd://c1') },
      'previous=true',
      'c1',
    ],
    [
      'the one before, while it waits for the next',
      { state: waiting('CrashLoopBackOff'), lastState: ended('containerd://c1') },
      'previous=true',
      'c1',
    ],
  ])('%s', async (_case, status, query, containerId) => {
    const { requests } = await askLog(query, withStatus(status));
    expect(requests).toEqual([{ ...plain, containerId }]);
  });

  test.each(['initContainers', 'ephemeralContainers'])('one of %s', async (list) => {
    const name = list === 'initContainers' ? 'initContainerStatuses' : 'ephemeralContainerStatuses';
    const pod = {
      ...web,
      spec: { containers: [{ name: 'app' }], [list]: [{ name: 'other' }] },
      status: { [name]: [{ name: 'other', containerID: 'containerd://c9', state: running }] },
    };
    const { requests } = await askLog('container=other', pod);
    expect(requests).toEqual([{ ...plain, containerId: 'c9' }]);
  });

  const of = 'container "app" in pod "web"';
  test.each<[string, JsonObject, string, string]>([
    [
      'is created',
      { state: waiting('ContainerCreating') },
      '',
      `${of} is waiting to start: ContainerCreating`,
    ],
    [
      'waits for others',
      { state: waiting('PodInitializing') },
      '',
      `${of} is waiting to start: PodInitializing`,
    ],
    [
      'has no image',
      { state: waiting('ErrImagePull') },
      '',
      `${of} is waiting to start: image can't be pulled`,
    ],
    [
      'has no image for long',
      { state: waiting('ImagePullBackOff') },
      '',
      `${of} is waiting to start: trying and failing to pull image`,
    ],
    ['has no state', {}, '', `${of} is waiting to start - no logs yet`],
    [
      'has had no other',
      { containerID: 'c1', state: running },
      'previous=1',
      `previous terminated ${of} not found`,
    ],
    [
      'has lost its other',
      { containerID: 'c1', state: running, lastState: ended('') },
      'previous=1',
      `previous terminated ${of} not found`,
    ],
    ['has ended unseen', { state: ended('') }, '', `${of} is terminated`],
    ['has ended unseen before', { state: waiting('x'), lastState: ended('') }, '', `${of} is terminated`],
  ])('none where the container %s', async (_case, status, query, message) => {
    const { requests, body } = await askLog(query, withStatus(status));
    expect(requests).toEqual([]);
    expect(JSON.parse(body)).toMatchObject({ code: 400, reason: 'BadRequest', message });
  });

  test('none where nothing is known of the container yet', async () => {
    const { body } = await askLog('', { ...web, status: {} });
    expect(JSON.parse(body)).toMatchObject({ code: 400, message: `${of} is not available` });
  });
});

test('a log that cannot be read is a Status, not half an answer', async () => {
  const refusal = new ApiFailure('BadRequest', 'unable to retrieve container logs for containerd://c1');
  const { status, body } = await askLog('', web, refusal);
  expect(status).toBe(400);
  expect(JSON.parse(body)).toMatchObject({ message: refusal.message });
});
