/** Random pods, and whatever a crash at any moment may have left of them. */
import * as fc from 'fast-check';
import {
  asSandboxId,
  type ContainerDetails,
  type ContainerId,
  type ObservedContainer,
  type ObservedSandbox,
  type Pod,
} from '../../src/pod/index.ts';
import type { Failures } from '../../src/reconcile/failures.ts';
import type { Target } from '../../src/reconcile/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
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
} from '../unit/reconcile/base.ts';
import type { WorldStart } from './plan-world.ts';

const names = ['app', 'log', 'extra'] as const;

const containers = fc.subarray([...names], { minLength: 1 }).chain((chosen) =>
  fc.tuple(
    ...chosen.map((name) =>
      fc
        .record({ version: fc.integer({ min: 1, max: 2 }), hostPort: fc.constantFrom(undefined, 8080) })
        .map(({ version, hostPort }) =>
          makeContainer(name, {
            image: `${name}:${version}`,
            ports: hostPort === undefined ? [] : [{ containerPort: 80, hostPort, protocol: 'TCP' }],
          }),
        ),
    ),
  ),
);

export const pods: fc.Arbitrary<Pod> = fc
  .record({
    containers,
    restartPolicy: fc.constantFrom('Always' as const, 'OnFailure' as const, 'Never' as const),
    terminationGracePeriodSeconds: fc.integer({ min: 0, max: 40 }),
    hostNetwork: fc.boolean(),
  })
  .map((spec) => makePod({ spec }));

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

const instances = (versions: fc.Arbitrary<Pod>): fc.Arbitrary<ObservedContainer[]> =>
  fc.uniqueArray(
    fc
      .record({
        name: fc.constantFrom(...names),
        attempt: fc.nat(3),
        step: fc.nat(8),
        state: fc.constantFrom('created' as const, 'running' as const, 'exited' as const, 'unknown' as const),
        sandbox: fc.nat(4),
        of: versions,
      })
      .map(({ name, of, sandbox, ...changes }) =>
        makeInstance(name, { ...changes, sandboxId: asSandboxId(`sb-${sandbox}`) }, of),
      ),
    { maxLength: 6, selector: ({ id }) => id },
  );

const endings: fc.Arbitrary<ContainerDetails> = fc
  .record({ agoMs: fc.nat(400_000), ranMs: fc.nat(700_000), exitCode: fc.constantFrom(0, 1, 137) })
  .map(({ agoMs, ranMs, exitCode }) =>
    detailsOf({ startedAtMs: nowMs - agoMs - ranMs, finishedAtMs: nowMs - agoMs, exitCode }),
  );

function records(
  versions: fc.Arbitrary<Pod>,
  present: readonly ObservedContainer[],
): fc.Arbitrary<PodRecord | undefined> {
  const begun = fc
    .integer({ min: -60_000, max: 60_000 })
    .map((agoMs) => ({ startedAtMs: nowMs - agoMs, graceSeconds: 30 }));
  return fc.option(
    fc
      .record({ pod: versions, stopped: fc.subarray([...present.map(({ id }) => id)]), stop: begun })
      .map(({ pod, stopped, stop }) =>
        makeRecord({ pod, stops: Object.fromEntries([...stopped, 'gone-0'].map((id) => [id, stop])) }),
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
  return fc.tuple(sandboxes(versions), instances(versions)).chain(([boxes, present]) =>
    fc
      .record({
        target: fc.constantFrom<Target>(runTarget(wanted), runTarget(wanted), removeTarget),
        record: records(versions, present),
        details: fc.tuple(...present.map(() => endings)),
      })
      .map(({ target, record, details }) => ({
        target,
        start: {
          sandboxes: boxes,
          containers: present,
          details: detailsFor(present, details),
          record,
          nowMs,
        },
      })),
  );
});

/** Failures that stand, or are over, of anything that can fail. */
export const failures: fc.Arbitrary<Failures> = fc
  .dictionary(
    fc.constantFrom(
      'sandbox',
      'container app',
      'stop-containers',
      'stop-sandbox',
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
