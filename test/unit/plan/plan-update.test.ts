import { describe, expect, test } from 'vitest';
import type { ImageState } from '../../../src/images/index.ts';
import type { PlanInput } from '../../../src/plan/plan-input.ts';
import { type Version, versionInForce } from '../../../src/plan/plan-update.ts';
import {
  asContainerId,
  type Container,
  noObjects,
  nothingObserved,
  type ObservedContainer,
  type Pod,
  type PodObservation,
} from '../../../src/pod/index.ts';
import { configMap, uses } from '../../fakes/side-objects.ts';
import {
  act,
  detailsOf,
  imageId,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planFor,
  planOf,
  pod,
  ready,
  runTarget,
  uid,
} from './base.ts';
import {
  edited,
  held,
  inputOf,
  newImageIs,
  oldUses,
  probe,
  pulling,
  type RunInput,
  standing,
  taken,
  unknown,
  versionOf,
  waiting,
} from './version-of.ts';

/** Which version of a pod is in force. A rule of this project: the kubelet ends the old one first, whatever can be had of the new one. */

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
    ['a probe', makePod({ app: { livenessProbe: probe() } })],
    ['a container that is gone', makePod({ spec: { containers: [makeContainer('app')] } })],
  ])('where it makes nothing anew (%s), whatever is missing', (_case, wanted) => {
    const spec = { ...wanted.spec, volumes: [volume('gone')] };
    const of = { ...wanted, spec };
    const record = makeRecord({ pod: { ...pod, spec: { ...pod.spec, volumes: [volume('gone')] } } });
    expect(versionOf(of, { record, image: () => pulling })).toEqual(taken(of));
  });

  test('with another label, whatever is missing, as the life that it was', () => {
    const volumes = [volume('gone')];
    const labelled = makePod({ metadata: { labels: { a: 'b' } }, spec: { volumes } });
    const record = makeRecord({ pod: makePod({ spec: { volumes } }), changedAtMs: nowMs - 7 });
    expect(versionOf(labelled, { record, image: () => pulling })).toEqual(
      taken(labelled, { changedAtMs: nowMs - 7 }),
    );
  });
});

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
      'while an image that could not be had is looked for again',
      edited,
      newImageIs({ state: 'unknown', last: { reason: 'ErrImagePull', message: 'gone' } }),
      {
        actions: [act.look('app', 1, edited)],
        waits: [waiting('ErrImagePull', 'container app: gone')],
      },
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

describe('a pod whose new version can never be had', () => {
  const never: ImageState = { state: 'failed', reason: 'ErrImagePull', message: 'gone', untilMs: nowMs + 1 };
  const wait = waiting('ErrImagePull', 'container app: gone', nowMs + 1);
  const long = detailsOf({ startedAtMs: nowMs - 90_000, finishedAtMs: nowMs - 60_000, exitCode: 1 });
  const seen = (...containers: ObservedContainer[]): PodObservation => observe({ containers });

  test.each<[string, Partial<PlanInput>]>([
    ['while all is well', {}],
    [
      'when one is to be restarted',
      { observed: seen(makeInstance('app', { state: 'exited' }), makeInstance('log')) },
    ],
    [
      'when all are to be restarted',
      { observed: seen(makeInstance('app', { state: 'exited' }), makeInstance('log', { state: 'exited' })) },
    ],
    [
      'when one waits for its restart',
      { observed: seen(makeInstance('app', { state: 'exited', step: 3 }), makeInstance('log')) },
    ],
    [
      'when one was created',
      { observed: seen(makeInstance('app', { state: 'created' }), makeInstance('log')) },
    ],
    [
      'when one fails its probe',
      {
        health: new Map([
          [
            asContainerId('log-0'),
            { started: true, ready: false, failed: { probe: 'liveness', message: 'no' } },
          ],
        ]),
      },
    ],
    [
      'when its sandbox is gone, as long as something lives',
      { observed: observe({ sandboxes: [makeSandbox({ state: 'not-ready' })], details: { 'app-0': long } }) },
    ],
  ])('goes on as it is %s', (_case, changes) => {
    const image = newImageIs(never).image;
    const asItIs = planFor(pod, observe(), { image, ...changes });
    const plan = planOf({
      target: runTarget(edited, { standing: { pod, uses: noObjects } }),
      image,
      ...changes,
    });
    expect(plan).toEqual({ ...asItIs, waits: [...asItIs.waits, wait] });
  });
});

test('the image of the next version is looked for before all else', () => {
  const containers = [makeInstance('app'), makeInstance('log', { state: 'exited' })];
  const target = runTarget(edited, { standing: { pod, uses: noObjects } });
  const { actions } = planOf({ target, observed: observe({ containers }), ...newImageIs(unknown) });
  expect(actions).toEqual([act.look('app', 1, edited), act.create('log', { attempt: 1, step: 1 })]);
});
