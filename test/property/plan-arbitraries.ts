/** Random pods, and whatever a crash at any moment may have left of them. */
import * as fc from 'fast-check';
import type { Failures } from '../../src/plan/failures.ts';
import {
  allContainers,
  annotation,
  asSandboxId,
  type Container,
  type ContainerDetails,
  type ContainerId,
  type EnvVar,
  type ObservedContainer,
  type ObservedSandbox,
  type Pod,
  type PodSpec,
  type Probe,
  type UsedObjects,
} from '../../src/pod/index.ts';
import { configDigest } from '../../src/podspec/index.ts';
import type { PodEnd, PodRecord } from '../../src/state/index.ts';
import type { Target } from '../../src/targets/index.ts';
import { configMap, uses } from '../fakes/side-objects.ts';
import {
  detailsOf,
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  removeTarget,
  runTarget,
} from '../unit/plan/base.ts';
import type { WorldStart } from './plan-world.ts';

const names = ['app', 'log', 'extra'] as const;
const initNames = ['prepare', 'proxy'] as const;

/** What may be said of the one object that pods here use. */
export const objects: fc.Arbitrary<UsedObjects> = fc.constantFrom(
  uses(),
  uses(configMap('settings', { mode: 'fast' })),
  uses(configMap('settings', { mode: 'safe' })),
);

const volumes: fc.Arbitrary<PodSpec['volumes']> = fc.option(
  fc.subarray(
    [
      { name: 'data', source: { kind: 'emptyDir', medium: '', sizeLimit: '1Ki' } },
      { name: 'files', source: { kind: 'configMap', name: 'settings', defaultMode: 0o644 } },
    ] as const,
    { minLength: 1 },
  ),
  { nil: undefined },
);

const mode: EnvVar = {
  name: 'MODE',
  value: '',
  valueFrom: { kind: 'configMapKeyRef', name: 'settings', key: 'mode' },
};

const containers = fc.subarray([...names], { minLength: 1 }).chain((chosen) =>
  fc.tuple(
    ...chosen.map((name) =>
      fc
        .record({
          version: fc.integer({ min: 1, max: 2 }),
          hostPort: fc.constantFrom(undefined, 8080),
          env: fc.constantFrom<EnvVar[]>([], [], [mode]),
          changes: lives,
        })
        .map(({ version, hostPort, env, changes }) =>
          makeContainer(name, {
            ...changes,
            env,
            image: `${name}:${version}`,
            ports: hostPort === undefined ? [] : [{ containerPort: 80, hostPort, protocol: 'TCP' }],
          }),
        ),
    ),
  ),
);

const hook = { kind: 'sleep', seconds: 1 } as const;
const probe: Probe = {
  ...{ handler: { kind: 'tcpSocket', port: 80 }, initialDelaySeconds: 0, timeoutSeconds: 1 },
  ...{ periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
};
const lives = fc.constantFrom<Partial<Container>>(
  {},
  {},
  { lifecycle: { postStart: hook } },
  { lifecycle: { preStop: hook } },
  { startupProbe: probe, lifecycle: { postStart: hook, preStop: hook } },
);

/** One that runs to its end, one that goes on, or both. */
const initContainers: fc.Arbitrary<PodSpec['initContainers']> = fc.option(
  fc
    .record({
      version: fc.integer({ min: 1, max: 2 }),
      chosen: fc.subarray([...initNames], { minLength: 1 }),
      changes: lives,
    })
    .map(({ version, chosen, changes }) =>
      chosen.map((name) =>
        makeContainer(name, {
          image: `${name}:${version}`,
          ...(name === 'proxy' && { restartPolicy: 'Always' as const, ...changes }),
        }),
      ),
    ),
  { nil: undefined },
);

export const pods: fc.Arbitrary<Pod> = fc
  .record({
    containers,
    initContainers,
    restartPolicy: fc.constantFrom('Always' as const, 'OnFailure' as const, 'Never' as const),
    terminationGracePeriodSeconds: fc.integer({ min: 0, max: 40 }),
    hostNetwork: fc.boolean(),
    volumes,
    activeDeadlineSeconds: fc.option(fc.constantFrom(30, 90), { nil: undefined }),
    follows: fc.boolean(),
  })
  .map(({ follows, volumes: all, initContainers: init, activeDeadlineSeconds, ...spec }) =>
    makePod({
      metadata: { annotations: follows ? { [annotation.restartOnConfigChange]: 'true' } : {} },
      spec: {
        ...spec,
        ...(init && { initContainers: init }),
        ...(all && { volumes: all }),
        ...(activeDeadlineSeconds !== undefined && { activeDeadlineSeconds }),
      },
    }),
  );

const sandboxes = (versions: fc.Arbitrary<Pod>): fc.Arbitrary<ObservedSandbox[]> =>
  fc.uniqueArray(
    fc
      .record({
        attempt: fc.nat(4),
        state: fc.constantFrom('ready' as const, 'not-ready' as const),
        of: versions,
      })
      .map(({ of, ...changes }) => makeSandbox(changes, of)),
    { maxLength: 3, selector: ({ attempt }) => attempt },
  );

const instances = (
  versions: fc.Arbitrary<Pod>,
  boxes: readonly ObservedSandbox[],
): fc.Arbitrary<ObservedContainer[]> =>
  fc
    .uniqueArray(
      fc
        .record({
          name: fc.constantFrom(...names, ...initNames),
          attempt: fc.nat(3),
          step: fc.nat(8),
          state: fc.constantFrom(
            'created' as const,
            'running' as const,
            'exited' as const,
            'unknown' as const,
          ),
          sandbox: fc.nat(4),
          of: versions,
          used: objects,
        })
        .map(({ name, of, sandbox, used, ...changes }) => {
          const place = isInit(name) ? changes.attempt : sandbox;
          const sandboxId = asSandboxId(`sb-${place}`);
          return makeInstance(name, { ...changes, ...madeFrom(name, of, used), sandboxId }, of);
        }),
      { maxLength: 6, selector: ({ id }) => id },
    )
    .map((all) =>
      all.filter(({ name, sandboxId }) => !isInit(name) || boxes.some(({ id }) => id === sandboxId)),
    );

/** They begin anew in every sandbox: later attempts are in later ones, and none outlives its own. */
const isInit = (name: string): boolean => initNames.some((each) => each === name);

function madeFrom(name: string, pod: Pod, used: UsedObjects): { configHash?: string } {
  const container = allContainers(pod).find((each) => each.name === name);
  const configHash = container === undefined ? '' : configDigest({ pod, container }, used);
  return configHash === '' ? {} : { configHash };
}

const endings: fc.Arbitrary<ContainerDetails> = fc
  .record({ agoMs: fc.nat(400_000), ranMs: fc.nat(700_000), exitCode: fc.constantFrom(0, 1, 137) })
  .map(({ agoMs, ranMs, exitCode }) =>
    detailsOf({ startedAtMs: nowMs - agoMs - ranMs, finishedAtMs: nowMs - agoMs, exitCode }),
  );

const ends: fc.Arbitrary<PodEnd> = fc
  .constantFrom('Evicted' as const, 'DeadlineExceeded' as const)
  .map((reason) => ({ reason, message: 'over', atMs: nowMs - 5_000 }));

function records(
  versions: fc.Arbitrary<Pod>,
  present: readonly ObservedContainer[],
): fc.Arbitrary<PodRecord | undefined> {
  const begun = fc
    .integer({ min: -60_000, max: 60_000 })
    .map((agoMs) => ({ startedAtMs: nowMs - agoMs, graceSeconds: 30 }));
  return fc.option(
    fc
      .record({
        pod: versions,
        stopped: fc.subarray([...present.map(({ id }) => id)]),
        stop: begun,
        ended: fc.option(ends, { nil: undefined }),
      })
      .map(({ pod, stopped, stop, ended }) =>
        makeRecord({
          pod,
          stops: Object.fromEntries([...stopped, 'gone-0'].map((id) => [id, stop])),
          ...(ended && { ended }),
        }),
      ),
    { nil: undefined },
  );
}

export interface Case {
  readonly target: Target;
  readonly start: WorldStart;
}

/** A pod that is wanted or not, in a world made of it and of another version of it. */
export const cases: fc.Arbitrary<Case> = fc.tuple(pods, pods).chain(([wanted, before]) => {
  const versions = fc.constantFrom(wanted, before);
  const found = sandboxes(versions).chain((boxes) =>
    fc.tuple(fc.constant(boxes), instances(versions, boxes)),
  );
  return found.chain(([boxes, present]) =>
    fc
      .record({
        used: objects,
        isWanted: fc.constantFrom(true, true, false),
        shared: fc.boolean(),
        usage: fc.option(fc.constantFrom(0, 2_000), { nil: undefined }),
        record: records(versions, present),
        details: fc.tuple(...present.map(() => endings)),
      })
      .map(
        ({ used, isWanted, shared, usage, record, details }): Case => ({
          target: isWanted ? runTarget(wanted, { uses: used }) : removeTarget,
          start: {
            sandboxes: boxes,
            containers: present,
            details: detailsFor(present, details),
            record,
            shared,
            usage: usage === undefined ? undefined : new Map([['data', usage]]),
            nowMs,
          },
        }),
      ),
  );
});

/** Failures that stand, or are over, of anything that can fail. */
export const failures: fc.Arbitrary<Failures> = fc
  .dictionary(
    fc.constantFrom(
      'sandbox',
      'container app',
      'stop app-0',
      'stop-sandbox',
      'set-up-volumes',
      'tear-down-volumes',
      'remove-container',
      'remove-sandbox',
    ),
    fc.record({
      count: fc.integer({ min: 1, max: 5 }),
      untilMs: fc.integer({ min: nowMs - 9, max: nowMs + 9 }),
    }),
  )
  .map(
    (each) =>
      new Map(Object.entries(each).map(([key, failure]) => [key, { ...failure, reason: 'R', message: 'm' }])),
  );

function detailsFor(
  present: readonly ObservedContainer[],
  ends: readonly ContainerDetails[],
): ReadonlyMap<ContainerId, ContainerDetails> {
  return new Map(
    present.flatMap(({ id, state }, index) => {
      if (state === 'exited') return [[id, ends[index] ?? detailsOf()] as const];
      return state === 'running' ? [[id, detailsOf()] as const] : [];
    }),
  );
}
