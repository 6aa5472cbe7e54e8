import { describe, expect, test } from 'vitest';
import { asContainerId, type Container, type Pod } from '../../../src/pod/index.ts';
import type { PodEnd, StopRecord } from '../../../src/state/index.ts';
import { podStatus, podWords } from '../../../src/status/index.ts';
import { detailsOf, makeContainer, makeInstance, makePod, makeRecord, nowMs, observe } from '../plan/base.ts';
import { baseInput, statusOf } from './base.ts';

/** Ends of pods that are told when they have come, and not before (kubelet: status_manager mergePodStatus). */

const over: PodEnd = { reason: 'DeadlineExceeded', message: 'too long', atMs: nowMs };
const two = makePod({ spec: { containers: ['app', 'log'].map((name) => makeContainer(name)) } });
const never = (initContainers: readonly Container[]): Pod =>
  makePod({ spec: { initContainers, containers: [makeContainer('app')], restartPolicy: 'Never' } });

describe('a pod that is ended as a whole', () => {
  const told = (...states: readonly ('running' | 'unknown' | 'exited')[]) => {
    const containers = ['app', 'log'].map((name, index) =>
      makeInstance(name, { state: states[index] ?? 'exited' }, two),
    );
    // It was seen while it ran.
    const containerDetails = new Map(containers.map(({ id }) => [id, detailsOf({ exitCode: 1 })]));
    const record = makeRecord({ pod: two, ended: over });
    return podStatus({
      ...baseInput,
      pod: two,
      observed: { ...observe({ containers }), containerDetails },
      record,
    });
  };

  test.each([
    ['all of it runs', told('running', 'running')],
    ['one of it runs', told('exited', 'running')],
    ['of one nobody knows whether it runs', told('exited', 'unknown')],
  ])('is still Running, without a reason, but not Ready, while %s', (_case, status) => {
    expect(status.phase).toBe('Running');
    expect(status).not.toHaveProperty('reason');
    expect(status).not.toHaveProperty('message');
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'PodFailed' }),
    );
  });

  test('has Failed once nothing of it lives', () => {
    const status = told('exited', 'exited');
    expect(status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' });
    expect(podWords(two.spec, status, false).status).toBe('DeadlineExceeded');
  });

  test('has Failed at once where nothing of it ever ran', () => {
    const record = makeRecord({ ended: over });
    expect(statusOf({ observed: observe({ containers: [] }), record })).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
    });
  });
});

describe('an init container that fails for good', () => {
  const proxied = never([makeContainer('proxy', { restartPolicy: 'Always' }), makeContainer('setup')]);
  const told = (proxy: 'running' | 'exited') =>
    statusOf({
      pod: proxied,
      observed: observe({
        containers: [
          makeInstance('proxy', { state: proxy }, proxied),
          makeInstance('setup', { state: 'exited' }, proxied),
        ],
        details: { 'setup-0': detailsOf({ exitCode: 1 }) },
      }),
    });

  test('fails the pod when the sidecars have ended, too', () => {
    expect([told('running').phase, told('exited').phase]).toEqual(['Pending', 'Failed']);
  });

  test('may have ended well, where it was stopped since nobody knew how it was', () => {
    const pod = never([makeContainer('setup')]);
    const stop: StopRecord = { startedAtMs: 0, graceSeconds: 2, cause: 'unknown' };
    const observed = observe({
      containers: [makeInstance('setup', { state: 'exited' }, pod)],
      details: { 'setup-0': detailsOf({ finishedAtMs: nowMs }) },
    });
    const record = makeRecord({ pod, stops: { [asContainerId('setup-0')]: stop } });
    expect(statusOf({ pod, observed, record }).phase).toBe('Failed');
  });

  test('may have exit code 0, where it was killed for its memory (kubelet: isInitContainerFailed)', () => {
    const pod = never([makeContainer('setup')]);
    const status = statusOf({
      pod,
      observed: observe({
        containers: [makeInstance('setup', { state: 'exited' }, pod)],
        details: { 'setup-0': detailsOf({ finishedAtMs: nowMs, reason: 'OOMKilled' }) },
      }),
    });
    expect(status).toMatchObject({ phase: 'Failed', initContainerStatuses: [{ ready: false }] });
    expect(podWords(pod.spec, status, false).status).toBe('Init:OOMKilled');
  });
});

describe('a container that was stopped since its postStart hook failed, under OnFailure', () => {
  const pod = makePod({ spec: { containers: [makeContainer('app')], restartPolicy: 'OnFailure' } });
  const stop: StopRecord = { startedAtMs: 0, graceSeconds: 2, cause: 'postStart' };
  const told = (exitCode: number) =>
    statusOf({
      pod,
      observed: observe({
        containers: [makeInstance('app', { state: 'exited' }, pod)],
        details: { 'app-0': detailsOf({ finishedAtMs: nowMs, exitCode }) },
      }),
      record: makeRecord({ pod, stops: { [asContainerId('app-0')]: stop } }),
    });

  test('is to run again where it ended badly', () => {
    expect(told(143)).toMatchObject({
      phase: 'Running',
      containerStatuses: [{ state: { waiting: { reason: 'PostStartHookError' } } }],
    });
  });

  test('is over where it ended well', () => {
    expect(told(0)).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
    });
  });
});

test('ephemeral containers have their share of the bytes of messages (kubelet: normalizeStatus)', () => {
  const names = ['debug', 'look'];
  const pod = makePod({
    spec: {
      containers: [makeContainer('app')],
      initContainers: [makeContainer('setup')],
      ephemeralContainers: names.map((name) => makeContainer(name)),
    },
  });
  const details = { 'app-0': detailsOf({ exitCode: 1, terminationMessage: 'x'.repeat(4096) }) };
  const containers = [makeInstance('app', { state: 'exited' }, pod)];
  const [app] = statusOf({ pod, observed: observe({ containers, details }) }).containerStatuses;
  expect(app?.state).toMatchObject({ terminated: { message: 'x'.repeat(12_288 / 4) } });
});
