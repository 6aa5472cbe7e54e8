import { describe, expect, test } from 'vitest';
import type { ImageNeed, ImageState } from '../../../src/images/index.ts';
import {
  annotation,
  asContainerId,
  asPodUid,
  type Container,
  noObjects,
  nothingObserved,
  type Pod,
} from '../../../src/pod/index.ts';
import type { PlanInputFor } from '../../../src/reconcile/plan-input.ts';
import { type Version, versionInForce } from '../../../src/reconcile/plan-update.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { configMap, uses } from '../../fakes/side-objects.ts';
import {
  act,
  detailsOf,
  imageId,
  logDir,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  owner,
  pod,
  ready,
  rootDir,
  runTarget,
  surroundings,
  uid,
  usersBase,
} from './base.ts';

type RunInput = PlanInputFor<'run'>;

/** Another version of the base pod: its container `app` has another image. */
const edited = makePod({ app: { image: 'app:2' } });
const oldUses = uses(configMap('old', {}));
const standing = { pod, uses: oldUses };

/** The base pod runs, and its manifest says `wanted`. */
function versionOf(wanted: Pod, changes: Partial<RunInput> = {}): Shown {
  const { target, ...version } = versionInForce(inputOf(wanted, changes));
  return { pod: target.pod, uses: target.uses, ...version };
}

function inputOf(wanted: Pod, changes: Partial<RunInput>): RunInput {
  const record = 'record' in changes ? changes.record : makeRecord();
  return {
    target: runTarget(wanted, { standing: { pod: record?.pod ?? pod, uses: oldUses } }),
    observed: observe(),
    prepared: {},
    image: () => ready,
    failures: new Map(),
    health: new Map(),
    hook: () => ({ state: 'none' }),
    isStopping: () => false,
    crashLoopMaxMs: 300_000,
    nowMs,
    surroundings,
    usersBase: () => usersBase,
    owner,
    logDir,
    rootDir,
    ...changes,
    record,
  };
}

/** A version with its target in short. */
type Shown = Omit<Version, 'target'> & Pick<Version['target'], 'pod' | 'uses'>;

/** The wanted version, taken up now. */
function taken(wanted: Pod, changes: Partial<PodRecord> = {}): object {
  const record = makeRecord({ pod: wanted, changedAtMs: nowMs, ...changes });
  return { pod: wanted, uses: noObjects, record, actions: [], waits: [] };
}

/** The version on record, as long as something keeps the wanted one away. */
function held(keeping: Partial<Version>, changes: Partial<PodRecord> = {}): object {
  return { ...standing, record: makeRecord(changes), actions: [], waits: [], ...keeping };
}

function waiting(reason: string, message: string, untilMs?: number): Version['waits'][number] {
  const told = `${message}; the running version goes on`;
  return { reason, message: told, ...(untilMs !== undefined && { untilMs }) };
}

const pulling: ImageState = { state: 'pulling' };
const unknown: ImageState = { state: 'unknown' };
/** Whether the image of the edit can be had. */
const newImageIs = (state: ImageState) => ({
  image: ({ image }: ImageNeed): ImageState => (image === 'app:2' ? state : ready),
});

describe('the wanted version is in force at once', () => {
  test('of a pod that is new', () => {
    expect(versionOf(edited, { record: undefined, image: () => unknown })).toEqual({
      ...{ pod: edited, uses: noObjects, record: undefined, actions: [], waits: [] },
    });
  });

  test('where it is what is on record: nothing of the record changes', () => {
    const record = makeRecord();
    const version = versionOf(makePod(), { record, image: () => unknown });
    expect(version).toEqual({ pod, uses: noObjects, record, actions: [], waits: [] });
    expect(version.record).toBe(record);
  });

  const dead = makeSandbox({ state: 'not-ready' });
  const waitingFirst = [makeInstance('app', { state: 'created' })];
  test.each<[string, Partial<RunInput>]>([
    ['of which there is nothing', { observed: nothingObserved }],
    ['whose sandbox is there, and nothing in it', { observed: observe({ containers: [] }) }],
    ['whose containers never ran', { observed: observe({ containers: waitingFirst }) }],
    [
      'that went down with its sandbox',
      {
        observed: observe({
          sandboxes: [dead],
          containers: [makeInstance('app', { state: 'exited' }), makeInstance('log', { state: 'exited' })],
        }),
      },
    ],
  ])('of a pod %s', (_case, changes) => {
    expect(versionOf(edited, { ...changes, image: () => pulling })).toEqual(taken(edited));
  });

  const ended = { reason: 'DeadlineExceeded', message: 'over', atMs: nowMs - 1 } as const;
  const evicted = { ...ended, reason: 'Evicted' } as const;

  test('of a pod that was ended, and begins anew', () => {
    const record = makeRecord({ ended });
    expect(versionOf(edited, { record, image: () => pulling })).toEqual(taken(edited));
  });

  test('of an evicted pod, once its disk is cleared, and not before', () => {
    const record = makeRecord({ ended: evicted });
    const prepared = { cleared: true } as const;
    expect(versionOf(edited, { record })).toEqual(held({}, { ended: evicted }));
    expect(versionOf(edited, { record, prepared })).toEqual(taken(edited));
  });

  test.each<[string, Pod]>([
    ['labels', makePod({ metadata: { labels: { a: 'b' } } })],
    ['a probe', makePod({ app: { livenessProbe: probe() } })],
    ['a container that is gone', makePod({ spec: { containers: [makeContainer('app')] } })],
  ])('where it makes nothing anew (%s), whatever is missing', (_case, wanted) => {
    const spec = { ...wanted.spec, volumes: [volume('gone')] };
    const of = { ...wanted, spec };
    const record = makeRecord({ pod: { ...pod, spec: { ...pod.spec, volumes: [volume('gone')] } } });
    expect(versionOf(of, { record, image: () => pulling })).toEqual(taken(of));
  });
});

function probe() {
  return {
    handler: { kind: 'exec', command: ['true'] },
    initialDelaySeconds: 0,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  } as const;
}

function volume(name: string) {
  return { name: 'files', source: { kind: 'configMap', name, items: [], defaultMode: 0o644 } } as const;
}

describe('the running version goes on', () => {
  const withEnv = (env: Container['env']): Pod => makePod({ app: { env } });
  const keyOf = (name: string, key: string, optional = false): Container['env'] => [
    { name: 'A', value: '', valueFrom: { kind: 'configMapKeyRef', name, key, optional } },
  ];
  const model = { name: 'model', source: { kind: 'image', reference: 'm:1', pullPolicy: 'Never' } } as const;
  const withImageVolume = makePod({
    app: { volumeMounts: [{ name: 'model', mountPath: '/model' }] },
    spec: { volumes: [model] },
  });

  test.each<[string, Pod, Partial<RunInput>, Partial<Version>]>([
    [
      'until its image was looked for',
      edited,
      newImageIs(unknown),
      { actions: [act.look('app', 1, edited)] },
    ],
    [
      'while its image is pulled',
      edited,
      newImageIs(pulling),
      { waits: [waiting('Updating', 'container app: Pulling image "app:2"')] },
    ],
    [
      'while its image cannot be had',
      edited,
      newImageIs({ state: 'failed', reason: 'ErrImagePull', message: 'gone', untilMs: nowMs + 7_000 }),
      { waits: [waiting('ErrImagePull', 'container app: gone', nowMs + 7_000)] },
    ],
    [
      'while an image that it mounts is pulled',
      withImageVolume,
      { image: ({ container }) => (container === 'volume:model' ? pulling : ready) },
      { waits: [waiting('Updating', 'volume model: Pulling image "m:1"')] },
    ],
    [
      'while an object of its variables is missing',
      withEnv(keyOf('gone', 'k')),
      {},
      { waits: [waiting('CreateContainerConfigError', 'container app: configmap "gone" not found')] },
    ],
    [
      'while a key of its variables is missing',
      withEnv(keyOf('there', 'k')),
      { target: runTarget(withEnv(keyOf('there', 'k')), { standing, uses: uses(configMap('there', {})) }) },
      {
        waits: [
          waiting(
            'CreateContainerConfigError',
            "container app: couldn't find key k in ConfigMap default/there",
          ),
        ],
      },
    ],
    [
      'while it may not run as the user of its image',
      makePod({ app: { image: 'app:2', securityContext: { runAsNonRoot: true } } }),
      newImageIs({ state: 'ready', imageId, user: { username: 'web' } }),
      {
        waits: [
          waiting(
            'CreateContainerConfigError',
            'container app: container has runAsNonRoot and image has non-numeric user (web), ' +
              `cannot verify user is non-root (pod: "web_default(${uid})", container: app)`,
          ),
        ],
      },
    ],
  ])('%s', (_case, wanted, changes, keeping) => {
    expect(versionOf(wanted, changes)).toEqual(held(keeping));
  });

  test('while what its volumes take from is missing, unless they are made already', () => {
    const wanted = makePod({ app: { image: 'app:2' }, spec: { volumes: [volume('gone')] } });
    const { waits, ...rest } = versionOf(wanted);
    expect(rest).toEqual({ ...standing, record: makeRecord(), actions: [] });
    expect(waits).toEqual([
      {
        reason: 'CreateContainerConfigError',
        message: expect.stringContaining('configmap "gone" not found'),
      },
    ]);
    const prepared = { volumes: { of: JSON.stringify(wanted.spec.volumes) } };
    expect(versionOf(wanted, { prepared })).toEqual(taken(wanted));
  });

  test('what is optional, or told only by the pod itself, is not waited for', () => {
    const wanted = withEnv([
      ...keyOf('gone', 'k', true),
      { name: 'IP', value: '', valueFrom: { kind: 'fieldRef', fieldPath: 'status.podIP' } },
      {
        name: 'FILE',
        value: '',
        valueFrom: { kind: 'fileKeyRef', volumeName: 'v', path: 'env', key: 'K' },
      },
    ]);
    expect(versionOf(wanted)).toEqual(taken(wanted));
  });

  const blocked = { reason: 'HostPortInUse', message: 'port 80 is held' };
  const onHost = makePod({ spec: { hostNetwork: true } });

  test('while another pod is in the way of its sandbox', () => {
    const target = runTarget(onHost, { standing, blocked });
    expect(versionOf(onHost, { target })).toEqual(
      held({ waits: [waiting('HostPortInUse', 'port 80 is held')] }),
    );
  });

  test('not where it stays in its sandbox', () => {
    const target = runTarget(edited, { standing, blocked });
    expect(versionOf(edited, { target })).toEqual(taken(edited));
  });

  test('what blocks the wanted version does not block it, and the other way round', () => {
    const own = { reason: 'HostPortInUse', message: 'port 90 is held' };
    const target = runTarget(onHost, { standing: { ...standing, blocked: own }, blocked });
    const at = (of: Partial<RunInput['target']>): unknown =>
      versionInForce(inputOf(onHost, { target: { ...target, ...of } })).target.blocked;
    expect([at({}), at({ standing })]).toEqual([own, undefined]);
  });

  test('while this machine cannot run it', () => {
    const wanted = makePod({
      spec: { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
    });
    const { waits, ...rest } = versionOf(wanted);
    expect(rest).toEqual({ ...standing, record: makeRecord(), actions: [] });
    expect(waits).toEqual([
      {
        reason: 'SysctlForbidden',
        message: expect.stringMatching(/kernel\.msgmax.*; the running version goes on$/),
      },
    ]);
  });

  test('all that is missing is told, and images are looked for meanwhile', () => {
    const wanted = makePod({ app: { image: 'app:2', env: keyOf('gone', 'k') } });
    expect(versionOf(wanted, newImageIs(unknown))).toEqual(
      held({
        actions: [act.look('app', 1, edited)],
        waits: [waiting('CreateContainerConfigError', 'container app: configmap "gone" not found')],
      }),
    );
  });

  test('with objects that the target does not know of yet', () => {
    const target = runTarget(edited, { standing: { pod: edited, uses: noObjects }, previousUses: oldUses });
    expect(versionOf(edited, { target, ...newImageIs(unknown) })).toMatchObject({ pod, uses: oldUses });
  });
});

describe('a pod that is only between two runs has a life to spare', () => {
  const exited = [makeInstance('app', { state: 'exited' }), makeInstance('log', { state: 'exited' })];
  const restartingAll = { startedAtMs: nowMs, container: 'app' };
  test.each<[string, Partial<RunInput>]>([
    ['its containers have crashed', { observed: observe({ containers: exited }) }],
    ['their logs tell that they ran', { observed: observe({ containers: [], nextAttempts: { app: 3 } }) }],
    [
      'all are being restarted',
      { observed: observe({ containers: [] }), record: makeRecord({ restartingAll }) },
    ],
    [
      'nobody knows whether it runs',
      { observed: observe({ containers: [makeInstance('app', { state: 'unknown' })] }) },
    ],
  ])('%s', (_case, changes) => {
    const version = versionOf(edited, { ...changes, ...newImageIs(pulling) });
    expect([version.pod, version.waits]).toEqual([
      pod,
      [waiting('Updating', 'container app: Pulling image "app:2"')],
    ]);
  });
});

describe('only what is made anew is asked for', () => {
  const asked = (wanted: Pod, changes: Partial<RunInput> = {}): string[] =>
    versionOf(wanted, { image: () => unknown, ...changes }).actions.map((action) =>
      action.type === 'ensure-image'
        ? `${action.need.container} ${action.need.attempt} ${action.need.image}`
        : '?',
    );
  const withSide = (image: string): Pod =>
    makePod({ spec: { initContainers: [makeContainer('side', { restartPolicy: 'Always', image })] } });
  const init = makeContainer('init');

  test.each<[string, Pod, Partial<RunInput>, string[]]>([
    ['the container that is edited', edited, {}, ['app 1 app:2']],
    [
      'after the instance that is the newest',
      edited,
      {
        observed: observe({
          containers: [
            makeInstance('app', { state: 'exited' }),
            makeInstance('app', { attempt: 4 }),
            makeInstance('log'),
          ],
        }),
      },
      ['app 5 app:2'],
    ],
    [
      'a container that is new, counted on from its logs',
      makePod({ spec: { containers: [...pod.spec.containers, makeContainer('new')] } }),
      { observed: observe({ nextAttempts: { new: 2 } }) },
      ['new 2 new:1'],
    ],
    [
      'a sidecar that is edited',
      withSide('side:2'),
      {
        record: makeRecord({ pod: withSide('side:1') }),
        observed: observe({
          sandboxes: [makeSandbox({}, withSide('side:1'))],
          containers: ['side', 'app', 'log'].map((name) => makeInstance(name, {}, withSide('side:1'))),
        }),
      },
      ['side 1 side:2'],
    ],
    [
      'all of them in another sandbox',
      makePod({ spec: { hostPID: true, initContainers: [init] } }),
      {},
      ['init 0 init:1', 'app 1 app:1', 'log 1 log:1'],
    ],
    [
      'all of them where the sandbox is gone',
      edited,
      { observed: observe({ sandboxes: [makeSandbox({ state: 'not-ready' })] }) },
      ['app 1 app:2', 'log 1 log:1'],
    ],
    [
      'not one that is still to come, and the same in both',
      edited,
      { observed: observe({ containers: [makeInstance('app')] }) },
      ['app 1 app:2'],
    ],
    [
      'one that is still to come, and another',
      edited,
      { observed: observe({ containers: [makeInstance('log')] }) },
      ['app 0 app:2'],
    ],
  ])('%s', (_case, wanted, changes, needs) => {
    expect(asked(wanted, changes)).toEqual(needs);
  });

  test('one image that several containers mount is asked for once', () => {
    const volumeMounts = [{ name: 'model', mountPath: '/model' }];
    const source = { kind: 'image', reference: 'm:1', pullPolicy: 'Never' } as const;
    const containers = ['app', 'log'].map((name) => makeContainer(name, { volumeMounts }));
    expect(asked(makePod({ spec: { containers, volumes: [{ name: 'model', source }] } }))).toEqual([
      'app 1 app:1',
      'volume:model 0 m:1',
      'log 1 log:1',
    ]);
  });
});

const wish = (deadline = '60s') => ({
  [annotation.rollback]: 'true',
  [annotation.progressDeadline]: deadline,
});

/** A version whose pod wishes to go back. Its images are told apart by the number. */
function wishing(version: number, deadline?: string): Pod {
  return makePod({ metadata: { annotations: wish(deadline) }, app: { image: `app:${version}` } });
}

const [v1, v2, v3] = [wishing(1), wishing(2), wishing(3)];

/** Both containers of a version, running for the given time. */
function running(of: Pod, forMs = 60_000) {
  const details = { startedAtMs: nowMs - forMs };
  return observe({
    sandboxes: [makeSandbox({}, of)],
    containers: [makeInstance('app', {}, of), makeInstance('log', {}, of)],
    details: { 'app-0': detailsOf(details), 'log-0': detailsOf() },
  });
}

/** The containers of a version, of which `app` has crashed. */
function crashed(of: Pod) {
  return observe({
    sandboxes: [makeSandbox({}, of)],
    containers: [makeInstance('app', { state: 'exited' }, of), makeInstance('log', {}, of)],
  });
}

describe('a new version begins anew on record', () => {
  test('without what was of the last one; what is under way stays', () => {
    const rejected = { pod: v3, atMs: 1, message: 'late' };
    const stops = { 'app-0': { startedAtMs: nowMs, graceSeconds: 30 } };
    const starts = { [asContainerId('app-0')]: { started: true } as const };
    const record = makeRecord({ ready: true, rejected, previous: v3, stops, starts, usersBase: 131_072 });
    expect(versionOf(edited, { record })).toEqual(taken(edited, { stops, starts, usersBase: 131_072 }));
  });

  test('with a block of user ids where it needs one', () => {
    const wanted = makePod({ spec: { hostUsers: false } });
    const userNamespaces = {
      ...surroundings.runtime,
      handlers: new Map([['', { userNamespaces: true, recursiveReadOnlyMounts: false }]]),
    };
    const { record } = versionOf(wanted, {
      surroundings: { ...surroundings, runtime: userNamespaces },
      observed: nothingObserved,
    });
    expect(record).toEqual(makeRecord({ pod: wanted, changedAtMs: nowMs, usersBase }));
  });

  test.each<[string, Pod, Partial<PodRecord>, ReturnType<typeof observe>, Pod | undefined]>([
    ['was Ready', v2, { ready: true }, crashed(v1), v1],
    ['was Ready, not the one before', v2, { ready: true, previous: v3 }, crashed(v1), v1],
    ['is Ready now', v2, {}, running(v1), v1],
    ['is Ready for a moment', v2, {}, running(v1, 1), v1],
    ['is not Ready', v2, {}, crashed(v1), undefined],
    ['is not Ready: the one before goes first', v2, { previous: v3 }, crashed(v1), v3],
    ['never was Ready for long: the one before goes first', v2, { previous: v3 }, running(v1, 1), v3],
    [
      'was Ready, where nobody wishes to go back',
      edited,
      { ready: true, previous: v3 },
      running(v1),
      undefined,
    ],
  ])('the last version %s', (_case, wanted, changes, observed, previous) => {
    const record = makeRecord({ pod: v1, ...changes });
    const { ready: _, previous: __, ...rest } = record;
    expect(versionOf(wanted, { record, observed }).record).toEqual({
      ...rest,
      pod: wanted,
      changedAtMs: nowMs,
      ...(previous !== undefined && { previous }),
    });
  });
});

/** The version 2, in force for the given time, after version 1, which was Ready. */
const since = (agoMs: number, changes: Partial<PodRecord> = {}): PodRecord =>
  makeRecord({ pod: v2, changedAtMs: nowMs - agoMs, previous: v1, ...changes });

describe('a version that is Ready is what later ones go back to', () => {
  const gated = wishing(2);
  const withGates = { ...gated, spec: { ...gated.spec, readinessGates: ['ready.example'] } };
  const probed = makePod({
    metadata: { annotations: wish() },
    app: { image: 'app:2', readinessProbe: probe() },
  });
  const job = makePod({ metadata: { annotations: wish() }, spec: { restartPolicy: 'OnFailure' } });
  const side = makePod({
    metadata: { annotations: wish() },
    spec: { initContainers: [makeContainer('side', { restartPolicy: 'Always' })] },
  });
  const healthy = (isReady: boolean) =>
    new Map([[asContainerId('app-0'), { started: true, ready: isReady }]]);
  const done = (exitCode: number) => {
    const details = detailsOf({ finishedAtMs: nowMs - 1, exitCode });
    return observe({
      sandboxes: [],
      containers: ['app', 'log'].map((name) => makeInstance(name, { state: 'exited' }, job)),
      details: { 'app-0': details, 'log-0': detailsOf({ finishedAtMs: nowMs, exitCode: 0 }) },
    });
  };
  const stops = { 'app-0': { startedAtMs: nowMs, graceSeconds: 30 } };
  const inSide = [makeInstance('app', {}, side), makeInstance('log', {}, side)];

  test.each<[string, boolean, Pod, Partial<RunInput>]>([
    ['all its containers have run for a while', true, v2, { observed: running(v2) }],
    ['they have run for 10 s', true, v2, { observed: running(v2, 10_000) }],
    ['they have run for less', false, v2, { observed: running(v2, 9_999) }],
    ['they began after a clock was set back', true, v2, { observed: running(v2, -60_000) }],
    ['one has crashed', false, v2, { observed: crashed(v2) }],
    ['another version runs still', false, v2, { observed: running(v1) }],
    ['one is being stopped', false, v2, { observed: running(v2), record: since(30_000, { stops }) }],
    ['its probe has not succeeded', false, probed, { observed: running(probed), health: healthy(false) }],
    ['nobody has probed it', false, probed, { observed: running(probed) }],
    ['its probe has succeeded', true, probed, { observed: running(probed), health: healthy(true) }],
    ['it has readiness gates', false, withGates, { observed: running(withGates) }],
    ['its sidecar is missing', false, side, { observed: observe({ containers: inSide }) }],
    [
      'its sidecar runs, too',
      true,
      side,
      { observed: observe({ containers: [...inSide, makeInstance('side', {}, side)] }) },
    ],
    ['it has succeeded', true, job, { observed: done(0) }],
    ['it has failed', false, job, { observed: done(1) }],
  ])('%s: %s', (_case, isReady, of, changes) => {
    const before = changes.record ?? since(30_000);
    const record = { ...before, pod: of };
    const { previous: _, ...rest } = record;
    const version = versionOf(of, { ...changes, record });
    expect(version.record).toEqual(isReady ? { ...rest, ready: true } : record);
  });

  test('not for a pod that does not wish to go back', () => {
    const record = makeRecord({ changedAtMs: nowMs - 30_000 });
    expect(versionOf(pod, { record }).record).toBe(record);
  });

  test('not sooner than 10 s after an edit that replaces nothing', () => {
    const relabelled = makePod({
      metadata: { annotations: wish(), labels: { a: 'b' } },
      app: { image: 'app:1' },
    });
    const record = makeRecord({ pod: v1, ready: true });
    expect(versionOf(relabelled, { record, observed: running(v1) })).toEqual({
      ...taken(relabelled, { previous: v1 }),
      wakeAtMs: nowMs + 10_000,
    });
  });

  test('also while a later one is waited for', () => {
    const version = versionOf(v3, { record: since(30_000), observed: running(v2), image: () => pulling });
    const { previous: _, ...rest } = since(30_000);
    expect([version.pod, version.record]).toEqual([v2, { ...rest, ready: true }]);
  });
});

describe('a version that is not Ready in time', () => {
  const message = 'version not Ready within 60s: back to the last version that was';
  const late = (record: PodRecord, changes: Partial<RunInput> = {}): Shown =>
    versionOf(record.pod, {
      observed: crashed(v2),
      ...changes,
      record,
      target: changes.target ?? runTarget(record.pod, { previousUses: oldUses }),
    });
  const back = (changes: Partial<PodRecord> = {}): PodRecord =>
    makeRecord({
      ...{ pod: v1, changedAtMs: nowMs, ready: true },
      rejected: { pod: v2, atMs: nowMs, message },
      ...changes,
    });

  test('has its time', () => {
    const record = since(59_999);
    expect(late(record)).toEqual({
      ...{ pod: v2, uses: noObjects, record, actions: [], waits: [], wakeAtMs: nowMs + 1 },
    });
  });

  test('gives way to the last one that was', () => {
    expect(late(since(60_000))).toEqual({
      ...{ pod: v1, uses: oldUses, record: back(), actions: [] },
      waits: [{ reason: 'RolledBack', message }],
    });
  });

  test('gives way whatever runs of it, and though it was ended', () => {
    const ended = { reason: 'DeadlineExceeded', message: 'over', atMs: nowMs } as const;
    const observed = observe({ sandboxes: [], containers: [] });
    expect(late(since(60_000, { ended }), { observed }).record).toEqual(back());
  });

  test('has the time its annotation says', () => {
    const slow = wishing(2, '5m');
    const record = since(299_999, { pod: slow });
    expect(late(record)).toMatchObject({ pod: slow, wakeAtMs: nowMs + 1 });
    expect(late(since(300_000, { pod: slow })).record?.rejected).toEqual({
      ...{ pod: slow, atMs: nowMs },
      message: 'version not Ready within 300s: back to the last version that was',
    });
  });

  test.each<[string, PodRecord, Partial<RunInput>]>([
    ['its pod does not wish for it', { ...since(999_999), pod: edited }, {}],
    ['no version ever was Ready', makeRecord({ pod: v2, changedAtMs: nowMs - 999_999 }), {}],
    ['it was Ready once', makeRecord({ pod: v2, changedAtMs: nowMs - 999_999, ready: true }), {}],
    ['it is Ready in the end', since(60_000), { observed: running(v2) }],
  ])('stays where %s', (_case, record, changes) => {
    expect(late(record, changes).pod).toBe(record.pod);
  });

  test('that is Ready at the last moment may show that it stays so', () => {
    const record = since(60_000);
    expect(late(record, { observed: running(v2, 4_000) })).toEqual({
      ...{ pod: v2, uses: noObjects, record, actions: [], waits: [], wakeAtMs: nowMs + 6_000 },
    });
  });

  test('is looked at again when it may be taken for Ready, or when its time is over', () => {
    expect(late(since(55_000), { observed: running(v2, 4_000) }).wakeAtMs).toBe(nowMs + 5_000);
    expect(late(since(30_000), { observed: running(v2, 4_000) }).wakeAtMs).toBe(nowMs + 6_000);
  });

  test('has its whole time after a clock was set back', () => {
    const record = since(-3_600_000);
    const { record: after, wakeAtMs, pod: inForce } = late(record);
    expect([inForce, after, wakeAtMs]).toEqual([v2, { ...record, changedAtMs: nowMs }, nowMs + 60_000]);
  });

  test.each([
    [0, 60_000],
    [59_999, 1],
  ])('is not blamed for time in which nobody watched: %i ms seen', (watchedForMs, leftMs) => {
    const record = since(999_999);
    expect(late(record, { watchedForMs })).toMatchObject({ pod: v2, record, wakeAtMs: nowMs + leftMs });
  });

  test('gives way after that', () => {
    expect(late(since(999_999), { watchedForMs: 60_000 }).pod).toBe(v1);
  });

  test('gives way while a later one is waited for, which goes on being waited for', () => {
    const target = runTarget(v3, { standing: { pod: v2, uses: noObjects }, previousUses: oldUses });
    const image = ({ image: name }: ImageNeed): ImageState => (name === 'app:3' ? pulling : ready);
    expect(late(since(60_000), { target, image })).toEqual({
      ...{ pod: v1, uses: oldUses, record: back(), actions: [] },
      waits: [waiting('Updating', 'container app: Pulling image "app:3"')],
    });
  });
});

describe('a version that was given up', () => {
  const rejected = { pod: v2, atMs: nowMs - 999_999, message: 'too late' };
  const record = makeRecord({ pod: v1, ready: true, changedAtMs: nowMs - 999_999, rejected });
  const waits = [{ reason: 'RolledBack', message: 'too late' }];

  test.each<[string, ReturnType<typeof observe>]>([
    ['while the last good one runs', running(v1)],
    ['while that has crashed', crashed(v1)],
    ['when nothing is there any more', nothingObserved],
  ])('is not tried again %s', (_case, observed) => {
    const again = wishing(2);
    expect(versionOf(again, { record, observed })).toEqual({
      ...{ pod: v1, uses: oldUses, record, actions: [], waits },
    });
  });

  test('makes room for any other', () => {
    const { ready: _, rejected: __, ...rest } = record;
    expect(versionOf(v3, { record, observed: running(v1) }).record).toEqual({
      ...rest,
      pod: v3,
      changedAtMs: nowMs,
      previous: v1,
    });
  });

  test('is forgotten when the manifest comes back to the last good one', () => {
    const { rejected: _, ...rest } = record;
    expect(versionOf(v1, { record, observed: running(v1) })).toEqual({
      ...{ pod: v1, uses: noObjects, record: rest, actions: [], waits: [] },
    });
  });

  test('is not forgotten for a file that cannot be read', () => {
    const target = runTarget(v1, { stale: true });
    expect(versionOf(v1, { record, target, observed: running(v1) }).record).toBe(record);
  });

  test('of another pod says nothing', () => {
    const stranger = { ...v2, metadata: { ...v2.metadata, uid: asPodUid('other') } };
    const version = versionOf(stranger, { record, observed: running(v1) });
    expect(version.pod).toBe(stranger);
  });
});
