import { expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import type { Cri, ExecResult } from '../../../src/cri/index.ts';
import { asContainerId, type Container, type Probe } from '../../../src/pod/index.ts';
import { createRunProbe, type ProbeOutcome } from '../../../src/probes/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { container, probe } from './base.ts';

type ExecSync = Cri['execSync'];
const never = new AbortController().signal;
const clock = new VirtualClock();

function result(exitCode: number, stdout = '', stderr = ''): ExecResult {
  return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
}

function exec(
  execSync: ExecSync,
  { of = container(), ...change }: Partial<Probe> & { of?: Container } = {},
): Promise<ProbeOutcome> {
  const asked = probe({ handler: { kind: 'exec', command: ['cat', '/tmp/ok'] }, ...change });
  const run = createRunProbe({ cri: { execSync }, clock });
  return run({ id: asContainerId('c'), container: of, kind: 'liveness', probe: asked, host: '' }, never);
}

test.each<[string, ExecResult, ProbeOutcome]>([
  ['exit code 0', result(0, 'fine\n'), { result: 'success', message: 'fine\n' }],
  ['another', result(1, 'out\n', 'err\n'), { result: 'failure', message: 'out\nerr\n' }],
  ['no output', result(255), { result: 'failure', message: '' }],
  [
    'more than 10 KiB',
    result(1, 'a'.repeat(10_239), 'bb'),
    { result: 'failure', message: `${'a'.repeat(10_239)}b` },
  ],
])('%s', async (_, answer, outcome) => {
  expect(await exec(async () => answer)).toEqual(outcome);
});

test('the runtime is asked for the container, the command and the timeout', async () => {
  const asked: unknown[] = [];
  await exec(
    async (id, command, options) => {
      asked.push([id, command, options]);
      return result(0);
    },
    { timeoutSeconds: 7 },
  );
  expect(asked).toEqual([['c', ['cat', '/tmp/ok'], { timeoutSeconds: 7, signal: never }]]);
});

test.each([
  [1, '1s'],
  [90, '1m30s'],
  [3600, '1h0m0s'],
])('a command that takes longer than %d s has failed', async (timeoutSeconds, text) => {
  const late = async (): Promise<ExecResult> => Promise.reject(new TinyletError('CRI_DEADLINE', 'late'));
  expect(await exec(late, { timeoutSeconds })).toEqual({
    result: 'failure',
    message: `command timed out: "cat /tmp/ok" timed out after ${text}`,
  });
});

test.each(['CRI_UNAVAILABLE', 'CRI_NOT_FOUND', 'CRI_FAILED'] as const)('%s says nothing', async (code) => {
  const refuse = async (): Promise<ExecResult> => Promise.reject(new TinyletError(code, 'no'));
  await expect(exec(refuse)).rejects.toMatchObject({ code });
});

test('variables are those that the manifest writes out, one pass deep', async () => {
  const secret = { kind: 'secretKeyRef', name: 's', key: 'k' } as const;
  const of = container({
    env: [
      { name: 'FILE', value: '/tmp/$(NAME)' },
      { name: 'NAME', value: 'ok' },
      { name: 'SECRET', value: '', valueFrom: secret },
    ],
  });
  const commands: (readonly string[])[] = [];
  const command = ['$(FILE)', '$$(NAME)', '[$(SECRET)]', '$(OTHER)'];
  await exec(
    async (_, expanded) => {
      commands.push(expanded);
      return result(0);
    },
    { of, handler: { kind: 'exec', command } },
  );
  expect(commands).toEqual([['/tmp/$(NAME)', '$(NAME)', '[]', '$(OTHER)']]);
});

/** Two at once; each command ends when it is told to. */
function rig() {
  const begun: string[] = [];
  const end: (() => void)[] = [];
  const execSync: ExecSync = (id) =>
    new Promise((resolve) => {
      begun.push(id);
      end.push(() => resolve(result(0)));
    });
  const run = createRunProbe({ cri: { execSync }, clock, maxParallelExec: 2 });
  const asked = probe({ handler: { kind: 'exec', command: ['true'] } });
  const ask = (id: string, signal = never) =>
    run({ id: asContainerId(id), container: container(), kind: 'liveness', probe: asked, host: '' }, signal);
  return { begun, end, ask };
}

test('so many at once, in the order of their coming; one that is cancelled while it waits is not run', async () => {
  const { begun, end, ask } = rig();
  const cancelled = new AbortController();
  const outcomes = Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((id) => ask(id, id === 'c' ? cancelled.signal : never)),
  );
  await clock.settle();
  expect(begun).toEqual(['a', 'b']);
  await clock.advance(999);
  expect(begun).toEqual(['a', 'b']);
  cancelled.abort();
  end[1]?.();
  await clock.settle();
  expect(begun).toEqual(['a', 'b', 'd']);
  end[0]?.();
  end[2]?.();
  expect((await outcomes).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
});

test('commands that hang keep no other from being run', async () => {
  const { begun, end, ask } = rig();
  const outcomes = Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => ask(id)));
  await clock.settle();
  expect(begun).toEqual(['a', 'b']);
  await clock.advance(1_000);
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  end[2]?.();
  await clock.settle();
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  for (const each of end) each();
  expect(await outcomes).toEqual(Array(5).fill({ result: 'success', message: '' }));
});
