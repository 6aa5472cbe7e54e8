import { expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import type { Cri } from '../../../src/cri/index.ts';
import { countCalls } from '../../../src/metrics/index.ts';
import { asContainerId } from '../../../src/pod/index.ts';
import { modelCri } from '../../fakes/model-cri.ts';
import { RuntimeModel } from '../../fakes/runtime-model.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

function rig(changes: Partial<Cri> = {}) {
  const clock = new VirtualClock();
  const calls: string[] = [];
  const cri = countCalls({ ...modelCri(new RuntimeModel({ clock })), ...changes }, clock, {
    called: (operation, durationMs, failed) =>
      calls.push(`${operation} ${durationMs}${failed ? ' failed' : ''}`),
  });
  return { clock, calls, cri };
}

test('a call comes through with its answer, and is counted when it has ended', async () => {
  const given: unknown[] = [];
  const { clock, calls, cri } = rig({
    async execSync(...args) {
      given.push(...args);
      await new Promise<void>((resolve) => clock.setTimer(250, resolve));
      return { exitCode: 3, stdout: new Uint8Array(), stderr: new Uint8Array() };
    },
  });
  const options = { timeoutSeconds: 1 };
  const answer = cri.execSync(asContainerId('c1'), ['true'], options);
  expect(calls).toEqual([]);
  expect(await clock.complete(answer)).toMatchObject({ exitCode: 3 });
  expect(given).toEqual(['c1', ['true'], options]);
  expect(calls).toEqual(['exec_sync 250']);
});

test('a failure is counted and told as it was', async () => {
  const failure = new TinyletError('CRI_UNAVAILABLE', 'away');
  const { calls, cri } = rig({ listImages: () => Promise.reject(failure) });
  await expect(cri.listImages()).rejects.toBe(failure);
  expect(calls).toEqual(['list_images 0 failed']);
});

test('every call of the port is there, each under a name in the words of the kubelet', async () => {
  const asked: string[] = [];
  const names = Object.keys(rig().cri) as (keyof Cri)[];
  const inner = Object.fromEntries(
    names.map((name) => [name, () => Promise.resolve(asked.push(name))]),
  ) as Partial<Cri>;
  const { calls, cri } = rig(inner);
  for (const name of names) await (cri[name] as () => Promise<unknown>)();
  expect(names).toEqual(
    expect.arrayContaining(Object.keys(modelCri(new RuntimeModel({ clock: new VirtualClock() })))),
  );
  expect(asked).toEqual(names);
  expect(calls.every((call) => /^[a-z]+(_[a-z]+)* 0$/.test(call))).toBe(true);
  // Two of them tell of the runtime's status.
  expect(new Set(calls).size).toBe(names.length - 1);
});
