import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/plan/actions.ts';
import { asContainerId, asSandboxId, type PodEvent } from '../../../src/pod/index.ts';
import {
  type ActionContext,
  type ActionStage,
  type EventSubject,
  eventOfFailedHook,
  eventsOfAction,
  eventsOfWaits,
} from '../../../src/reconcile/pod-events.ts';
import type { PodRecord, StopRecord } from '../../../src/state/index.ts';
import type { Wait } from '../../../src/targets/wait.ts';
import {
  imageId,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  nowMs,
  observe,
  pod,
  sandboxConfigOf,
  uid,
} from '../plan/base.ts';

const subject: EventSubject = { uid, namespace: 'default', name: 'web', pod };
const done: ActionStage = { stage: 'done' };
const begun: ActionStage = { stage: 'begun' };
const failed: ActionStage = { stage: 'failed', reason: 'TheReason', message: 'no luck' };
const context: ActionContext = { record: makeRecord(), observed: observe() };

const brief = ({ type, reason, message, fieldPath }: PodEvent): string =>
  `${type} ${reason} ${fieldPath ?? '-'} ${message}`;
const told = (action: Action, stage: ActionStage, changes: Partial<ActionContext> = {}): readonly string[] =>
  eventsOfAction(subject, action, stage, { ...context, ...changes }).map(brief);

const create: Action = {
  type: 'create-container',
  need: {
    uid,
    namespace: 'default',
    name: 'web',
    container: 'app',
    attempt: 0,
    image: imageId,
    policy: 'Always',
  },
  sandboxId: asSandboxId('sb-0'),
  files: { container: 'app', attempt: 0 },
  config: {},
  sandboxConfig: {},
} as never;
const start: Action = { type: 'start-container', id: asContainerId('app-0'), container: 'app' };
const sandbox = (attempt: number): Action => ({
  type: 'run-sandbox',
  config: sandboxConfigOf(pod, attempt),
  handler: '',
});
const stopSandbox: Action = { type: 'stop-sandbox', id: asSandboxId('sb-0') };

describe('an action is told', () => {
  const app = 'spec.containers{app}';
  test.each<[string, Action, ActionStage, readonly string[]]>([
    ['a container is made', create, done, [`Normal Created ${app} Container created`]],
    ['it is about to be made', create, begun, []],
    ['it cannot be made', create, failed, [`Warning Failed ${app} Error: no luck`]],
    ['a container is started', start, done, [`Normal Started ${app} Container started`]],
    ['it cannot be started', start, failed, [`Warning Failed ${app} Error: no luck`]],
    ['a first sandbox is made', sandbox(0), begun, []],
    ['it was made', sandbox(0), done, []],
    [
      'another sandbox is made',
      sandbox(1),
      begun,
      ['Normal SandboxChanged - Pod sandbox changed, it will be killed and re-created.'],
    ],
    [
      'a sandbox cannot be made',
      sandbox(1),
      failed,
      ['Warning TheReason - Failed to create pod sandbox: no luck'],
    ],
    ['a sandbox was stopped', stopSandbox, done, []],
    ['a sandbox cannot be stopped', stopSandbox, failed, ['Warning TheReason - error killing pod: no luck']],
    [
      'volumes cannot be torn down',
      { type: 'tear-down-volumes', uid, why: 'the pod is gone' },
      failed,
      ['Warning TheReason - error killing pod: no luck'],
    ],
    [
      'the cgroup cannot be removed',
      { type: 'remove-cgroup', uid },
      failed,
      ['Warning TheReason - error killing pod: no luck'],
    ],
    [
      'rubbish cannot be removed',
      { type: 'remove-container', id: asContainerId('x'), container: 'app', attempt: 0, why: 'of age' },
      failed,
      ['Warning FailedSync - Error syncing pod, skipping: no luck'],
    ],
    ['the record is gone', { type: 'delete-record', uid }, done, []],
  ])('when %s', (_case, action, stage, events) => {
    expect(told(action, stage)).toEqual(events);
  });

  test('volumes that cannot be made, and a cgroup', () => {
    const volumes = { type: 'set-up-volumes', uid, request: { volumes: [] } } as never;
    expect(told(volumes, failed)).toEqual(['Warning TheReason - no luck']);
    const cgroup = {
      type: 'set-up-cgroup',
      uid,
      cgroup: { path: '/x', qos: 'BestEffort', cpuShares: 2 },
    } as const;
    expect(told(cgroup, failed)).toEqual([
      'Warning TheReason - unable to ensure pod container exists: no luck',
    ]);
  });
});

describe('a stop is told when it is first on record', () => {
  const id = asContainerId('app-0');
  const stop = (changes: Partial<StopRecord> = {}): PodRecord['stops'] => ({
    [id]: { startedAtMs: nowMs, graceSeconds: 30, ...changes },
  });
  const save = (record: Partial<PodRecord>): Action => ({ type: 'save-record', record: makeRecord(record) });
  const killing = (message: string) => [`Normal Killing spec.containers{app} ${message}`];
  const edited = makePod({ app: { image: 'app:2' } });
  const never = makePod({ spec: { restartPolicy: 'Never' } });

  test.each<[string, Partial<PodRecord>, string]>([
    [
      'liveness',
      { stops: stop({ cause: 'liveness' }) },
      'Container app failed liveness probe, will be restarted',
    ],
    [
      'startup',
      { stops: stop({ cause: 'startup' }) },
      'Container app failed startup probe, will be restarted',
    ],
    [
      'liveness, Never',
      { pod: never, stops: stop({ cause: 'liveness' }) },
      'Container app failed liveness probe',
    ],
    ['postStart', { stops: stop({ cause: 'postStart' }) }, 'FailedPostStartHook'],
    [
      'a state that nobody knows (kubelet: computeInitContainerActions)',
      { stops: stop({ cause: 'unknown' }) },
      'Init container is in "unknown" state, try killing it before restart',
    ],
    [
      'a state that nobody knows, Never',
      { pod: never, stops: stop({ cause: 'unknown' }) },
      'Stopping container app',
    ],
    ['shutdown', { stops: stop({ cause: 'shutdown' }) }, 'Stopping container app'],
    ['all begin anew', { stops: stop({ cause: 'restartAll' }) }, 'Stopping container app'],
    ['an edit', { pod: edited, stops: stop() }, 'Container app definition changed, will be restarted'],
    ['another sandbox', { stops: stop() }, 'Stopping container app'],
    ['the removal', { pod: edited, deletionStartedAtMs: nowMs, stops: stop() }, 'Stopping container app'],
    [
      'no place in the manifest any more',
      { pod: makePod({ spec: { containers: [makeContainer('log')] } }), stops: stop() },
      'Stopping container app',
    ],
  ])('for %s', (_case, record, message) => {
    const before = makeRecord({ pod: record.pod ?? pod });
    expect(told(save(record), done, { record: before })).toEqual(killing(message));
  });

  test('and never again', () => {
    const record = makeRecord({ stops: stop() });
    expect(told(save({ stops: stop({ signalled: true }) }), done, { record })).toEqual([]);
    expect(told(save({ stops: stop() }), begun)).toEqual([]);
  });

  test('so is the end of the pod, before the stops that follow from it', () => {
    const late = { reason: 'DeadlineExceeded', message: 'longer than specified', atMs: nowMs } as const;
    const full = { reason: 'Evicted', message: 'too much. ', atMs: nowMs } as const;
    expect(told(save({ ended: late, stops: stop() }), done)).toEqual([
      'Normal DeadlineExceeded - longer than specified',
      ...killing('Stopping container app'),
    ]);
    expect(told(save({ ended: full }), done)).toEqual(['Warning Evicted - too much.']);
    expect(told(save({ ended: late }), done, { record: makeRecord({ ended: late }) })).toEqual([]);
  });

  test('of an init container the place says so', () => {
    const of = makePod({ spec: { initContainers: [makeContainer('proxy', { restartPolicy: 'Always' })] } });
    const proxy = makeInstance('proxy', {}, of);
    const record = makeRecord({ pod: of, stops: { [proxy.id]: { startedAtMs: nowMs, graceSeconds: 30 } } });
    const events = eventsOfAction({ ...subject, pod: of }, { type: 'save-record', record }, done, {
      record: undefined,
      observed: observe({ containers: [proxy] }),
    });
    expect(events.map(brief)).toEqual(['Normal Killing spec.initContainers{proxy} Stopping container proxy']);
  });
});

describe('another version is told when it is on record', () => {
  const edited = makePod({ app: { image: 'app:2' } });
  const rejected = { pod: edited, atMs: nowMs, message: 'too late' };
  const saved = (changes: Partial<PodRecord>): Action => ({
    type: 'save-record',
    record: makeRecord(changes),
  });

  test.each<[string, PodRecord | undefined, Partial<PodRecord>, readonly string[]]>([
    ['the first one', undefined, {}, []],
    ['the same one', makeRecord(), { pod: makePod(), ready: true }, []],
    [
      'the one of the manifest',
      makeRecord(),
      { pod: edited },
      ['Normal Updating - the version that the manifest has now is taken up'],
    ],
    ['the last good one', makeRecord({ pod: edited }), { rejected }, ['Warning RolledBack - too late']],
    ['what was told of', makeRecord({ rejected }), { rejected, file: '/m/other.yaml' }, []],
  ])('%s', (_case, record, changes, events) => {
    expect(told(saved(changes), done, { record })).toEqual(events);
    expect(told(saved(changes), begun, { record })).toEqual([]);
  });
});

describe('a wait is told when it begins', () => {
  const crashLoop: Wait = {
    container: 'app',
    reason: 'CrashLoopBackOff',
    message: 'back-off 10s',
    untilMs: nowMs,
  };
  const backOff = `Warning BackOff spec.containers{app} Back-off restarting failed container app in pod web_default(${uid})`;
  const config: Wait = {
    container: 'app',
    reason: 'CreateContainerConfigError',
    message: 'secret "x" not found',
  };

  test.each<[string, readonly Wait[], readonly Wait[], readonly string[]]>([
    ['a back-off', [], [crashLoop], [backOff]],
    ['the same back-off, a moment later', [crashLoop], [{ ...crashLoop, message: 'back-off 9s' }], []],
    ['the next back-off', [crashLoop], [{ ...crashLoop, untilMs: nowMs + 1 }], [backOff]],
    ['what is missing', [], [config], ['Warning Failed spec.containers{app} Error: secret "x" not found']],
    ['what is still missing', [config], [config], []],
    [
      'something else that is missing',
      [config],
      [{ ...config, message: 'y' }],
      ['Warning Failed spec.containers{app} Error: y'],
    ],
    ['a failed action, which told of itself', [], [{ ...config, reason: 'RunContainerError' }], []],
    ['an image, which tells of itself', [], [{ ...config, reason: 'ErrImagePull' }], []],
    [
      'a port that is taken',
      [],
      [{ reason: 'HostPortConflict', message: 'taken' }],
      ['Warning HostPortConflict - taken'],
    ],
    [
      'pages that are not there',
      [],
      [{ reason: 'OutOfhugepages-1Gi', message: 'none' }],
      ['Warning OutOfhugepages-1Gi - none'],
    ],
    ['pods that come first', [], [{ reason: 'StartAfter', message: 'waits' }], ['Normal StartAfter - waits']],
    ['a stop that goes on', [], [{ reason: 'Stopping', message: 'waiting' }], []],
  ])('%s', (_case, before, now, events) => {
    expect(eventsOfWaits(subject, before, now).map(brief)).toEqual(events);
  });
});

test('a hook that failed is told without what it answered', () => {
  expect(brief(eventOfFailedHook(subject, { container: 'app', hook: 'postStart' }))).toBe(
    'Warning FailedPostStartHook spec.containers{app} PostStartHook failed',
  );
  expect(brief(eventOfFailedHook(subject, { container: 'app', hook: 'preStop' }))).toBe(
    'Warning FailedPreStopHook spec.containers{app} PreStopHook failed',
  );
});
