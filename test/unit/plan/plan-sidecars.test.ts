import { describe, expect, test } from 'vitest';
import type { Plan, PlanInput } from '../../../src/plan/index.ts';
import type {
  ContainerHealth,
  ContainerId,
  Health,
  ObservedContainer,
  Pod,
  Probe,
} from '../../../src/pod/index.ts';
import {
  act,
  byId,
  detailsOf,
  exitedJustNow,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  planFor,
} from './base.ts';

/** Sidecars: init containers that go on beside the others (kubelet: computeInitContainerActions, termination order). */

const probe: Probe = {
  handler: { kind: 'exec', command: ['true'] },
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};

/** `prepare`, then the sidecar `proxy`, then `load`, then `app` and `log`. */
function podWith(proxy: Parameters<typeof makeContainer>[1] = {}, spec: Partial<Pod['spec']> = {}): Pod {
  return makePod({
    spec: {
      initContainers: [
        makeContainer('prepare'),
        makeContainer('proxy', { restartPolicy: 'Always', ...proxy }),
        makeContainer('load'),
      ],
      ...spec,
    },
  });
}

const web = podWith();
const probed = podWith({ startupProbe: probe });
const well = detailsOf({ finishedAtMs: nowMs - 1_000 });

function seen(of: Pod, containers: ObservedContainer[], failed: readonly string[] = []) {
  const exits = containers.filter(({ state }) => state === 'exited');
  const details = exits.map(({ id }) => [id, failed.includes(id) ? exitedJustNow : well] as const);
  return observe({
    sandboxes: [makeSandbox({}, of)],
    containers,
    details: Object.fromEntries(details),
  });
}

const running = (name: string, of = web) => makeInstance(name, {}, of);
const exited = (name: string, of = web) => makeInstance(name, { state: 'exited' }, of);

function healthy(health: Partial<ContainerHealth>, ...ids: string[]): Health {
  return new Map(ids.map((id) => [id as ContainerId, { started: true, ready: true, ...health }]));
}

describe('the order', () => {
  test.each<[string, ObservedContainer[], Plan['actions']]>([
    [
      'a sidecar follows the success of what comes before it',
      [exited('prepare')],
      [act.create('proxy', {}, web)],
    ],
    [
      'while a sidecar is only created it is started',
      [exited('prepare'), makeInstance('proxy', { state: 'created' }, web)],
      [act.start('proxy')],
    ],
    [
      'once it runs the next init container is made',
      [exited('prepare'), running('proxy')],
      [act.create('load', {}, web)],
    ],
    ['while that runs nothing else is done', [exited('prepare'), running('proxy'), running('load')], []],
    [
      'when that is done, too, the others are made',
      [exited('prepare'), running('proxy'), exited('load')],
      [act.create('app', {}, web), act.create('log', {}, web)],
    ],
    [
      'all is well',
      [exited('prepare'), running('proxy'), exited('load'), running('app'), running('log')],
      [],
    ],
  ])('%s', (_case, containers, actions) => {
    expect(planFor(web, seen(web, containers))).toEqual({ actions, waits: [] });
  });
});

describe('a startup probe gates what follows', () => {
  const containers = [exited('prepare', probed), running('proxy', probed)];

  test.each<[string, Partial<PlanInput>, Plan['actions']]>([
    ['before it was asked', {}, []],
    ['while it fails', { health: healthy({ started: false, ready: false }, 'proxy-0') }, []],
  ])('%s nothing is done', (_case, changes, actions) => {
    expect(planFor(probed, seen(probed, containers), changes)).toEqual({ actions, waits: [] });
  });

  test('once it succeeds that is recorded, and the next one made', () => {
    const starts = { 'proxy-0': { started: true as const } };
    const plan = planFor(probed, seen(probed, containers), { health: healthy({}, 'proxy-0') });
    expect(plan.actions).toEqual([act.save({ pod: probed, starts }), act.create('load', {}, probed)]);
  });

  test('what is on record need not succeed again after a restart of the daemon', () => {
    const record = makeRecord({ pod: probed, starts: byId({ 'proxy-0': { started: true as const } }) });
    const plan = planFor(probed, seen(probed, containers), { record });
    expect(plan.actions).toEqual([act.create('load', {}, probed)]);
  });
});

describe('beside the others', () => {
  const rest = [exited('prepare'), exited('load'), running('app'), running('log')];

  test('one that exits is restarted, whatever its code, and nothing else is', () => {
    const plan = planFor(web, seen(web, [...rest, exited('proxy')]));
    expect(plan.actions).toEqual([act.create('proxy', { attempt: 1, step: 1 }, web)]);
  });

  test('one that keeps failing backs off, and holds up nobody', () => {
    const proxy = makeInstance('proxy', { state: 'exited', attempt: 1, step: 2 }, web);
    const apps = [exited('prepare'), exited('load'), exited('app'), running('log')];
    const plan = planFor(web, seen(web, [...apps, proxy], ['proxy-1', 'app-0']));
    expect(plan.actions).toEqual([act.create('app', { attempt: 1, step: 1 }, web)]);
    expect(plan.waits.map(({ container, reason }) => [container, reason])).toEqual([
      ['proxy', 'CrashLoopBackOff'],
    ]);
  });

  test('an earlier one that died is restarted while a later init container runs', () => {
    const plan = planFor(web, seen(web, [exited('prepare'), exited('proxy'), running('load')]));
    expect(plan.actions).toEqual([act.create('proxy', { attempt: 1, step: 1 }, web)]);
  });

  test('an edit of one replaces it alone', () => {
    const edited = podWith({ image: 'proxy:2' });
    const plan = planFor(edited, seen(edited, [...rest, running('proxy')]));
    expect(
      plan.actions.map((action) => (action.type === 'begin-stop' ? action.stop.container : action.type)),
    ).toEqual(['save-record', 'proxy']);
  });

  test('it goes on though the containers that are done never restart', () => {
    const of = podWith({}, { restartPolicy: 'OnFailure' });
    const containers = [
      exited('prepare', of),
      exited('load', of),
      running('app', of),
      exited('log', of),
      exited('proxy', of),
    ];
    const plan = planFor(of, seen(of, containers));
    expect(plan.actions).toEqual([act.create('proxy', { attempt: 1, step: 1 }, of)]);
  });
});

describe('at the end of a pod that ends', () => {
  const job = podWith({}, { restartPolicy: 'Never' });
  const done = ['prepare', 'load', 'app', 'log'].map((name) => exited(name, job));

  test('the sidecar is stopped once the others are done', () => {
    const plan = planFor(job, seen(job, [...done, running('proxy', job)]));
    expect(plan.actions.slice(1)).toEqual(act.stops({ proxy: 30 }));
  });

  test('then the sandbox goes', () => {
    const plan = planFor(job, seen(job, [...done, exited('proxy', job)]));
    expect(plan.actions).toEqual([act.stopSandbox(0)]);
  });

  test('an init container that fails for good ends the sidecar, too', () => {
    const containers = [exited('prepare', job), running('proxy', job), exited('load', job)];
    const plan = planFor(job, seen(job, containers, ['load-0']));
    expect(plan.actions.slice(1)).toEqual(act.stops({ proxy: 30 }));
  });
});
