import { describe, expect, test } from 'vitest';
import type { HookState } from '../../../src/lifecycle/index.ts';
import type { Plan, PlanInput } from '../../../src/plan/index.ts';
import { asContainerId, type HookHandler } from '../../../src/pod/index.ts';
import type { PodRecord, StartRecord } from '../../../src/state/index.ts';
import {
  act,
  byId,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planFor,
  uid,
} from './base.ts';

/**
 * postStart: right after the start, before anything later is started, at least once; one that fails ends its container, and the exit is
 * judged as any other (kubelet: startContainer, computePodActions, doBackOff).
 */

const handler: HookHandler = { kind: 'httpGet', path: '/', port: 'web', scheme: 'HTTP', headers: [] };
const web = makePod({
  spec: {
    containers: [
      makeContainer('app', {
        lifecycle: { postStart: handler },
        ports: [{ name: 'web', containerPort: 80, protocol: 'TCP' }],
      }),
      makeContainer('log'),
    ],
  },
});
const wait = { reason: 'PostStartHook', message: 'postStart hook of container app runs' };
const begin = {
  type: 'begin-hook',
  hook: {
    ...{ uid, id: asContainerId('app-0'), container: 'app', hook: 'postStart', handler, host: '10.0.0.7' },
    ports: [{ name: 'web', containerPort: 80, protocol: 'TCP' }],
  },
};

const running = makeInstance('app', {}, web);

function planWith(containers = [running], changes: Partial<PlanInput> = {}): Plan {
  return planFor(web, observe({ sandboxes: [makeSandbox({}, web)], containers }), changes);
}

const recorded = (postStart?: StartRecord['postStart'], changes: Partial<PodRecord> = {}) =>
  makeRecord({ pod: web, ...(postStart && { starts: byId({ 'app-0': { postStart } }) }), ...changes });
const save = (postStart: StartRecord['postStart'], changes: Partial<PodRecord> = {}) => ({
  type: 'save-record',
  record: recorded(postStart, changes),
});

test('a container with a hook is made before the others are', () => {
  expect(planWith([])).toEqual({ actions: [act.create('app', {}, web)], waits: [] });
});

test('and started before a later one that is there already', () => {
  const containers = ['app', 'log'].map((name) => makeInstance(name, { state: 'created' }, web));
  expect(planWith(containers)).toEqual({ actions: [act.start('app')], waits: [] });
});

describe('the hook of a container that runs', () => {
  test.each<[string, PodRecord, HookState, unknown[], unknown[]]>([
    ['is recorded and begun', recorded(), { state: 'none' }, [save('begun'), begin], [wait]],
    ['is waited for', recorded('begun'), { state: 'running' }, [], [wait]],
    ['is begun once more after a crash in between', recorded('begun'), { state: 'none' }, [begin], [wait]],
    [
      'lets the next container be made when it is done, which is recorded',
      recorded('begun'),
      { state: 'done' },
      [save('done'), act.create('log', {}, web)],
      [],
    ],
    [
      'is not begun again when it is on record',
      recorded('done'),
      { state: 'none' },
      [act.create('log', {}, web)],
      [],
    ],
  ])('%s', (_case, record, state, actions, waits) => {
    expect(planWith([running], { record, hook: () => state })).toEqual({ actions, waits });
  });

  test.each<[string, PodRecord, HookState]>([
    ['that just failed', recorded('begun'), { state: 'failed', message: 'no route' }],
    ['that is on record as failed', recorded('failed'), { state: 'none' }],
  ])('%s ends the container, to come back by its policy', (_case, record, state) => {
    const [saved, stop] = planWith([running], { record, hook: () => state }).actions;
    const stops = {
      'app-0': {
        startedAtMs: nowMs,
        graceSeconds: 30,
        cause: 'postStart',
        signalled: true,
        signalledAtMs: nowMs,
      },
    };
    expect(saved).toMatchObject({
      type: 'save-record',
      record: { starts: { 'app-0': { postStart: 'failed' } } },
    });
    expect(saved).toHaveProperty('record.stops', stops);
    expect(stop).toMatchObject({ type: 'begin-stop', why: 'FailedPostStartHook' });
  });

  test('does not hold up what runs already', () => {
    const log = makeInstance('log', { state: 'exited' }, web);
    expect(planWith([running, log], { record: recorded('done') }).actions).toEqual([
      act.create('log', { attempt: 1, step: 1 }, web),
    ]);
  });
});

test('what instances had behind them goes from the record with them', () => {
  const record = recorded('done', {
    starts: byId<StartRecord>({ 'app-0': { postStart: 'done' }, 'gone-0': { started: true } }),
  });
  expect(planWith([running, makeInstance('log', {}, web)], { record }).actions).toEqual([save('done')]);
});
