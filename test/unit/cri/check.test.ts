import { expect, test } from 'vitest';
import { checkRuntime, type RuntimeCondition } from '../../../src/cri/index.ts';

function runtime(conditions: readonly RuntimeCondition[]) {
  return {
    version: async () => ({ runtimeName: 'containerd', runtimeVersion: '1.6.20', runtimeApiVersion: 'v1' }),
    status: async () => conditions,
  };
}
const runtimeReady = { type: 'RuntimeReady', status: true, reason: '', message: '' };
const networkReady = { type: 'NetworkReady', status: true, reason: '', message: '' };

test('a runtime that is ready has no message', async () => {
  expect(await checkRuntime(runtime([runtimeReady, networkReady]))).toEqual({
    name: 'containerd',
    version: '1.6.20',
    ready: true,
    networkReady: true,
    message: '',
  });
});

test('a missing network says why and what to do, and the runtime is still usable', async () => {
  const network = {
    ...networkReady,
    status: false,
    reason: 'NetworkPluginNotReady',
    message: 'cni plugin not initialized',
  };
  const check = await checkRuntime(runtime([runtimeReady, network]));
  expect(check).toMatchObject({ ready: true, networkReady: false });
  expect(check.message).toContain(
    'NetworkPluginNotReady: cni plugin not initialized (is there a CNI configuration?',
  );
});

test('a condition that is not reported counts as not ready', async () => {
  const check = await checkRuntime(runtime([networkReady]));
  expect(check).toMatchObject({ ready: false, networkReady: true });
  expect(check.message).toBe('the runtime does not report whether it is ready');
});
