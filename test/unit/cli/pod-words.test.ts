import { describe, expect, test } from 'vitest';
import { humanAge } from '../../../src/cli/human-age.ts';
import { ageWord, readyWord, restartsWord, statusWord } from '../../../src/cli/pod-words.ts';
import type { PodReport } from '../../../src/status/index.ts';
import { container, ended, pod, terminated, waiting } from './reports.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

describe("STATUS speaks kubectl's words", () => {
  test.each<[word: string, changed: Partial<PodReport>]>([
    ['Running', {}],
    ['Pending', { phase: 'Pending', containers: [] }],
    ['ContainerCreating', { phase: 'Pending', containers: [waiting('app', 'ContainerCreating')] }],
    ['ImagePullBackOff', { phase: 'Pending', containers: [waiting('app', 'ImagePullBackOff')] }],
    ['CrashLoopBackOff', { containers: [container('app'), waiting('side', 'CrashLoopBackOff')] }],
    ['ErrImagePull', { containers: [waiting('app', 'ErrImagePull'), waiting('side', 'CrashLoopBackOff')] }],
    ['Completed', { phase: 'Succeeded', containers: [terminated('app', 0, 'Completed')] }],
    ['NotReady', { containers: [terminated('job', 0, 'Completed'), container('app')] }],
    ['Error', { phase: 'Failed', containers: [terminated('app', 1, 'Error')] }],
    ['OOMKilled', { phase: 'Failed', containers: [terminated('app', 137, 'OOMKilled')] }],
    ['ExitCode:3', { phase: 'Failed', containers: [terminated('app', 3, '')] }],
    ['Terminating', { terminating: true }],
    ['Terminating', { terminating: true, containers: [waiting('app', 'CrashLoopBackOff')] }],
    ['Completed', { terminating: true, phase: 'Succeeded', containers: [terminated('app', 0, 'Completed')] }],
    ['Running', { containers: [waiting('app', '')] }],
    ['Evicted', { phase: 'Failed', reason: 'Evicted', containers: [terminated('app', 137, 'Error')] }],
    ['Evicted', { terminating: true, phase: 'Failed', reason: 'Evicted' }],
  ])('%s for %j', (word, changed) => {
    expect(statusWord(pod('web', changed))).toBe(word);
  });
});

test('READY counts running containers that are ready', () => {
  expect(readyWord(pod('web', { containers: [container('a'), container('b', { ready: false })] }))).toBe(
    '1/2',
  );
});

test('RESTARTS adds up and tells of the last one', () => {
  const twice = container('a', { restartCount: 2, lastState: ended(1, 'Error') });
  expect(restartsWord(pod('web', { containers: [twice, container('b', { restartCount: 1 })] }), NOW_MS)).toBe(
    '3 (2m ago)',
  );
  expect(restartsWord(pod('web', { containers: [container('b', { restartCount: 1 })] }), NOW_MS)).toBe('1');
});

test('RESTARTS counts init containers until the others begin', () => {
  const initContainers = [container('init', { restartCount: 4, lastState: ended(1, 'Error') })];
  const before = [waiting('app', 'PodInitializing')];
  expect(restartsWord(pod('web', { initContainers, containers: before }), NOW_MS)).toBe('4 (2m ago)');
  expect(restartsWord(pod('web', { initContainers }), NOW_MS)).toBe('0');
});

test('AGE is unknown before the start', () => {
  const { startTime: _, ...unborn } = pod('web');
  expect(ageWord(unborn, NOW_MS)).toBe('<unknown>');
  expect(ageWord(pod('web'), NOW_MS)).toBe('5m');
});

test.each([
  [-3, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [185, '3m5s'],
  [600, '10m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [11_100, '3h5m'],
  [28_800, '8h'],
  [172_799, '47h'],
  [172_800, '2d'],
  [180_000, '2d2h'],
  [691_200, '8d'],
  [63_072_000, '2y'],
  [63_158_400, '2y1d'],
  [252_288_000, '8y'],
])('%d seconds are %s', (seconds, text) => {
  expect(humanAge(seconds * 1000)).toBe(text);
});
