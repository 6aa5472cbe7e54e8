import { describe, expect, test } from 'vitest';
import type { Plan, PlanInput } from '../../../src/plan/index.ts';
import {
  annotation,
  type Container,
  type EnvVar,
  noObjects,
  type Pod,
  type PodSpec,
  type UsedObjects,
} from '../../../src/pod/index.ts';
import { configDigest } from '../../../src/podspec/index.ts';
import { configMap, secret, uses } from '../../fakes/side-objects.ts';
import {
  act,
  exitedJustNow,
  makeInstance,
  makePod,
  makeRecord,
  observe,
  planFor,
  runTarget,
  stopsBegun,
} from './base.ts';

const mode: EnvVar = {
  name: 'MODE',
  value: '',
  valueFrom: { kind: 'configMapKeyRef', name: 'settings', key: 'mode' },
};
const fast = uses(configMap('settings', { mode: 'fast' }));
const safe = uses(configMap('settings', { mode: 'safe' }));

interface Changes {
  readonly follows?: boolean;
  readonly app?: Partial<Container>;
  readonly spec?: Partial<PodSpec>;
}

/** Pod `web`, whose container `app` takes a variable from the ConfigMap `settings`. */
function podWith({ follows = true, app = { env: [mode] }, spec = {} }: Changes = {}): Pod {
  return makePod({
    metadata: { annotations: follows ? { [annotation.restartOnConfigChange]: 'true' } : {} },
    app,
    spec: { ...makePod({ app }).spec, ...spec },
  });
}

function hashOf(of: Pod, used: UsedObjects): string {
  const [container] = of.spec.containers;
  return container === undefined ? '' : configDigest({ pod: of, container }, used);
}

/** Both run; `app` was made when the objects were these. */
function madeFrom(of: Pod, used: UsedObjects) {
  return observe({
    containers: [makeInstance('app', { configHash: hashOf(of, used) }, of), makeInstance('log', {}, of)],
  });
}

function planWith(of: Pod, used: UsedObjects, changes: Partial<PlanInput> = {}): Plan {
  return planFor(of, madeFrom(of, fast), { target: runTarget(of, { uses: used }), ...changes });
}

const settingsVolume = {
  name: 'files',
  source: { kind: 'configMap', name: 'settings', defaultMode: 0o644 },
} as const;

function mounting(part: { subPath?: string }): Partial<Container> {
  return { volumeMounts: [{ name: 'files', mountPath: '/etc/mode', ...part }] };
}

const nothing: Plan = { actions: [], waits: [] };
const bare = observe({ containers: [] });

describe('a variable that cannot be had keeps its container waiting, and no other (kubelet: CreateContainerConfigError)', () => {
  const of = podWith();

  test.each<[string, UsedObjects, string]>([
    ['an object', noObjects, 'configmap "settings" not found'],
    ['a key', uses(configMap('settings', {})), "couldn't find key mode in ConfigMap default/settings"],
  ])('%s is missing', (_case, used, message) => {
    expect(planWith(of, used, { observed: bare })).toEqual({
      actions: [act.create('log', { uses: used }, of)],
      waits: [{ container: 'app', reason: 'CreateContainerConfigError', message }],
    });
  });

  test('until it can', () => {
    expect(planWith(of, fast, { observed: bare })).toEqual({
      actions: [
        act.create('app', { uses: fast, configHash: hashOf(of, fast) }, of),
        act.create('log', { uses: fast }, of),
      ],
      waits: [],
    });
  });

  test('what runs is not asked again', () => {
    expect(planWith(of, noObjects)).toEqual(nothing);
  });

  test('a restart takes the values of now', () => {
    const exited = makeInstance('app', { state: 'exited', configHash: hashOf(of, fast) }, of);
    const observed = observe({ containers: [exited, makeInstance('log', {}, of)] });
    const unfollowing = podWith({ follows: false });
    expect(planWith(unfollowing, safe, { observed })).toEqual({
      actions: [
        act.create(
          'app',
          { attempt: 1, step: 1, uses: safe, configHash: hashOf(unfollowing, safe) },
          unfollowing,
        ),
      ],
      waits: [],
    });
  });
});

describe('variables from a file in a volume', () => {
  const env: EnvVar = {
    name: 'TOKEN',
    value: '',
    valueFrom: { kind: 'fileKeyRef', volumeName: 'data', path: 'made.env', key: 'TOKEN' },
  };
  const of = makePod({
    app: { env: [env] },
    spec: { volumes: [{ name: 'data', source: { kind: 'emptyDir', medium: '' } }] },
  });
  const planWithFile = (envFiles: ReadonlyMap<string, string>) =>
    planFor(of, observe({ containers: [makeInstance('log', {}, of)], envFiles }), {
      prepared: { volumes: { of: JSON.stringify(of.spec.volumes), request: requestText } },
    });
  const requestText = '{"setups":[{"kind":"empty-dir","volume":"data","medium":"disk"}]}';

  test('wait until the file is there', () => {
    expect(planWithFile(new Map())).toMatchObject({
      actions: [],
      waits: [{ container: 'app', reason: 'CreateContainerConfigError' }],
    });
    const envFiles = new Map([['data/made.env', "TOKEN='abc'\n"]]);
    const plan = planWithFile(envFiles);
    expect(plan).toEqual({ actions: [act.create('app', { envFiles }, of)], waits: [] });
    expect(plan.actions).toMatchObject([{ config: { envs: [{ key: 'TOKEN', value: 'abc' }] } }]);
  });
});

describe('with the annotation, a container follows what it was made from by restarting', () => {
  const of = podWith();

  test('first it is stopped, and nothing else', () => {
    expect(planWith(of, safe)).toEqual({
      actions: [act.save({ pod: of, stops: stopsBegun(30, 'app') }), ...act.stops({ app: 30 })],
      waits: act.stopWaits({ app: 30 }),
    });
  });

  test('then it is made anew at once, from what is said now', () => {
    const stopped = makeInstance('app', { state: 'exited', step: 4, configHash: hashOf(of, fast) }, of);
    const observed = observe({ containers: [stopped, makeInstance('log', {}, of)] });
    const record = makeRecord({ pod: of, stops: stopsBegun(30, 'app') });
    expect(planWith(of, safe, { observed, record })).toEqual({
      actions: [act.create('app', { attempt: 1, uses: safe, configHash: hashOf(of, safe) }, of)],
      waits: [],
    });
  });

  test('one that waits for its back-off does not wait any more', () => {
    const crashed = makeInstance('app', { state: 'exited', step: 5, configHash: hashOf(of, fast) }, of);
    const observed = observe({
      containers: [crashed, makeInstance('log', {}, of)],
      details: { 'app-0': exitedJustNow },
    });
    expect(planWith(of, fast, { observed }).waits).toMatchObject([{ reason: 'CrashLoopBackOff' }]);
    expect(planWith(of, safe, { observed })).toEqual({
      actions: [act.create('app', { attempt: 1, uses: safe, configHash: hashOf(of, safe) }, of)],
      waits: [],
    });
  });

  test.each<[string, Pod, UsedObjects]>([
    ['what it takes is the same', of, uses(configMap('settings', { mode: 'fast', other: 'x' }))],
    ['the object is gone', of, noObjects],
    ['the pod does not ask for it', podWith({ follows: false }), safe],
    [
      'it asks otherwise',
      { ...of, metadata: { ...of.metadata, annotations: { [annotation.restartOnConfigChange]: 'yes' } } },
      safe,
    ],
    [
      'the files it mounts change by themselves',
      podWith({ app: mounting({}), spec: { volumes: [settingsVolume] } }),
      safe,
    ],
  ])('not where %s', (_case, pod, used) => {
    const observed = madeFrom(pod, fast);
    const prepared = { volumes: { of: JSON.stringify(pod.spec.volumes ?? []) } };
    const { actions, waits } = planFor(pod, observed, { target: runTarget(pod, { uses: used }), prepared });
    expect(actions.filter(({ type }) => type !== 'set-up-volumes')).toEqual([]);
    expect(waits).toEqual([]);
  });

  test('not where it took nothing when it was made', () => {
    const observed = observe({ containers: ['app', 'log'].map((name) => makeInstance(name, {}, of)) });
    expect(planWith(of, safe, { observed })).toEqual(nothing);
  });

  test('not while another object of the pod is missing: what is half there is no change', () => {
    const more: EnvVar = {
      name: 'KEY',
      value: '',
      valueFrom: { kind: 'secretKeyRef', name: 'keys', key: 'k', optional: true },
    };
    const two = podWith({ app: { env: [mode, more] } });
    const keys = secret('keys', { k: '1' });
    const both = uses(configMap('settings', { mode: 'fast' }), keys);
    const observed = madeFrom(two, both);
    expect(planWith(two, safe, { observed })).toEqual(nothing);
    const changed = uses(configMap('settings', { mode: 'safe' }), keys);
    expect(planWith(two, changed, { observed }).actions).toEqual(
      expect.arrayContaining(act.stops({ app: 30 })),
    );
  });

  test('whether or not credentials for pulls are there', () => {
    const pulling = podWith({ spec: { imagePullSecrets: ['registry'] } });
    expect(planWith(pulling, safe, { observed: madeFrom(pulling, fast) }).actions).toEqual(
      expect.arrayContaining(act.stops({ app: 30 })),
    );
  });

  test('also for a part of a volume, which does not change by itself', () => {
    const part = podWith({ app: mounting({ subPath: 'mode' }), spec: { volumes: [settingsVolume] } });
    expect(planWith(part, safe, { observed: madeFrom(part, fast) }).actions).toEqual(
      expect.arrayContaining(act.stops({ app: 30 })),
    );
  });
});
