import { describe, expect, test } from 'vitest';
import type { Plan, PlanInput } from '../../../src/plan/index.ts';
import type { Surroundings } from '../../../src/plan/plan-input.ts';
import { done } from '../../../src/plan/prepared.ts';
import { asPodUid, nothingObserved, type Pod } from '../../../src/pod/index.ts';
import { podCgroup } from '../../../src/podspec/index.ts';
import { cgroupFacts, nodeFacts, runtimeFacts } from '../../fakes/facts.ts';
import { uses } from '../../fakes/side-objects.ts';
import {
  act,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  meanwhile,
  nowMs,
  observe,
  planFor,
  planOf,
  pod,
  runTarget,
  surroundings,
  uid,
  usersBase,
} from './base.ts';

/**
 * What a pod gets, or does not get, from the machine and the runtime it runs on: users of its own (kubelet: userns_manager.go), cgroups
 * (pod_container_manager_linux.go, EnsureExists), a handler (runtimeclass_manager.go, LookupRuntimeHandler). What it cannot get the kubelet
 * fails it for (canAdmitPod); here it waits.
 */

const nothing: Plan = { actions: [], waits: [] };

describe('a pod that this place cannot run as it is written', () => {
  const asking = makePod({ spec: { hostUsers: false } });
  const wait = {
    reason: 'RuntimeUnsupported',
    message:
      'spec.hostUsers needs a runtime handler with user namespaces (containerd 2.0, runc 1.2, Linux 6.3); this is containerd v2.1.4',
  };

  test('waits with the reason; nothing is made, pulled or written', () => {
    const target = runTarget(asking);
    const image = () => ({ state: 'unknown' }) as const;
    expect(planOf({ target, record: undefined, observed: nothingObserved, image })).toEqual({
      actions: [],
      waits: [wait],
    });
  });

  test('goes on by itself when the place offers it', () => {
    const plan = planFor(asking, nothingObserved, { surroundings: withUsers });
    expect(plan).toEqual({
      actions: [act.run(0, asking, { surroundings: withUsers, usersBase })],
      waits: [],
    });
  });

  test('leaves its running version alone when an edit asks for it, and keeps the record of that version', () => {
    expect(planOf({ target: runTarget(asking) })).toEqual({ actions: [], waits: [meanwhile(wait)] });
  });

  test('with its running version follows a file that was renamed', () => {
    expect(planOf({ target: runTarget(asking, { file: '/m/new.yaml' }) })).toEqual({
      actions: [act.save({ file: '/m/new.yaml' })],
      waits: [meanwhile(wait)],
    });
  });

  test('is not touched while it runs as written: a runtime that lost what it offered says nothing of what it did', () => {
    const observed = observe({
      sandboxes: [makeSandbox({}, asking)],
      containers: ['app', 'log'].map((name) => makeInstance(name, {}, asking)),
    });
    expect(planFor(asking, observed)).toEqual(nothing);
  });

  test('is not restarted when a container of it exits', () => {
    const containers = [makeInstance('app', { state: 'exited' }, asking), makeInstance('log', {}, asking)];
    const observed = observe({ sandboxes: [makeSandbox({}, asking)], containers });
    expect(planFor(asking, observed)).toEqual({ actions: [], waits: [wait] });
  });
});

const withUsers: Surroundings = {
  node: nodeFacts(),
  runtime: runtimeFacts({
    handlers: new Map([['', { recursiveReadOnlyMounts: true, userNamespaces: true }]]),
  }),
};

describe('the block of ids of a pod with users of its own', () => {
  const own = makePod({ spec: { hostUsers: false } });
  const planOwn = (changes: Partial<PlanInput>): Plan =>
    planFor(own, nothingObserved, { surroundings: withUsers, ...changes });

  test('is recorded before the sandbox that has it', () => {
    expect(planOwn({ record: undefined })).toEqual({
      actions: [
        act.save({ pod: own, createdAtMs: nowMs, usersBase }),
        act.run(0, own, { surroundings: withUsers, usersBase }),
      ],
      waits: [],
    });
  });

  test('stays the recorded one, whatever is free by now', () => {
    const record = makeRecord({ pod: own, usersBase: 7 * usersBase });
    expect(planOwn({ record })).toEqual({
      actions: [act.run(0, own, { surroundings: withUsers, usersBase: 7 * usersBase })],
      waits: [],
    });
  });

  test('is recorded when an edit asks for it, and kept when an edit asks for it no more', () => {
    const target = runTarget(own);
    const [save] = planOf({ target, surroundings: withUsers }).actions;
    expect(save).toMatchObject({ type: 'save-record', record: { pod: own, usersBase } });
    const record = makeRecord({ pod: own, usersBase });
    const [back] = planOf({ target: runTarget(pod), record, observed: nothingObserved }).actions;
    expect(back).toEqual(act.edit({ pod, usersBase }));
  });
});

describe('where the machine lets pods have cgroups of their own', () => {
  const shared: Surroundings = {
    ...surroundings,
    node: nodeFacts({ cgroups: cgroupFacts({ shared: true }) }),
  };
  const limited = makePod({
    app: { resources: { limits: { memory: '64Mi' }, requests: { memory: '64Mi' } } },
  });

  function cgroupOf(of: Pod, of2 = uid) {
    const cgroup = podCgroup(of, of2, { ...shared, uses: uses() });
    if (cgroup === undefined) throw new Error('no cgroup');
    return cgroup;
  }

  test('a new pod gets it before its sandbox, which is made in it', () => {
    const plan = planOf({ observed: nothingObserved, surroundings: shared });
    expect(plan).toEqual({
      actions: [act.setUpCgroup(cgroupOf(pod)), act.run(0, pod, { surroundings: shared })],
      waits: [],
    });
    expect(plan.actions[1]).toMatchObject({
      config: { linux: { cgroup_parent: `/kubepods/besteffort/pod${uid}` } },
    });
  });

  test('it is brought up to date where it is not as the manifest says', () => {
    const observed = observe({
      sandboxes: [makeSandbox({}, limited)],
      containers: ['app', 'log'].map((name) => makeInstance(name, {}, limited)),
    });
    const prepared = done({}, act.setUpCgroup(cgroupOf(pod)), runTarget(pod));
    expect(planFor(limited, observed, { surroundings: shared, prepared })).toEqual({
      actions: [act.setUpCgroup(cgroupOf(limited))],
      waits: [],
    });
  });

  test('nothing is done where it is as it was made', () => {
    const prepared = done({}, act.setUpCgroup(cgroupOf(pod)), runTarget(pod));
    expect(planOf({ surroundings: shared, prepared })).toEqual(nothing);
  });

  test('another life of the same manifest has another one', () => {
    const other = asPodUid('other');
    const target = runTarget(pod, { uid: other });
    const plan = planOf({ target, record: undefined, observed: nothingObserved, surroundings: shared });
    expect(plan.actions[1]).toEqual({ type: 'set-up-cgroup', uid: other, cgroup: cgroupOf(pod, other) });
  });

  test('it goes after all that ran in it, and before the record', () => {
    const record = makeRecord({ deletionStartedAtMs: nowMs });
    const target = { kind: 'remove', uid, key: 'default/web', file: '/m/web.yaml' } as PlanInput['target'];
    expect(planOf({ target, record, observed: observe({ containers: [] }), surroundings: shared })).toEqual({
      actions: [act.removeSandbox(0), act.tearDown, act.removeCgroup, act.deleteLogs, act.deleteRecord],
      waits: [],
    });
  });
});

describe('the handler of the runtime', () => {
  const of = makePod({ spec: { runtimeClassName: 'vm' } });

  test('is the one that the RuntimeClass names', () => {
    const used = uses({
      kind: 'RuntimeClass',
      metadata: { name: 'vm', namespace: '', labels: {}, annotations: {} },
      handler: 'kata',
    });
    const [run] = planFor(of, nothingObserved, { target: runTarget(of, { uses: used }) }).actions;
    expect(run).toMatchObject({ type: 'run-sandbox', handler: 'kata' });
  });

  test('is of that name itself where there is no such object', () => {
    expect(planFor(of, nothingObserved).actions).toMatchObject([{ type: 'run-sandbox', handler: 'vm' }]);
  });
});
