import { expect, test } from 'vitest';
import { deadlineMs } from '../../../src/cri/deadlines.ts';

test.each([
  ['Version', {}, 120_000],
  ['ListContainers', {}, 120_000],
  ['CreateContainer', {}, 120_000],
  ['RunPodSandbox', {}, 240_000],
  ['StopPodSandbox', {}, 120_000],
  ['StopContainer', { timeout: 0 }, 120_000],
  ['StopContainer', { timeout: 30 }, 150_000],
  ['ExecSync', { timeout: 5 }, 125_000],
  ['ExecSync', { timeout: 0 }, undefined],
  ['PullImage', {}, undefined],
] as const)('%s %o: %s ms', (call, request, expected) => {
  expect(deadlineMs(call, request)).toBe(expected);
});

test('the usual deadline can be set, and waiting times come on top', () => {
  const deadlines = { callMs: 1000, runSandboxMs: 3000 };
  expect(deadlineMs('Status', {}, deadlines)).toBe(1000);
  expect(deadlineMs('RunPodSandbox', {}, deadlines)).toBe(3000);
  expect(deadlineMs('StopContainer', { timeout: 2 }, deadlines)).toBe(3000);
});
