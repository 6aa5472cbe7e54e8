import {
  annotation,
  type Container,
  type ContainerId,
  containerHashMatches,
  type HookHandler,
  isSidecar,
  listOf,
  type ObservedContainer,
  type Pod,
  readHookText,
} from '../pod/index.ts';
import type { PodRecord, StopRecord } from '../state/index.ts';
import type { Wait } from '../targets/index.ts';
import type { Action, Plan } from './actions.ts';
import { standingFailure, stopFailureKey } from './failures.ts';
import type { StopReason } from './fate.ts';
import { gracePeriodSeconds, remainingSeconds, SHORTEST_SECONDS } from './grace.ts';
import type { PlanInput } from './plan-input.ts';
import { podAddressOf } from './surroundings.ts';

/** A container to be stopped, and why. */
export interface Stop extends StopReason {
  readonly instance: ObservedContainer;
  /** The whole pod's grace is used where this is absent. */
  readonly graceSeconds?: number;
}

export interface StopContext {
  /** The version in force; undefined where it is lost. */
  readonly pod: Pod | undefined;
  readonly record: PodRecord;
  /** For stops that bring none of their own. */
  readonly graceSeconds: number | undefined;
}

type StopsInput = Pick<
  PlanInput,
  'record' | 'failures' | 'hook' | 'isStopping' | 'nowMs' | 'observed' | 'surroundings' | 'target'
>;

/**
 * The next step of each stop (kubelet: killContainer): the preStop hook within the grace period, then, for a sidecar, the end of all
 * others that are stopped with it, then the stop signal with what is left of the period. Each step is recorded before it is taken, so
 * that a daemon that comes back gives what is left and no more. One that failed is left alone for a while, and the others go on. Nothing here waits: hooks and stops go on beside the passes; where the
 * context's record gives a stop less time than the one on disk, what is under way is begun once more with what is left.
 */
export function planStops(stops: readonly Stop[], context: StopContext, input: StopsInput): Plan {
  const { record } = context;
  const steps = stops.map((stop) => stepOf(stop, stops, context, input));
  const recorded = Object.fromEntries(steps.map(({ id, stop }) => [id, stop]));
  const next: PodRecord = { ...record, stops: { ...record.stops, ...recorded } };
  const isNews = record !== input.record || steps.some(({ id, stop }) => stop !== record.stops[id]);
  return {
    actions: [
      ...(isNews ? [{ type: 'save-record', record: next } as const] : []),
      ...steps.flatMap(({ action }) => action ?? []),
    ],
    waits: steps.flatMap(({ wait }) => wait ?? []),
  };
}

interface Step {
  readonly id: ContainerId;
  /** As it is to be recorded. */
  readonly stop: StopRecord;
  readonly action?: Action;
  readonly wait?: Wait;
}

function stepOf(
  { instance, ...reason }: Stop,
  all: readonly Stop[],
  context: StopContext,
  input: StopsInput,
): Step {
  const { id, name } = instance;
  const { nowMs } = input;
  const begun = context.record.stops[id] ?? newStop(reason, context, nowMs);
  const endMs = begun.startedAtMs + begun.graceSeconds * 1000;
  const left = remainingSeconds(begun, nowMs);
  const waiting = (stop: StopRecord, what: string): Step => ({
    ...{ id, stop },
    wait: {
      reason: 'Stopping',
      message: `${what} of container ${name}`,
      // Later than that only its end wakes the pod.
      ...(endMs > nowMs && { untilMs: endMs }),
    },
  });
  const isCut = begun.graceSeconds < (input.record?.stops[id]?.graceSeconds ?? begun.graceSeconds);
  const failure = standingFailure(input.failures, stopFailureKey(id), nowMs);
  if (failure !== undefined) return { id, stop: begun, wait: failure };
  if (input.isStopping(id) && !isCut) return waiting(begun, 'waiting for the end');
  const handler = begun.signalled === true ? undefined : preStopOf(instance, context.pod);
  const hook = handler === undefined ? 'over' : standingOfHook(begun, id, { left, isCut }, input);
  if (hook === 'running' && !isCut) return waiting(begun, 'waiting for the preStop hook');
  // One that runs is begun again where its time was cut short, which leaves it with what is left of that.
  if (handler !== undefined && hook !== 'over') {
    const action: Action = {
      type: 'begin-hook',
      hook: { ...hookOf(instance, context.pod, input), hook: 'preStop', handler, limitMs: left * 1000 },
    };
    return { ...waiting(changed(begun, { preStop: 'begun' }), 'waiting for the preStop hook'), action };
  }
  const ready = handler === undefined ? begun : changed(begun, { preStop: 'done' });
  if (begun.signalled !== true && left > 0 && waitsForOthers(instance, all, context.pod))
    return waiting(ready, 'others end before the stop');
  const timeoutSeconds = begun.signalled === true ? left : Math.max(left, SHORTEST_SECONDS);
  const run = { uid: input.target.uid, id, container: name, timeoutSeconds };
  const why = reason.message === undefined ? {} : { why: reason.message };
  return {
    ...waiting(signalledAt(nowMs, ready), 'waiting for the end'),
    action: { type: 'begin-stop', stop: run, ...why },
  };
}

function newStop(reason: StopReason, { graceSeconds }: StopContext, nowMs: number): StopRecord {
  return {
    startedAtMs: nowMs,
    graceSeconds: gracePeriodSeconds(reason.graceSeconds ?? graceSeconds),
    ...(reason.cause !== undefined && { cause: reason.cause }),
    ...(reason.restart !== undefined && { restart: reason.restart }),
    // Whoever is given no time has none for a hook either (kubelet: killContainer with a grace period of 0).
    ...((reason.graceSeconds ?? graceSeconds) === 0 && { preStop: 'done' }),
  };
}

/** The same record where nothing changes, so that it is not written again. */
function changed(stop: StopRecord, change: Required<Pick<StopRecord, 'preStop'>>): StopRecord {
  return stop.preStop === change.preStop ? stop : { ...stop, ...change };
}

/** A signal is sent once: what comes later only waits for the end. */
function signalledAt(nowMs: number, stop: StopRecord): StopRecord {
  return stop.signalled === true ? stop : { ...stop, signalled: true, signalledAtMs: nowMs };
}

/**
 * A hook that a crash interrupted is due once more, with what is left of its time; without any it is over. One that runs has its own
 * limit, which a clock that is set on does not move: only a shorter grace period ends it. So it is where no stop is on record, and each
 * look at a node that is shut down would begin another one with less time.
 */
function standingOfHook(
  stop: StopRecord,
  id: ContainerId,
  { left, isCut }: { readonly left: number; readonly isCut: boolean },
  { hook }: StopsInput,
): 'due' | 'running' | 'over' {
  switch (hook(id, 'preStop').state) {
    case 'none':
      return left === 0 || stop.preStop === 'done' ? 'over' : 'due';
    case 'running':
      return left === 0 && isCut ? 'over' : 'running';
    case 'done':
    case 'failed':
      return 'over';
  }
}

/**
 * Hooks may be edited while a container runs: it has the one of the manifest as long as it is of that version, else the one it was made
 * with.
 */
function preStopOf(instance: ObservedContainer, pod: Pod | undefined): HookHandler | undefined {
  const container = pod && containerNamed(pod, instance.name);
  const hash = instance.annotations[annotation.containerHash];
  if (pod !== undefined && container !== undefined && containerHashMatches(hash, container, pod))
    return container.lifecycle?.preStop;
  const text = instance.annotations[annotation.preStopHandler];
  return text === undefined ? undefined : readHookText(text);
}

/** What any hook of an instance needs to be run. */
export function hookOf(
  { id, name }: ObservedContainer,
  pod: Pod | undefined,
  input: Pick<PlanInput, 'observed' | 'surroundings' | 'target'>,
) {
  const host = podAddressOf(pod, input);
  return {
    uid: input.target.uid,
    id,
    container: name,
    ports: (pod && containerNamed(pod, name)?.ports) ?? [],
    ...(host !== undefined && { host }),
  };
}

function containerNamed({ spec }: Pod, name: string): Container | undefined {
  return [...(spec.initContainers ?? []), ...spec.containers].find((each) => each.name === name);
}

/** Sidecars go after everything else that is stopped with them, in reverse order, ephemeral ones aside (kubelet: termination order). */
function waitsForOthers({ name }: ObservedContainer, all: readonly Stop[], pod: Pod | undefined): boolean {
  const rank = sidecarRank(name, pod);
  if (rank === undefined) return false;
  return all.some(({ instance }) => {
    if (pod !== undefined && listOf(instance.name, pod) === 'ephemeralContainers') return false;
    const other = sidecarRank(instance.name, pod);
    return other === undefined || other > rank;
  });
}

/** The place among the init containers; undefined for what is no sidecar. */
function sidecarRank(name: string, pod: Pod | undefined): number | undefined {
  const index =
    pod?.spec.initContainers?.findIndex((each) => each.name === name && isSidecar(each, pod)) ?? -1;
  return index === -1 ? undefined : index;
}
