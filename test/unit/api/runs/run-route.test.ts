import { describe, expect, test } from 'vitest';
import type { ApiResponse } from '../../../../src/api/index.ts';
import { ApiFailure } from '../../../../src/apimachinery/index.ts';
import { listAt, objectAt } from '../../../../src/base/index.ts';
import { bodyText } from '../ask.ts';
import { RunStage } from './run-stage.ts';

async function told(answer: Promise<ApiResponse>): Promise<[number, unknown]> {
  const given = await answer;
  return [given.status, JSON.parse(await bodyText(given))];
}

test('a pod that runs once is made, followed, and deleted', async () => {
  const stage = new RunStage();
  const limits = { memory: '1Gi' };
  const asked = {
    image: 'i',
    command: 'echo',
    args: 'hello',
    env: { A: 'a' },
    timeout_seconds: 5,
    resources: { limits },
  };
  const answer = stage.ask(asked);
  await stage.made();
  expect(stage.pod()).toMatchObject({
    metadata: {
      name: expect.stringMatching(/^run-[a-z0-9]{5}$/),
      namespace: 'default',
      annotations: { 'tinylet.dev/one-shot': 'request' },
      labels: { 'tinylet.dev/one-shot': 'request' },
    },
    spec: {
      ...{ restartPolicy: 'Never', activeDeadlineSeconds: 15, terminationGracePeriodSeconds: 1 },
      containers: [
        {
          ...{ name: 'run', image: 'i', command: ['echo'], args: ['hello'] },
          ...{ env: [{ name: 'A', value: 'a' }], resources: { limits } },
        },
      ],
    },
  });
  const [container] = listAt(stage.pod().spec, 'containers');
  expect(container).not.toHaveProperty('stdin');
  expect([...stage.attended]).toEqual([objectAt(stage.pod(), 'metadata').uid]);
  stage.output = ['hello\n'];
  await stage.running();
  await stage.ended(0);
  const response = await answer;
  expect(response).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
  expect(response.body).toBe('{"exit_code":0,"output":"hello\\n"}\n');
  expect(stage.logRequests).toEqual([{ containerId: 'c1', follow: true, timestamps: false, stream: 'All' }]);
  expect([stage.pods(), stage.attended.size]).toEqual([[], 0]);
  expect(stage.world.calls.at(-1)).toMatchObject(['delete', 'pods', {}, { gracePeriodSeconds: 1 }]);
});

describe('an end is told as what it is', () => {
  const run = { image: 'i' };

  test.each<[string, (stage: RunStage) => Promise<void>, [number, object]]>([
    ['a code', (s) => s.ended(7), [200, { exit_code: 7, output: 'out' }]],
    [
      'last words',
      (s) => s.ended(1, { message: 'sorry' }),
      [200, { exit_code: 1, output: 'out', message: 'sorry' }],
    ],
    [
      'killed for memory',
      (s) => s.ended(137, { reason: 'OOMKilled' }),
      [200, { exit_code: 137, output: 'out', reason: 'OOMKilled' }],
    ],
    [
      'over the time of its pod',
      async (s) => {
        await s.running();
        const status = {
          phase: 'Failed',
          reason: 'DeadlineExceeded',
          containerStatuses: listAt(s.pod().status, 'containerStatuses'),
        };
        const terminated = { exitCode: 143, reason: 'Error', containerID: 'containerd://c1' };
        s.world.put('pods', {
          ...s.pod(),
          status: { ...status, containerStatuses: [{ name: 'run', state: { terminated } }] },
        });
        await s.pass();
      },
      [504, { error: 'DeadlineExceeded', message: 'the run was ended after 300 s', output: 'out' }],
    ],
    [
      'deleted by somebody',
      async (s) => {
        await s.running();
        const { metadata, ...pod } = s.pod();
        s.world.put('pods', {
          ...pod,
          metadata: { ...objectAt({ metadata }, 'metadata'), deletionTimestamp: 'now' },
        });
        await s.pass();
      },
      [409, { error: 'Conflict', message: 'the pod of the run was deleted while it ran', output: 'out' }],
    ],
    [
      'changed by somebody',
      async (s) => {
        await s.running();
        const other = { name: 'run', containerID: 'containerd://c2', state: { running: {} } };
        s.world.put('pods', { ...s.pod(), status: { phase: 'Running', containerStatuses: [other] } });
        await s.pass();
      },
      [409, { error: 'Conflict', message: 'the pod of the run was changed while it ran', output: 'out' }],
    ],
    [
      'an image that is not to be had',
      (s) => s.tell('Pending', { waiting: { reason: 'ErrImagePull', message: 'no such host' } }),
      [502, { error: 'ErrImagePull', message: 'no such host' }],
    ],
    [
      'the same, seen late',
      (s) =>
        s.tell('Pending', {
          waiting: {
            reason: 'ImagePullBackOff',
            message: 'Back-off pulling image "i": ErrImagePull: no such host',
          },
        }),
      [502, { error: 'ErrImagePull', message: 'no such host' }],
    ],
    [
      'a pod that is ended as a whole',
      async (s) => {
        s.world.put('pods', {
          ...s.pod(),
          status: { phase: 'Failed', reason: 'Evicted', message: 'too full' },
        });
        await s.pass();
      },
      [502, { error: 'Evicted', message: 'too full' }],
    ],
  ])('%s', async (_, happen, expected) => {
    const stage = new RunStage();
    stage.output = ['out'];
    const answer = told(stage.ask(run));
    await stage.made();
    await happen(stage);
    await stage.pass(1_000);
    expect(await answer).toEqual(expected);
    expect([stage.pods(), stage.attended.size]).toEqual([[], 0]);
  });

  test('a time that is over, before and after it has begun', async () => {
    const stage = new RunStage();
    stage.output = ['so far'];
    const early = told(stage.ask({ image: 'i', timeout_seconds: 1 }));
    await stage.made();
    await stage.tell('Pending', { waiting: { reason: 'ContainerCreating' } });
    await stage.pass(1_000);
    expect(await early).toEqual([
      504,
      { error: 'DeadlineExceeded', message: 'the run was ended after 1 s, before its container had begun' },
    ]);
    const late = told(stage.ask({ image: 'i', timeout_seconds: 1.5 }));
    await stage.made();
    await stage.running();
    await stage.pass(1_400);
    expect(await late).toEqual([
      504,
      { error: 'DeadlineExceeded', message: 'the run was ended after 1.5 s', output: 'so far' },
    ]);
    expect(stage.pods()).toEqual([]);
  });

  test('the word that it was killed for memory may come after the end', async () => {
    const stage = new RunStage();
    const answer = told(stage.ask({ image: 'i', resources: { limits: { memory: '1Mi' } } }));
    await stage.made();
    await stage.ended(137);
    await stage.pass(3_000);
    await stage.ended(137, { reason: 'OOMKilled' });
    expect(await answer).toEqual([200, { exit_code: 137, output: '', reason: 'OOMKilled' }]);
  });

  test('a word that never comes is waited for only so long', async () => {
    const stage = new RunStage();
    const answer = told(stage.ask({ image: 'i', resources: { limits: { memory: '1Mi' } } }));
    await stage.made();
    await stage.ended(137);
    await stage.pass(5_000);
    expect(await answer).toEqual([200, { exit_code: 137, output: '' }]);
  });

  test('what never began has no log', async () => {
    const stage = new RunStage();
    stage.logFailure = new ApiFailure('BadRequest', 'no log');
    const answer = told(stage.ask(run));
    await stage.made();
    await stage.ended(128, { reason: 'StartError', message: 'no such file' });
    const end = { exit_code: 128, output: '', reason: 'StartError', message: 'no such file' };
    expect(await answer).toEqual([200, end]);
  });

  test('an output that cannot be read is no output of nothing', async () => {
    const stage = new RunStage();
    stage.logFailure = new ApiFailure('BadRequest', 'no log');
    const answer = told(stage.ask(run));
    await stage.made();
    await stage.running();
    expect(await answer).toEqual([
      500,
      { error: 'InternalError', message: 'the output cannot be read: no log' },
    ]);
    expect(stage.pods()).toEqual([]);
  });

  test('an input that cannot be given ends the run', async () => {
    const stage = new RunStage();
    const answer = told(stage.ask({ image: 'i', stdin: 'x' }));
    await stage.made();
    expect(listAt(stage.pod().spec, 'containers')[0]).toMatchObject({ stdin: true, stdinOnce: true });
    await stage.running();
    await stage.pass(31_000);
    const message = 'the input cannot be given: container not found ("run")';
    expect(await answer).toEqual([500, { error: 'InternalError', message }]);
  });
});

test('what is refused is told as such, and takes no room', async () => {
  const stage = new RunStage({ maxRuns: 1 });
  stage.refusal = new ApiFailure('Invalid', 'Pod "run-x" is invalid');
  const refused = [422, { error: 'Invalid', message: 'Pod "run-x" is invalid' }];
  expect(await told(stage.ask({ image: 'i' }))).toEqual(refused);
  expect(await told(stage.ask({ image: 'i' }))).toEqual(refused);
  expect(stage.attended.size).toBe(0);
  expect(await told(stage.ask({}))).toEqual([
    400,
    { error: 'BadRequest', message: 'image: which one is to run?' },
  ]);
});

test('there are only so many at once, and one counts until its container has ended', async () => {
  const stage = new RunStage({ maxRuns: 1 });
  const first = stage.ask({ image: 'i' });
  await stage.made();
  await stage.running();
  const refusal = await stage.ask({ image: 'i' });
  expect(refusal).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  // Its deletion is on record, and it still runs.
  const pod = stage.pod();
  stage.world.delete = async () => pod;
  stage.client.abort();
  await stage.pass();
  expect((await first).status).toBe(503);
  const patient = new AbortController();
  expect((await stage.ask({ image: 'i' }, '/', patient)).status).toBe(429);
  await stage.ended(143);
  const next = stage.ask({ image: 'i' }, '/', patient);
  await stage.made(2);
  expect(stage.pods()).toHaveLength(2);
  patient.abort();
  await stage.pass();
  expect((await next).status).toBe(503);
});

test('streamed: a line for each piece as it comes, the last one with the code', async () => {
  const stage = new RunStage();
  const asked = stage.ask({ image: 'i' }, '/?stream=1');
  await stage.made();
  await stage.running();
  const answer = await asked;
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-ndjson' } });
  const body = bodyText(answer);
  const e = Buffer.from('é');
  stage.output.push(
    'one\n',
    Buffer.concat([Buffer.from('caf'), e.subarray(0, 1)]),
    Buffer.concat([e.subarray(1), Buffer.from('!')]),
  );
  await stage.pass();
  stage.output.push(Buffer.from([0xe2]));
  await stage.pass();
  await stage.ended(3);
  await stage.pass();
  const lines = (await body).split('\n').map((line) => (line === '' ? '' : JSON.parse(line)));
  const pieces = ['one\n', 'caf', 'é!', '\ufffd'].map((output) => ({ output }));
  expect(lines).toEqual([...pieces, { exit_code: 3 }, '']);
  expect(stage.pods()).toEqual([]);
});

test('streamed: what cannot run has a status of its own, what is ended later a line', async () => {
  const stage = new RunStage();
  const refused = told(stage.ask({ image: 'i' }, '/?stream=1'));
  await stage.made();
  await stage.tell('Pending', { waiting: { reason: 'InvalidImageName', message: 'bad' } });
  expect(await refused).toEqual([502, { error: 'InvalidImageName', message: 'bad' }]);
  const asked = stage.ask({ image: 'i', timeout_seconds: 2 }, '/?stream=true');
  await stage.made();
  await stage.running();
  const body = bodyText(await asked);
  await stage.pass(2_000);
  expect(await body).toBe('{"error":"DeadlineExceeded","message":"the run was ended after 2 s"}\n');
});

test('streamed: a client that is gone before the body was begun takes its pod along', async () => {
  const stage = new RunStage();
  const asked = stage.ask({ image: 'i' }, '/?stream=1');
  await stage.made();
  await stage.running();
  expect((await asked).status).toBe(200);
  stage.client.abort();
  await stage.pass();
  expect(stage.pods()).toEqual([]);
});

test.each([
  ['that goes on', async () => undefined],
  ['that has ended', (stage: RunStage) => stage.ended(0)],
])('streamed: who takes no output holds a run %s no longer than it may take', async (_, happen) => {
  const stage = new RunStage({ maxRuns: 1 });
  stage.output = ['never taken'];
  const asked = stage.ask({ image: 'i', timeout_seconds: 60 }, '/?stream=1');
  await stage.made();
  await stage.running();
  const { body } = await asked;
  if (typeof body !== 'function') throw new Error('it is not streamed');
  const never = new Promise<void>(() => undefined);
  void body({ write: () => never }, stage.client.signal);
  await stage.pass();
  await happen(stage);
  await stage.pass(50_000);
  expect(stage.pods()).toHaveLength(1);
  await stage.pass(10_000);
  expect([stage.pods(), stage.attended.size]).toEqual([[], 0]);
  void stage.ask({ image: 'i' });
  await stage.made();
});
