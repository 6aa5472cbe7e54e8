import { describe, expect, test } from 'vitest';
import { type ContainerStatus, type PodStatus, podWords } from '../../../src/status/index.ts';
import { makeContainer, makePod } from '../plan/base.ts';
import { baseStatus, condition } from './base.ts';

const two = makePod();
const withInits = makePod({
  spec: {
    ...two.spec,
    initContainers: [makeContainer('setup'), makeContainer('proxy', { restartPolicy: 'Always' })],
  },
});

const [running] = baseStatus.containerStatuses;
if (running === undefined) throw new Error('the base pod has a container');

const runs = (name: string, changes: Partial<ContainerStatus> = {}): ContainerStatus => ({
  ...running,
  name,
  ...changes,
});
const waits = (name: string, reason?: string): ContainerStatus =>
  runs(name, { ready: false, started: false, state: { waiting: reason === undefined ? {} : { reason } } });
const over = (exitCode: number, reason: string, finishedAt = '2026-01-02T11:58:00Z') => ({
  terminated: { exitCode, reason, startedAt: '2026-01-02T11:57:00Z', finishedAt },
});
const exited = (name: string, exitCode: number, reason: string, ready = false): ContainerStatus =>
  runs(name, { ready, started: false, state: over(exitCode, reason) });

const status = (changes: Partial<PodStatus>): PodStatus => ({ ...baseStatus, ...changes });
const uninitialized = (changes: Partial<PodStatus>): PodStatus =>
  status({ phase: 'Pending', conditions: [condition('Initialized', { status: 'False' })], ...changes });
const unready = [condition('Initialized'), condition('Ready', { status: 'False' })];

describe("STATUS and READY are kubectl's", () => {
  test.each<[string, string, Partial<PodStatus>]>([
    ['2/2', 'Running', { containerStatuses: [runs('app'), runs('log')] }],
    ['1/2', 'Running', { containerStatuses: [runs('app'), runs('log', { ready: false })] }],
    ['0/2', 'Pending', { phase: 'Pending', containerStatuses: [] }],
    ['0/2', 'ContainerCreating', { containerStatuses: [waits('app', 'ContainerCreating')] }],
    ['1/2', 'CrashLoopBackOff', { containerStatuses: [runs('app'), waits('log', 'CrashLoopBackOff')] }],
    [
      '0/2',
      'ErrImagePull',
      { containerStatuses: [waits('app', 'ErrImagePull'), waits('log', 'CrashLoopBackOff')] },
    ],
    ['0/2', 'Completed', { phase: 'Succeeded', containerStatuses: [exited('app', 0, 'Completed')] }],
    ['1/2', 'Running', { containerStatuses: [exited('app', 0, 'Completed'), runs('log')] }],
    [
      '1/2',
      'NotReady',
      { conditions: unready, containerStatuses: [exited('app', 0, 'Completed'), runs('log')] },
    ],
    ['0/2', 'OOMKilled', { phase: 'Failed', containerStatuses: [exited('app', 137, 'OOMKilled')] }],
    ['0/2', 'ExitCode:3', { phase: 'Failed', containerStatuses: [exited('app', 3, '')] }],
    ['0/2', 'Running', { containerStatuses: [waits('app')] }],
    [
      '0/2',
      'Evicted',
      { phase: 'Failed', reason: 'Evicted', containerStatuses: [exited('app', 137, 'Error')] },
    ],
  ])('%s %s', (ready, word, changes) => {
    expect(podWords(two.spec, status(changes), false)).toMatchObject({ ready, status: word });
  });

  test.each<[string, Partial<PodStatus>]>([
    ['Terminating', { containerStatuses: [waits('app', 'CrashLoopBackOff')] }],
    ['Completed', { phase: 'Succeeded', containerStatuses: [exited('app', 0, 'Completed')] }],
    ['Evicted', { phase: 'Failed', reason: 'Evicted' }],
  ])('of a pod that is removed: %s', (word, changes) => {
    expect(podWords(two.spec, status(changes), true).status).toBe(word);
  });

  const none = [waits('app', 'PodInitializing'), waits('log', 'PodInitializing')];
  test.each<[string, string, readonly ContainerStatus[]]>([
    ['0/3', 'Init:0/2', [waits('setup', 'PodInitializing'), waits('proxy', 'PodInitializing')]],
    ['0/3', 'Init:0/2', [runs('setup', { ready: false }), waits('proxy', 'PodInitializing')]],
    ['0/3', 'Init:CrashLoopBackOff', [waits('setup', 'CrashLoopBackOff'), waits('proxy', 'PodInitializing')]],
    ['0/3', 'Init:Error', [exited('setup', 1, 'Error'), waits('proxy', 'PodInitializing')]],
    ['0/3', 'Init:ExitCode:1', [exited('setup', 1, ''), waits('proxy', 'PodInitializing')]],
    [
      '0/3',
      'Init:1/2',
      [exited('setup', 0, 'Completed', true), runs('proxy', { ready: false, started: false })],
    ],
    [
      '0/3',
      'Init:ImagePullBackOff',
      [exited('setup', 0, 'Completed', true), waits('proxy', 'ImagePullBackOff')],
    ],
  ])('%s %s', (ready, word, initContainerStatuses) => {
    const told = uninitialized({ initContainerStatuses, containerStatuses: none });
    expect(podWords(withInits.spec, told, false)).toMatchObject({ ready, status: word });
  });

  test.each<[string, string, ContainerStatus]>([
    ['3/3', 'Running', runs('proxy')],
    ['2/3', 'Running', runs('proxy', { ready: false })],
    // Once the pod is initialized, what a sidecar has to say is not its word any more.
    ['2/3', 'Running', waits('proxy', 'CrashLoopBackOff')],
  ])('of a pod whose sidecar makes it %s: %s', (ready, word, proxy) => {
    const initContainerStatuses = [exited('setup', 0, 'Completed', true), proxy];
    const told = status({ initContainerStatuses, containerStatuses: [runs('app'), runs('log')] });
    expect(podWords(withInits.spec, told, false)).toMatchObject({ ready, status: word });
  });

  test('once all init containers are over, the others are waited for', () => {
    const initContainerStatuses = [exited('setup', 0, 'Completed', true), runs('proxy')];
    const told = status({ phase: 'Pending', initContainerStatuses, containerStatuses: none });
    expect(podWords(withInits.spec, told, false)).toMatchObject({ ready: '1/3', status: 'PodInitializing' });
  });
});

describe('RESTARTS', () => {
  const restarted = (name: string, restartCount: number, finishedAt?: string) =>
    runs(name, {
      restartCount,
      ...(finishedAt !== undefined && { lastState: over(1, 'Error', finishedAt) }),
    });

  test('adds up, and knows when the last one was', () => {
    const containerStatuses = [
      restarted('app', 2, '2026-01-02T11:00:00Z'),
      restarted('log', 1, '2026-01-02T11:30:00Z'),
    ];
    expect(podWords(two.spec, status({ containerStatuses }), false)).toMatchObject({
      restarts: 3,
      lastRestartAt: '2026-01-02T11:30:00Z',
    });
  });

  test('says no time where nobody knows it', () => {
    const told = podWords(two.spec, status({ containerStatuses: [restarted('app', 2)] }), false);
    expect(told.restarts).toBe(2);
    expect(Object.keys(told)).not.toContain('lastRestartAt');
  });

  const containerStatuses = [restarted('app', 10)];
  test('is that of all init containers until they are over, then that of sidecars and the others', () => {
    const before = [restarted('setup', 4), waits('proxy', 'PodInitializing')];
    expect(
      podWords(withInits.spec, uninitialized({ initContainerStatuses: before, containerStatuses }), false)
        .restarts,
    ).toBe(4);
    const after = [exited('setup', 0, 'Completed', true), restarted('proxy', 1)];
    expect(
      podWords(withInits.spec, status({ initContainerStatuses: after, containerStatuses }), false).restarts,
    ).toBe(11);
  });
});
