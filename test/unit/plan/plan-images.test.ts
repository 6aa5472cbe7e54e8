import { describe, expect, test } from 'vitest';
import type { ImageNeed, ImageState, PullSecret } from '../../../src/images/index.ts';
import type { Action, Plan } from '../../../src/plan/index.ts';
import { type Container, noObjects, nothingObserved, type Pod, type Secret } from '../../../src/pod/index.ts';
import { secret, uses } from '../../fakes/side-objects.ts';
import {
  act,
  imageId,
  makeInstance,
  makePod,
  makeSandbox,
  nowMs,
  observe,
  planFor,
  ready,
  runTarget,
  uid,
} from './base.ts';

/**
 * Images: looked for before a container is made (kubelet: EnsureImageExists), those that are mounted before that (getImageVolumes); the
 * credentials of pull secrets (credentialprovider/secrets, MakeDockerKeyring); who may run them (security_context.go, verifyRunAsNonRoot).
 */

const unknown: ImageState = { state: 'unknown' };
const pulling: ImageState = { state: 'pulling' };
const bare = observe({ containers: [] });

/** Image states by what needs them; the others are ready. */
function images(states: Readonly<Record<string, ImageState>>): (need: ImageNeed) => ImageState {
  return ({ container }) => states[container] ?? ready;
}

const podNames = { uid, namespace: 'default', name: 'web' };
const ofContainer = (container: string) => ({
  ...{ ...podNames, fieldPath: `spec.containers{${container}}` },
  ...{ container, attempt: 0 },
});

test("an init container's is told of under its own list", () => {
  const [app] = makePod().spec.containers;
  const first = { ...app, name: 'first' } as Container;
  const plan = planFor(makePod({ spec: { initContainers: [first] } }), nothingObserved, {
    image: () => unknown,
  });
  expect(
    plan.actions.flatMap((action) => (action.type === 'ensure-image' ? action.need.fieldPath : [])),
  ).toEqual(['spec.initContainers{first}', 'spec.containers{app}', 'spec.containers{log}']);
});

test('one that failed is told as that while it is looked for again (kubelet: reasonCache)', () => {
  const last = { reason: 'ErrImageNeverPull', message: 'not here' };
  const plan = planFor(makePod(), bare, { image: images({ app: { state: 'unknown', last } }) });
  expect(plan).toEqual({ actions: [act.look('app', 0)], waits: [{ container: 'app', ...last }] });
});

describe('an image that is mounted', () => {
  const model = {
    name: 'model',
    source: { kind: 'image', reference: 'weights:1', pullPolicy: 'IfNotPresent' },
  } as const;
  const of = makePod({
    spec: { volumes: [model] },
    app: { volumeMounts: [{ name: 'model', mountPath: '/model' }] },
  });
  const need: ImageNeed = {
    ...{ ...podNames, container: 'volume:model', attempt: 0 },
    ...{ image: 'weights:1', policy: 'IfNotPresent' },
  };
  const look: Action = { type: 'ensure-image', need };
  const planWith = (states: Readonly<Record<string, ImageState>>): Plan =>
    planFor(of, bare, { image: images(states) });
  const volumes = new Map([['model', { imageId }]]);

  test('is looked for with the others before the sandbox, and needs nothing on disk', () => {
    expect(planFor(of, nothingObserved, { image: () => unknown })).toEqual({
      actions: [act.look('app', 0, of), look, act.look('log', 0, of), act.run(0, of)],
      waits: [],
    });
  });

  test('is looked for before its container is made, which holds later ones', () => {
    expect(planWith({ 'volume:model': unknown })).toEqual({ actions: [look], waits: [] });
  });

  test('is waited for while it is pulled', () => {
    expect(planWith({ 'volume:model': pulling })).toEqual({
      actions: [],
      waits: [{ container: 'app', reason: 'ContainerCreating', message: 'Pulling image "weights:1"' }],
    });
  });

  test('that cannot be had keeps its container alone from being made', () => {
    const failed: ImageState = {
      ...{ state: 'failed', reason: 'ErrImagePull', message: 'gone', untilMs: nowMs + 7_000 },
    };
    expect(planWith({ 'volume:model': failed })).toEqual({
      actions: [act.create('log', {}, of)],
      waits: [{ container: 'app', reason: 'ErrImagePull', message: 'gone', untilMs: nowMs + 7_000 }],
    });
  });

  test('is told to the runtime by its id, together with the name that was asked for', () => {
    const plan = planWith({});
    expect(plan).toEqual({
      actions: [act.create('app', { images: volumes }, of), act.create('log', {}, of)],
      waits: [],
    });
    const [create] = plan.actions;
    expect(create?.type === 'create-container' && create.config.mounts?.[0]).toMatchObject({
      container_path: '/model',
      image: { image: imageId, user_specified_image: 'weights:1' },
      readonly: true,
    });
  });

  test('does not keep the image of the container from being pulled after it', () => {
    expect(planWith({ app: unknown })).toEqual({ actions: [act.look('app', 0, of)], waits: [] });
  });
});

describe('credentials', () => {
  const text = '{"auths":{"registry.example":{"auth":"dTpw"}}}';
  const config = secret('config', { '.dockerconfigjson': text }, { type: 'kubernetes.io/dockerconfigjson' });
  const old = secret('old', { '.dockercfg': '{}' }, { type: 'kubernetes.io/dockercfg' });
  const fromConfig: PullSecret = { name: 'config', type: 'kubernetes.io/dockerconfigjson', text };
  const fromOld: PullSecret = { name: 'old', type: 'kubernetes.io/dockercfg', text: '{}' };

  function podWith(...imagePullSecrets: string[]): Pod {
    return makePod({ spec: { imagePullSecrets } });
  }

  function needs(of: Pod, ...secrets: Secret[]): ImageNeed[] {
    const plan = planFor(of, bare, {
      target: runTarget(of, { uses: uses(...secrets) }),
      image: () => unknown,
    });
    return plan.actions.flatMap((action) => (action.type === 'ensure-image' ? action.need : []));
  }

  test('stand in the need of every container, in the order of the manifest', () => {
    const [app] = needs(podWith('old', 'config'), config, old);
    expect(app).toEqual({
      ...{ ...ofContainer('app'), image: 'app:1', policy: 'IfNotPresent' },
      pullSecrets: [fromOld, fromConfig],
    });
  });

  test.each<[string, Secret[], PullSecret]>([
    ['is missing', [old], { name: 'config', problem: 'not found' }],
    [
      'is of another type',
      [secret('config', { '.dockerconfigjson': text }), old],
      { name: 'config', problem: 'is of type Opaque, which holds no registry credentials' },
    ],
    [
      'has no such key',
      [secret('config', { '.dockercfg': text }, { type: 'kubernetes.io/dockerconfigjson' }), old],
      { name: 'config', type: 'kubernetes.io/dockerconfigjson', text: '' },
    ],
  ])('one that %s is told of, and the others count', (_case, secrets, told) => {
    expect(needs(podWith('config', 'old'), ...secrets).map(({ pullSecrets }) => pullSecrets)).toEqual([
      [told, fromOld],
      [told, fromOld],
    ]);
  });

  test('are not there at all where none is named', () => {
    expect(needs(podWith(), config)).toEqual([
      { ...ofContainer('app'), image: 'app:1', policy: 'IfNotPresent' },
      { ...ofContainer('log'), image: 'log:1', policy: 'IfNotPresent' },
    ]);
  });

  test('serve images that are mounted, too', () => {
    const of = makePod({
      spec: {
        imagePullSecrets: ['config'],
        volumes: [{ name: 'm', source: { kind: 'image', reference: 'w:1', pullPolicy: 'Always' } }],
      },
      app: { volumeMounts: [{ name: 'm', mountPath: '/m' }] },
    });
    expect(needs(of, config)).toContainEqual({
      ...{ ...podNames, container: 'volume:m', attempt: 0, image: 'w:1', policy: 'Always' },
      pullSecrets: [fromConfig],
    });
  });
});

describe('runAsNonRoot is held against the user of the image that is there', () => {
  const of = makePod({ spec: { securityContext: { runAsNonRoot: true } } });
  const who = `(pod: "web_default(${uid})", container: app)`;

  function planWithUser(user: { uid?: number; username: string }): Plan {
    const observed = observe({
      sandboxes: [makeSandbox({}, of)],
      containers: [makeInstance('log', {}, of)],
    });
    return planFor(of, observed, { image: () => ({ state: 'ready', imageId, user }) });
  }

  test.each([
    ['root', { username: '' }, `container has runAsNonRoot and image will run as root ${who}`],
    [
      'a name',
      { username: 'web' },
      `container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root ${who}`,
    ],
  ])('%s: the container waits and is asked again with the next image', (_case, user, message) => {
    expect(planWithUser(user)).toEqual({
      actions: [],
      waits: [{ container: 'app', reason: 'CreateContainerConfigError', message }],
    });
  });

  test('a number above 0 may run, and is told to the runtime', () => {
    const [create] = planWithUser({ uid: 1000, username: '' }).actions;
    expect(create).toMatchObject({
      type: 'create-container',
      config: { linux: { security_context: { run_as_user: { value: 1000 } } } },
    });
  });

  test('what runs is left alone', () => {
    const containers = ['app', 'log'].map((name) => makeInstance(name, {}, of));
    const observed = observe({ sandboxes: [makeSandbox({}, of)], containers });
    expect(planFor(of, observed, { image: () => ready })).toEqual({ actions: [], waits: [] });
  });
});

test('a secret that no pull can use is no reason to wait', () => {
  const of = makePod({ spec: { imagePullSecrets: ['nowhere'] } });
  const { actions, waits } = planFor(of, bare, { target: runTarget(of, { uses: noObjects }) });
  expect(actions.map(({ type }) => type)).toEqual(['create-container', 'create-container']);
  expect(waits).toEqual([]);
});
