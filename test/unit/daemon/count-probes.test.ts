import { expect, test } from 'vitest';
import { countProbes } from '../../../src/daemon/count-probes.ts';
import type { ProbedOnce } from '../../../src/metrics/index.ts';
import { asContainerId } from '../../../src/pod/index.ts';
import type { ProbeCall, ProbeOutcome } from '../../../src/probes/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { makeInstance, uid } from '../plan/base.ts';
import { container, probe } from '../probes/base.ts';

const call: ProbeCall = {
  ...{
    id: asContainerId('app-0'),
    container: container({ name: 'app' }),
    kind: 'liveness',
    host: '10.0.0.1',
  },
  probe: probe(),
};

function rig(
  answer: () => Promise<ProbeOutcome>,
  known: { labels: Readonly<Record<string, string>> } | undefined = makeInstance('app'),
) {
  const clock = new VirtualClock();
  const counted: ProbedOnce[] = [];
  const run = countProbes(
    async () => {
      await new Promise<void>((resolve) => clock.setTimer(40, resolve));
      return answer();
    },
    { clock, container: (id) => (id === 'app-0' ? known : undefined), probed: (one) => counted.push(one) },
  );
  return { clock, counted, run };
}

test.each([
  ['success', 'successful'],
  ['warning', 'successful'],
  ['failure', 'failed'],
] as const)('%s counts as %s', async (result, told) => {
  const { clock, counted, run } = rig(async () => ({ result, message: 'm' }));
  const outcome = await clock.complete(run(call, new AbortController().signal));
  expect(outcome).toEqual({ result, message: 'm' });
  const of = { container: 'app', pod: 'web', namespace: 'default', podUid: uid };
  expect(counted).toEqual([{ kind: 'liveness', result: told, durationMs: 40, ...of }]);
});

test('what could not be carried out counts for nothing', async () => {
  const { clock, counted, run } = rig(() => Promise.reject(new Error('no')));
  await expect(clock.complete(run(call, new AbortController().signal))).rejects.toThrow('no');
  expect(counted).toEqual([]);
});

test('nor does what was cancelled, nor what is of a container that is gone', async () => {
  const good = async (): Promise<ProbeOutcome> => ({ result: 'success', message: '' });
  const { clock, counted, run } = rig(good);
  await clock.complete(run(call, AbortSignal.abort()));
  await clock.complete(run({ ...call, id: asContainerId('gone') }, new AbortController().signal));
  expect(counted).toEqual([]);
});
