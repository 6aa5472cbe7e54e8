import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '../../src/plan/index.ts';
import {
  allContainers,
  type Container,
  isSidecar,
  noObjects,
  type ObservedContainer,
  type PodUid,
  podKey,
  referencesOf,
} from '../../src/pod/index.ts';
import { findTargets, type Target } from '../../src/targets/index.ts';
import { base64 } from '../fakes/side-objects.ts';
import { file, makePod, makeRecord, makeSandbox, planOf, runTarget, uid } from '../unit/plan/base.ts';
import { badFile, goneDirectory, goodFile, manifestsOf, snapshotOf } from '../unit/targets/manifests.ts';
import { cases, failures, objects, pods } from './plan-arbitraries.ts';
import { PlanWorld } from './plan-world.ts';

/** More passes than any way to a fixed point takes: hooks, stops, sandbox, and for one container after the other image, create, start, hook. */
const PASSES = 40;
type RunTarget = Extract<Target, { kind: 'run' }>;

const runs = { numRuns: 1_000 };

function planIn(world: PlanWorld, target: Target, standing = new Map()): Plan {
  const { record, nowMs, image, prepared, surroundings } = world;
  return planOf({
    ...{ target, record, observed: world.observe(), prepared, image, surroundings },
    failures: standing,
    hook: (id, hook) => world.hooks.get(`${hook} ${id}`) ?? { state: 'none' },
    health: world.health,
    nowMs,
  });
}

/** Plans and applies until nothing is left to do, or of the pod, letting the time pass that a plan waits for. */
function converge(world: PlanWorld, target: Target): void {
  for (let pass = 0; pass < PASSES; pass += 1) {
    const { actions, waits } = planIn(world, target);
    for (const action of actions) world.apply(action, target);
    if (actions.some(({ type }) => type === 'delete-record')) return;
    if (actions.length === 0 && world.endWork()) continue;
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
      if (target.kind === 'run') expectAsWanted(world, target);
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
      expect([world.sandboxes, world.containers, world.record, world.volumes, world.cgroup]).toEqual([
        [],
        [],
        undefined,
        undefined,
        undefined,
      ]);
    }),
    runs,
  );
});

test('an edit in the midst of anything comes to the same rest as the edit alone', () => {
  fc.assert(
    fc.property(cases, pods, objects, fc.nat(6), ({ start }, edited, uses, passes) => {
      const world = new PlanWorld(start);
      const first = runTarget(start.record?.pod ?? makePod());
      for (let pass = 0; pass < passes; pass += 1)
        for (const action of planIn(world, first).actions) world.apply(action, first);
      const target = runTarget(edited, { uses });
      converge(world, target);
      expectAsWanted(world, target);
    }),
    runs,
  );
});

test('a pod with a deadline is over for good when its time is over, and an edit begins anew', () => {
  fc.assert(
    fc.property(cases, objects, ({ target, start }, uses) => {
      fc.pre(target.kind === 'run' && target.pod.spec.activeDeadlineSeconds !== undefined);
      const world = new PlanWorld(start);
      converge(world, target);
      fc.pre(target.kind === 'run' && !isHeld(world, target));
      const { wakeAtMs } = planIn(world, target);
      fc.pre(wakeAtMs !== undefined);
      world.nowMs = wakeAtMs ?? 0;
      converge(world, target);
      expect(world.record?.ended).toMatchObject({ reason: 'DeadlineExceeded', atMs: wakeAtMs });
      expectOver(world);
      world.nowMs += 3_600_000;
      expect(planIn(world, target)).toEqual({ actions: [], waits: [] });
      const edited = runTarget(makePod(), { uses });
      converge(world, edited);
      expectAsWanted(world, edited);
    }),
    runs,
  );
});

/** An edit whose objects are missing waits, while the version on record has a life. */
function isHeld({ record, containers }: PlanWorld, { pod, uses }: RunTarget): boolean {
  const isMissing = uses.configMaps.size < referencesOf(pod).configMaps.size;
  return isMissing && containers.length > 0 && JSON.stringify(record?.pod) !== JSON.stringify(pod);
}

function expectAsWanted(world: PlanWorld, { pod, uses }: RunTarget): void {
  const { record, containers, sandboxes } = world;
  const isMissing = uses.configMaps.size < referencesOf(pod).configMaps.size;
  // What cannot be had takes nobody's place.
  if (isMissing && JSON.stringify(record?.pod) !== JSON.stringify(pod)) return;
  expect(record?.pod).toEqual(pod);
  if (record?.ended !== undefined) {
    expectOver(world);
    return;
  }
  const all = allContainers(pod);
  for (const each of containers) expect(all.map(({ name }) => name)).toContain(each.name);
  const newestOf = ({ name }: Container): ObservedContainer | undefined =>
    world.observe().containers.find((each) => each.name === name);
  const ready = sandboxes.filter(({ state }) => state === 'ready').map(({ id }) => id);
  const living = all.filter((each) => isSidecar(each, pod) || pod.spec.containers.includes(each));
  const running = living.map(newestOf).filter((each) => each?.state === 'running');
  for (const each of running) expect(each?.sandboxId).toBe(ready[0]);
  if (!isMissing) expect(ready).toHaveLength(running.length > 0 ? 1 : 0);
  if (pod.spec.restartPolicy === 'Always' && !isMissing) expect(running).toHaveLength(living.length);
  if (ready.length > 0 && !isMissing) expectVolumes(world, { pod, uses });
  for (const latest of all.map(newestOf)) {
    const older = containers.filter((each) => each.name === latest?.name && each !== latest);
    expect(older.length).toBeLessThanOrEqual(latest?.state === 'exited' ? 0 : 1);
  }
  const [, ...older] = world.observe().sandboxes;
  for (const { id } of older) expect(containers.map(({ sandboxId }) => sandboxId)).toContain(id);
}

/** Nothing of the pod runs. */
function expectOver({ containers, sandboxes }: PlanWorld): void {
  expect(containers.filter(({ state }) => state === 'running' || state === 'unknown')).toEqual([]);
  expect(sandboxes.filter(({ state }) => state === 'ready')).toEqual([]);
}

/** What is on disk is what the object says now. */
function expectVolumes({ volumes }: PlanWorld, { pod, uses }: Pick<RunTarget, 'pod' | 'uses'>): void {
  const wanted = pod.spec.volumes?.map(({ name }) => name) ?? [];
  expect(volumes?.setups.map(({ volume }) => volume) ?? []).toEqual(wanted);
  for (const setup of volumes?.setups ?? []) {
    if (setup.kind !== 'files') continue;
    const text = uses.configMaps.get('settings')?.data.get('mode') ?? '';
    expect(setup.files).toEqual([{ path: 'mode', mode: 0o644, base64: base64(text) }]);
  }
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
        usedBy: () => noObjects,
        newUid: () => 'new' as PodUid,
      });
      expect([...targets.keys()]).toEqual([uid]);
      expect(targets.get(uid)?.kind === 'remove').toBe(proof);
    }),
  );
});
