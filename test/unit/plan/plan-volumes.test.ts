import { describe, expect, test } from 'vitest';
import type { Plan, PlanInput } from '../../../src/plan/index.ts';
import { done, type Prepared } from '../../../src/plan/prepared.ts';
import {
  asPodUid,
  asSandboxId,
  noObjects,
  nothingObserved,
  type PodSpec,
  type UsedObjects,
} from '../../../src/pod/index.ts';
import type { VolumesRequest } from '../../../src/volumes/index.ts';
import { base64, configMap, uses } from '../../fakes/side-objects.ts';
import {
  act,
  makeContainer,
  makeInstance,
  makePod,
  makeSandbox,
  nowMs,
  observe,
  planFor,
  planOf,
  runTarget,
} from './base.ts';

/**
 * Volumes: made before anything runs that has them (kubelet: WaitForAttachAndMount), brought up to date while it runs (configmap.go and
 * secret.go: RequiresRemount), taken away when nothing uses them (volume_manager.go: WaitForUnmount). An object that is missing makes
 * containers wait; the kubelet does not get that far.
 */

const files = { name: 'files', source: { kind: 'configMap', name: 'settings', defaultMode: 0o644 } } as const;
const mount = { name: 'files', mountPath: '/etc/settings' };

/** Pod `web`, whose container `app` mounts the ConfigMap `settings`. */
const web = makePod({ spec: { volumes: [files] }, app: { volumeMounts: [mount] } });
const settings = uses(configMap('settings', { mode: 'fast' }));

function requestOf(mode: string): VolumesRequest {
  const file = { path: 'mode', mode: 0o644, base64: base64(mode) };
  return {
    setups: [{ kind: 'files', volume: 'files', plugin: 'configmap', medium: 'disk', files: [file] }],
  };
}

/** What this daemon knows once it has made the volumes. */
const made: Prepared = done({}, act.setUp(requestOf('fast')), runTarget(web));

/** Both containers of `web` run, unless told otherwise. */
function running(...names: string[]) {
  const containers = (names.length > 0 ? names : ['app', 'log']).map((name) => makeInstance(name, {}, web));
  return observe({ sandboxes: [makeSandbox({}, web)], containers });
}

function planWeb(used: UsedObjects, changes: Partial<PlanInput> = {}): Plan {
  return planFor(web, running(), { target: runTarget(web, { uses: used }), prepared: made, ...changes });
}

function notFound(...containers: string[]) {
  const message = 'MountVolume.SetUp failed for volume "files" : configmap "settings" not found';
  return containers.map((container) => ({ container, reason: 'CreateContainerConfigError', message }));
}

const nothing: Plan = { actions: [], waits: [] };

describe('volumes are made', () => {
  test('before the sandbox of a new pod, and after its record', () => {
    const plan = planWeb(settings, {
      record: undefined,
      observed: nothingObserved,
      prepared: {},
      image: () => ({ state: 'unknown' }),
    });
    expect(plan).toEqual({
      actions: [
        act.save({ pod: web, createdAtMs: nowMs }),
        act.look('app', 0, web),
        act.look('log', 0, web),
        act.setUp(requestOf('fast')),
        act.run(0, web, { uses: settings }),
      ],
      waits: [],
    });
  });

  test('before another sandbox only where they are not as they should be', () => {
    const dead = observe({ sandboxes: [makeSandbox({ state: 'not-ready' }, web)], containers: [] });
    const again = [act.stopSandbox(0), act.run(1, web, { uses: settings })];
    expect(planWeb(settings, { observed: dead })).toEqual({ actions: again, waits: [] });
    expect(planWeb(settings, { observed: dead, prepared: {} })).toEqual({
      actions: [act.setUp(requestOf('fast')), ...again],
      waits: [],
    });
  });

  test('once more by a daemon that comes back, as the only action', () => {
    expect(planWeb(settings, { prepared: {} })).toEqual({
      actions: [act.setUp(requestOf('fast'))],
      waits: [],
    });
  });

  test('not at all where they are as they were made', () => {
    expect(planWeb(settings)).toEqual(nothing);
    expect(planWeb(uses(configMap('settings', { mode: 'fast' })))).toEqual(nothing);
  });

  test('not for a pod that has none', () => {
    expect(planOf({ prepared: {} })).toEqual(nothing);
  });

  test('with what an optional object leaves out', () => {
    const volumes = [{ ...files, source: { ...files.source, optional: true } }];
    const optional = makePod({ spec: { volumes }, app: { volumeMounts: [mount] } });
    const empty = { kind: 'files', volume: 'files', plugin: 'configmap', medium: 'disk', files: [] } as const;
    expect(planFor(optional, nothingObserved)).toEqual({
      actions: [act.setUp({ setups: [empty] }), act.run(0, optional)],
      waits: [],
    });
  });
});

describe('a change of the object', () => {
  const changed = uses(configMap('settings', { mode: 'safe' }));

  test('is brought to the files while the pod runs, and restarts nothing', () => {
    expect(planWeb(changed)).toEqual({ actions: [act.setUp(requestOf('safe'))], waits: [] });
  });

  test('comes before a container that is made in the same pass', () => {
    expect(planWeb(changed, { observed: running('app') })).toEqual({
      actions: [act.setUp(requestOf('safe')), act.create('log', { uses: changed }, web)],
      waits: [],
    });
  });

  test('that could not be brought to the files is told of and tried again later', () => {
    const failure = { count: 1, untilMs: nowMs + 1_000, reason: 'FailedMount', message: 'disk full' };
    const failures = new Map([['set-up-volumes', failure]]);
    expect(planWeb(changed, { failures })).toEqual({ actions: [], waits: [failure] });
    const over = new Map([['set-up-volumes', { ...failure, untilMs: nowMs }]]);
    expect(planWeb(changed, { failures: over }).actions).toEqual([act.setUp(requestOf('safe'))]);
  });
});

describe('an object that is missing', () => {
  test('makes all containers wait and no sandbox; images are looked for meanwhile', () => {
    const image = () => ({ state: 'unknown' }) as const;
    expect(planWeb(noObjects, { observed: nothingObserved, prepared: {}, image })).toEqual({
      actions: [act.look('app', 0, web), act.look('log', 0, web)],
      waits: notFound('app', 'log'),
    });
  });

  test('is waited for without a time: its coming is news by itself', () => {
    const waiting = { observed: nothingObserved, prepared: {} };
    expect(planWeb(noObjects, waiting)).toEqual({ actions: [], waits: notFound('app', 'log') });
    expect(planWeb(settings, waiting)).toEqual({
      actions: [act.setUp(requestOf('fast')), act.run(0, web, { uses: settings })],
      waits: [],
    });
  });

  test('gives a sandbox back that is not to be used any more', () => {
    const before = observe({ containers: [] });
    const edited = makePod({ spec: { volumes: [files], hostNetwork: true } });
    expect(planFor(edited, before)).toEqual({
      actions: [act.stopSandbox(0)],
      waits: notFound('app', 'log'),
    });
  });

  test('once the volumes were made is nothing to what runs', () => {
    expect(planWeb(noObjects)).toEqual(nothing);
  });

  test('once the volumes were made keeps no container from being made: they hold what they held', () => {
    expect(planWeb(noObjects, { observed: running('log') })).toEqual({
      actions: [act.create('app', {}, web)],
      waits: [],
    });
  });

  test('for a volume that an edit adds was never there: only what runs goes on', () => {
    const more = {
      name: 'more',
      source: { kind: 'secret', name: 'keys', defaultMode: 0o600 },
    } as const;
    const edited = makePod({
      spec: {
        volumes: [files, more],
        containers: [...web.spec.containers, makeContainer('new')],
      },
    });
    const message = 'MountVolume.SetUp failed for volume "more" : secret "keys" not found';
    const target = runTarget(edited, { uses: settings });
    expect(planFor(edited, running(), { target, prepared: made })).toEqual({
      actions: [],
      waits: [{ container: 'new', reason: 'CreateContainerConfigError', message }],
    });
  });

  test('makes a daemon that comes back wait before it makes another container, since it does not know the volumes', () => {
    expect(planWeb(noObjects, { prepared: {} })).toEqual(nothing);
    expect(planWeb(noObjects, { prepared: {}, observed: running('log') })).toEqual({
      actions: [],
      waits: notFound('app'),
    });
  });
});

test('volumes that an edit takes away are torn down when nothing that uses them runs any more', () => {
  const edited = makePod({ spec: { volumes: [] as PodSpec['volumes'] & object } });
  const containers = [makeInstance('app', { attempt: 1 }, edited), makeInstance('log', {}, edited)];
  const observed = observe({ sandboxes: [makeSandbox({}, edited)], containers });
  expect(planFor(edited, observed, { prepared: made })).toEqual({
    actions: [act.setUp({ setups: [] })],
    waits: [],
  });
});

test('what is worked out for a manifest is of one life: under another UID it tells that UID', () => {
  const source = {
    kind: 'downwardAPI',
    defaultMode: 0o644,
    items: [{ path: 'uid', kind: 'fieldRef', fieldPath: 'metadata.uid' }],
  } as const;
  const told = makePod({ spec: { volumes: [{ name: 'self', source }] } });
  const uidOf = (uid: string) => {
    const target = runTarget(told, { uid: asPodUid(uid) });
    const [setUp] = planOf({ target, record: undefined, observed: nothingObserved }).actions.slice(1);
    const [volume] = setUp?.type === 'set-up-volumes' ? setUp.request.setups : [];
    return volume?.kind === 'files' ? volume.files.map((file) => file.base64) : [];
  };
  expect(uidOf('first')).toEqual([base64('first')]);
  expect(uidOf('second')).toEqual([base64('second')]);
});

test('a container is made with what it has to find on disk', () => {
  const [action] = planWeb(settings, { observed: running('log') }).actions;
  expect(action).toMatchObject({
    type: 'create-container',
    sandboxId: asSandboxId('sb-0'),
    files: { container: 'app', attempt: 0, subPaths: [], terminationLog: true },
    config: {
      mounts: [
        {
          container_path: '/etc/settings',
          host_path: expect.stringMatching(/^\/root-dir\/pods\/.*\/kubernetes\.io~configmap\/files$/),
          readonly: true,
        },
        { container_path: '/etc/hosts' },
        { container_path: '/dev/termination-log' },
      ],
    },
  });
});
