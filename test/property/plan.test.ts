import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Pod, type PodUid, podKey } from '../../src/pod/index.ts';
import { findTargets, type Plan, planPod, type Target } from '../../src/reconcile/index.ts';
import { file, logDir, makePod, makeRecord, makeSandbox, owner, uid } from '../unit/reconcile/base.ts';
import { badFile, goneDirectory, goodFile, manifestsOf, snapshotOf } from '../unit/reconcile/manifests.ts';
import { cases, failures, pods } from './plan-arbitraries.ts';
import { PlanWorld } from './plan-world.ts';

/** More passes than any way to a fixed point takes: stop, sandbox, image, create, start, rubbish, and some to spare. */
const PASSES = 20;
const runs = { numRuns: 1_000 };

function planIn(world: PlanWorld, target: Target, standing = new Map()): Plan {
  const { record, nowMs, image } = world;
  return planPod({
    target,
    record,
    observed: world.observe(),
    image,
    failures: standing,
    nowMs,
    owner,
    logDir,
  });
}

/** Plans and applies until nothing is left to do, or of the pod, letting the time pass that a plan waits for. */
function converge(world: PlanWorld, target: Target): void {
  for (let pass = 0; pass < PASSES; pass += 1) {
    const { actions, waits } = planIn(world, target);
    for (const action of actions) world.apply(action, target);
    if (actions.some(({ type }) => type === 'delete-record')) return;
    const until = waits.flatMap(({ untilMs }) => (untilMs === undefined ? [] : [untilMs]));
    if (actions.length === 0 && until.length === 0) return;
    if (actions.length === 0) world.nowMs = Math.min(...until);
  }
  throw new Error(`no fixed point: ${JSON.stringify(planIn(world, target))}`);
}

test('a plan is a pure function of its input and plain data', () => {
  fc.assert(
    fc.property(cases, failures, ({ target, start }, standing) => {
      const plan = planIn(new PlanWorld(start), target, new Map(standing));
      const again = planIn(new PlanWorld(structuredClone(start)), structuredClone(target), new Map(standing));
      expect(again).toStrictEqual(plan);
      expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan);
    }),
    runs,
  );
});

test('from anything a crash may leave, a wanted pod comes to rest as wanted, and safely', () => {
  fc.assert(
    fc.property(cases, ({ target, start }) => {
      fc.pre(target.kind === 'run');
      const world = new PlanWorld(start);
      converge(world, target);
      if (target.kind === 'run') expectAsWanted(world, target.pod);
    }),
    runs,
  );
});

test('from anything a crash may leave, a removed pod leaves nothing behind', () => {
  fc.assert(
    fc.property(cases, ({ start }) => {
      const target: Target = { kind: 'remove', uid, key: podKey(makePod().metadata), file };
      const world = new PlanWorld(start);
      converge(world, target);
      expect([world.sandboxes, world.containers, world.record]).toEqual([[], [], undefined]);
    }),
    runs,
  );
});

test('an edit in the midst of anything comes to the same rest as the edit alone', () => {
  fc.assert(
    fc.property(cases, pods, fc.nat(6), ({ start }, edited, passes) => {
      const world = new PlanWorld(start);
      const first: Target = { kind: 'run', uid, pod: start.record?.pod ?? makePod(), file, stale: false };
      for (let pass = 0; pass < passes; pass += 1)
        for (const action of planIn(world, first).actions) world.apply(action, first);
      converge(world, { ...first, pod: edited });
      expectAsWanted(world, edited);
    }),
    runs,
  );
});

function expectAsWanted(world: PlanWorld, pod: Pod): void {
  const names = pod.spec.containers.map(({ name }) => name);
  const newest = names.map((name) => world.observe().containers.find((each) => each.name === name));
  const ready = world.sandboxes.filter(({ state }) => state === 'ready').map(({ id }) => id);
  const running = newest.filter((each) => each?.state === 'running');
  expect(ready).toHaveLength(running.length > 0 ? 1 : 0);
  for (const each of running) expect(each?.sandboxId).toBe(ready[0]);
  if (pod.spec.restartPolicy === 'Always') expect(running).toHaveLength(names.length);
  for (const each of world.containers) expect(names).toContain(each.name);
  for (const name of names) {
    const dead = world.containers.filter((each) => each.name === name && each.state !== 'running');
    expect(dead.length).toBeLessThanOrEqual(1);
  }
  const [, ...older] = world.observe().sandboxes;
  for (const { id } of older) expect(world.containers.map(({ sandboxId }) => sandboxId)).toContain(id);
  expect(world.record?.pod).toEqual(pod);
}

/** What the pod's file may look like, and whether that is proof that the pod is not wanted. */
const sights = fc.constantFrom(
  { manifests: manifestsOf(goodFile(file, makePod())), proof: false },
  { manifests: manifestsOf(badFile(file)), proof: false },
  { manifests: snapshotOf(goneDirectory), proof: false },
  { manifests: manifestsOf(goodFile('/m/renamed.yaml', makePod())), proof: false },
  { manifests: manifestsOf(), proof: true },
  { manifests: manifestsOf(goodFile(file)), proof: true },
);

test('whatever is lost, a pod is removed on proof and on nothing else', () => {
  fc.assert(
    fc.property(sights, fc.boolean(), fc.boolean(), ({ manifests, proof }, recorded, alive) => {
      fc.pre(recorded || alive);
      const { targets } = findTargets({
        manifests,
        records: recorded ? [makeRecord()] : [],
        own: alive ? [makeSandbox()] : [],
        foreign: [],
        newUid: () => 'new' as PodUid,
      });
      expect([...targets.keys()]).toEqual([uid]);
      expect(targets.get(uid)?.kind === 'remove').toBe(proof);
    }),
  );
});
