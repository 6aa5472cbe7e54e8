/** Which version of the base pod is in force, with some things changed; and versions that wish to go back. */
import type { ImageNeed, ImageState } from '../../../src/images/index.ts';
import type { PlanInputFor } from '../../../src/plan/plan-input.ts';
import { type Version, versionInForce } from '../../../src/plan/plan-update.ts';
import type { Trial } from '../../../src/plan/trial.ts';
import { annotation, noObjects, type Pod } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { configMap, uses } from '../../fakes/side-objects.ts';
import {
  detailsOf,
  logDir,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  observe,
  owner,
  pod,
  ready,
  rootDir,
  runTarget,
  surroundings,
  usersBase,
} from './base.ts';

export type RunInput = PlanInputFor<'run'>;

/** Another version of the base pod: its container `app` has another image. */
export const edited = makePod({ app: { image: 'app:2' } });
export const oldUses = uses(configMap('old', {}));
export const standing = { pod, uses: oldUses };

/** The base pod runs, and its manifest says `wanted`. */
export function versionOf(wanted: Pod, changes: Partial<RunInput> = {}): Shown {
  const { target, ...version } = versionInForce(inputOf(wanted, changes));
  return { pod: target.pod, uses: target.uses, ...version };
}

export function inputOf(wanted: Pod, changes: Partial<RunInput>): RunInput {
  const record = 'record' in changes ? changes.record : makeRecord();
  return {
    target: runTarget(wanted, { standing: { pod: record?.pod ?? pod, uses: oldUses } }),
    observed: observe(),
    prepared: {},
    image: () => ready,
    failures: new Map(),
    health: new Map(),
    hook: () => ({ state: 'none' }),
    isStopping: () => false,
    crashLoopMaxMs: 300_000,
    nowMs,
    surroundings,
    usersBase: () => usersBase,
    owner,
    logDir,
    rootDir,
    ...changes,
    record,
  };
}

/** A version with its target in short. */
export type Shown = Omit<Version, 'target'> & Pick<Version['target'], 'pod' | 'uses'>;

/** The wanted version, taken up now. */
export function taken(wanted: Pod, changes: Partial<PodRecord> = {}): object {
  const record = makeRecord({ pod: wanted, changedAtMs: nowMs, ...changes });
  return { pod: wanted, uses: noObjects, record, actions: [], waits: [] };
}

/** The version on record, as long as something keeps the wanted one away. */
export function held(keeping: Partial<Version>, changes: Partial<PodRecord> = {}): object {
  return { ...standing, record: makeRecord(changes), actions: [], waits: [], ...keeping };
}

export function waiting(reason: string, message: string, untilMs?: number): Version['waits'][number] {
  const told = `${message}; the running version goes on`;
  return { reason, message: told, ...(untilMs !== undefined && { untilMs }) };
}

export const pulling: ImageState = { state: 'pulling' };
export const unknown: ImageState = { state: 'unknown' };
/** Whether the image of the edit can be had. */
export const newImageIs = (state: ImageState) => ({
  image: ({ image }: ImageNeed): ImageState => (image === 'app:2' ? state : ready),
});

export function probe() {
  return {
    handler: { kind: 'exec', command: ['true'] },
    initialDelaySeconds: 0,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  } as const;
}

export const wish = (deadline = '60s') => ({
  [annotation.rollback]: 'true',
  [annotation.progressDeadline]: deadline,
});

/** A version whose pod wishes to go back. Its images are told apart by the number. */
export function wishing(version: number, deadline?: string): Pod {
  return makePod({ metadata: { annotations: wish(deadline) }, app: { image: `app:${version}` } });
}

export const [v1, v2, v3] = [wishing(1), wishing(2), wishing(3)];

/** The version on record was alone, and Ready, for the given times. */
export function tried(forMs: { readonly alone?: number; readonly ready?: number }, pod = v2): Trial {
  const seenAtMs = 999_999;
  const { alone, ready } = forMs;
  return {
    ...{ pod, seenAtMs },
    ...(alone !== undefined && { aloneSinceMs: seenAtMs - alone }),
    ...(ready !== undefined && { readySinceMs: seenAtMs - ready }),
  };
}

/** Both containers of a version, running for the given time. */
export function running(of: Pod, forMs = 60_000) {
  const details = { startedAtMs: nowMs - forMs };
  return observe({
    sandboxes: [makeSandbox({}, of)],
    containers: [makeInstance('app', {}, of), makeInstance('log', {}, of)],
    details: { 'app-0': detailsOf(details), 'log-0': detailsOf() },
  });
}

/** The containers of a version, of which `app` has crashed. */
export function crashed(of: Pod) {
  return observe({
    sandboxes: [makeSandbox({}, of)],
    containers: [makeInstance('app', { state: 'exited' }, of), makeInstance('log', {}, of)],
  });
}
