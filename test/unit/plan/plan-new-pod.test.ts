import { expect, test } from 'vitest';
import type { ImageNeed, ImageState } from '../../../src/images/index.ts';
import { asSandboxId, nothingObserved } from '../../../src/pod/index.ts';
import type { Target } from '../../../src/targets/index.ts';
import {
  act,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  meanwhile,
  nowMs,
  observe,
  planFor,
  planOf,
  pod,
  ready,
  removeTarget,
  runTarget,
} from './base.ts';

const unknown: ImageState = { state: 'unknown' };
const bare = observe({ containers: [] });

/** Image states by container; the others are ready. */
function images(states: Readonly<Record<string, ImageState>>): (need: ImageNeed) => ImageState {
  return ({ container }) => states[container] ?? ready;
}

test('a converged pod plans nothing', () => {
  expect(planOf()).toEqual({ actions: [], waits: [] });
});

test('a new pod: the record first, then images, then the sandbox (kubelet: SyncPod)', () => {
  expect(planOf({ record: undefined, observed: nothingObserved, image: () => unknown })).toEqual({
    actions: [act.save({ createdAtMs: nowMs }), act.look('app'), act.look('log'), act.run(0)],
    waits: [],
  });
});

test('a recorded pod that has nothing is begun without writing the record again', () => {
  expect(planOf({ observed: nothingObserved })).toEqual({ actions: [act.run(0)], waits: [] });
});

test('a sandbox does not wait for images on their way or failed', () => {
  const image = images({
    app: { state: 'pulling' },
    log: { state: 'failed', reason: 'ErrImagePull', message: 'no', untilMs: nowMs + 5_000 },
  });
  expect(planOf({ observed: nothingObserved, image })).toEqual({ actions: [act.run(0)], waits: [] });
});

test('with images ready, containers are created in the order of the manifest', () => {
  expect(planOf({ observed: bare })).toEqual({ actions: [act.create('app'), act.create('log')], waits: [] });
});

test('a container that was created is started; the other is created in the same pass', () => {
  const observed = observe({ containers: [makeInstance('app', { state: 'created' })] });
  expect(planOf({ observed })).toEqual({ actions: [act.start('app'), act.create('log')], waits: [] });
});

test('containers left created by a crash are started, not made anew', () => {
  const created = (name: string) => makeInstance(name, { state: 'created' });
  expect(planOf({ observed: observe({ containers: [created('log'), created('app')] }) })).toEqual({
    actions: [act.start('app'), act.start('log')],
    waits: [],
  });
});

test('a container left created in a sandbox that is gone is made anew with the next attempt', () => {
  const lost = makeInstance('app', { state: 'created', sandboxId: asSandboxId('sb-9') });
  expect(planOf({ observed: observe({ containers: [lost, makeInstance('log')] }) })).toEqual({
    actions: [act.create('app', { attempt: 1 })],
    waits: [],
  });
});

test('an unknown image is looked for; a later container does not overtake it, its own image is looked for', () => {
  expect(planOf({ observed: bare, image: () => unknown })).toEqual({
    actions: [act.look('app'), act.look('log')],
    waits: [],
  });
  expect(planOf({ observed: bare, image: images({ app: unknown }) })).toEqual({
    actions: [act.look('app')],
    waits: [],
  });
});

test('while an image is pulled its container waits and holds the creation of later ones, not their start', () => {
  const waits = [{ container: 'app', reason: 'ContainerCreating', message: 'Pulling image "app:1"' }];
  const image = images({ app: { state: 'pulling' } });
  expect(planOf({ observed: bare, image })).toEqual({ actions: [], waits });
  const observed = observe({ containers: [makeInstance('log', { state: 'created' })] });
  expect(planOf({ observed, image })).toEqual({ actions: [act.start('log')], waits });
});

test('an image on its way holds all later containers, not the next one alone', () => {
  const three = makePod({ spec: { containers: ['app', 'log', 'last'].map((name) => makeContainer(name)) } });
  const observed = observe({ containers: [makeInstance('log', { state: 'created' })] });
  expect(planFor(three, observed, { image: images({ app: { state: 'pulling' } }) })).toEqual({
    actions: [act.start('log')],
    waits: [{ container: 'app', reason: 'ContainerCreating', message: 'Pulling image "app:1"' }],
  });
});

test('an image on its way does not hold earlier containers', () => {
  expect(planOf({ observed: bare, image: images({ log: { state: 'pulling' } }) })).toEqual({
    actions: [act.create('app')],
    waits: [{ container: 'log', reason: 'ContainerCreating', message: 'Pulling image "log:1"' }],
  });
});

test('a failed image makes its container wait with the reason, and holds nobody', () => {
  const failed: ImageState = {
    state: 'failed',
    reason: 'ErrImagePull',
    message: 'gone',
    untilMs: nowMs + 7_000,
  };
  expect(planOf({ observed: bare, image: images({ app: failed }) })).toEqual({
    actions: [act.create('log')],
    waits: [{ container: 'app', reason: 'ErrImagePull', message: 'gone', untilMs: nowMs + 7_000 }],
  });
});

test('the restart count goes on from the log files where the runtime forgot (kubelet: restartCount)', () => {
  const observed = observe({ containers: [makeInstance('log')], nextAttempts: { app: 4 } });
  expect(planOf({ observed })).toEqual({ actions: [act.create('app', { attempt: 4 })], waits: [] });
});

test('the pull policy is part of what is asked of the images', () => {
  const always = makePod({ app: { imagePullPolicy: 'Always' } });
  expect(planFor(always, bare, { image: images({ app: unknown }) })).toEqual({
    actions: [
      {
        type: 'ensure-image',
        need: {
          ...{ uid: makeRecord().uid, namespace: 'default', name: 'web', fieldPath: 'spec.containers{app}' },
          ...{ container: 'app', attempt: 0, image: 'app:1', policy: 'Always' },
        },
      },
    ],
    waits: [],
  });
});

const blocked = { reason: 'PodNameInUse', message: 'somebody has it' };

test('a blocked new pod waits: nothing is made, nothing is written', () => {
  const target = runTarget(pod, { blocked });
  expect(planOf({ target, record: undefined, observed: nothingObserved })).toEqual({
    actions: [],
    waits: [blocked],
  });
});

test('blocking never stops what runs, and lets its containers be restarted', () => {
  const target = runTarget(pod, { blocked });
  expect(planOf({ target })).toEqual({ actions: [], waits: [] });
  expect(planOf({ target, observed: observe({ containers: [makeInstance('app')] }) })).toEqual({
    actions: [act.create('log')],
    waits: [],
  });
});

test('a blocked edit that needs a new sandbox leaves the running version and its record alone', () => {
  const edited = makePod({ app: { ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] } });
  expect(planOf({ target: runTarget(edited, { blocked }) })).toEqual({
    actions: [],
    waits: [meanwhile(blocked)],
  });
});

test('a blocked pod whose file was renamed keeps its version and notes the file', () => {
  const edited = makePod({ spec: { hostNetwork: true } });
  expect(planOf({ target: runTarget(edited, { blocked, file: '/m/new.yaml' }) })).toEqual({
    actions: [act.save({ file: '/m/new.yaml' })],
    waits: [meanwhile(blocked)],
  });
});

test('a renamed file is noted in the record and changes nothing else', () => {
  expect(planOf({ target: runTarget(pod, { file: '/m/new.yaml' }) })).toEqual({
    actions: [act.save({ file: '/m/new.yaml' })],
    waits: [],
  });
});

test('a hold touches nothing and says which file it waits for', () => {
  const target: Target = { ...removeTarget, kind: 'hold' };
  expect(planOf({ target, record: undefined })).toEqual({
    actions: [],
    waits: [{ reason: 'ManifestUnreadable', message: 'left as it is: /m/web.yaml cannot be used now' }],
  });
});

test('a lost record is written again from the manifest; what runs is not touched', () => {
  expect(planOf({ record: undefined })).toEqual({ actions: [act.save({ createdAtMs: nowMs })], waits: [] });
});
