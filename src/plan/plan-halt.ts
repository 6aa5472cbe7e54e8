import { isSidecar, type ObservedContainer } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Wait } from '../targets/index.ts';
import type { Action, Plan } from './actions.ts';
import { cutShort } from './cut-short.ts';
import { gracePeriodSeconds, longestRecorded } from './grace.ts';
import { lostRecord } from './lost-record.ts';
import type { PlanInputFor } from './plan-input.ts';
import { planStops } from './plan-stops.ts';
import { isAlive } from './survey.ts';

type HaltInput = PlanInputFor<'halt'>;

/**
 * A pod of a node that is shut down: its containers are stopped with their grace period, or what is left of its share of the node's, and
 * its sandbox is given back. All else stays, above all its record: by that the next daemon knows that these were no ends of their own.
 */
export function planHalt(input: HaltInput): Plan {
  const { observed, record } = input;
  const alive = observed.containers.filter(isAlive);
  if (alive.length === 0) {
    const live = observed.sandboxes.filter(({ state }) => state === 'ready');
    return { actions: live.map(({ id }): Action => ({ type: 'stop-sandbox', id })), waits: [] };
  }
  const { blocked } = input.target;
  if (blocked !== undefined && isDueLater(blocked, input.nowMs) && !isBegun(alive, record))
    return { actions: [], waits: [blocked] };
  return planStopsWithin(input, alive);
}

function isDueLater({ untilMs = Number.POSITIVE_INFINITY }: Wait, nowMs: number): boolean {
  return nowMs < untilMs;
}

/** What is being stopped already, for whatever reason, is not held up. */
function isBegun(alive: readonly ObservedContainer[], record: PodRecord | undefined): boolean {
  return alive.every(({ id }) => record?.stops[id] !== undefined);
}

function planStopsWithin(input: HaltInput, alive: readonly ObservedContainer[]): Plan {
  const { target, record, nowMs } = input;
  const wanted = record?.pod.spec.terminationGracePeriodSeconds ?? longestRecorded(alive);
  const graceSeconds = Math.min(gracePeriodSeconds(wanted), wholeSeconds(target.deadlineMs - nowMs));
  const stops = alive.map((instance) => ({ instance, cause: 'shutdown' as const }));
  const known = record ?? lostRecord(target, nowMs);
  const plan = planStops(
    stops,
    { pod: record?.pod, record: endingBy(target.deadlineMs, cutOff(known, alive, nowMs)), graceSeconds },
    input,
  );
  // Of a pod whose manifest is lost nothing is put on record that would be taken for its manifest.
  return record === undefined
    ? { ...plan, actions: plan.actions.filter(({ type }) => type !== 'save-record') }
    : plan;
}

/**
 * A pod that never restarts and is not through with its work has failed, whatever its containers make of the stop signal (kubelet:
 * nodeshutdown manager, killPods). Else one that ends well of it would count as Succeeded.
 */
function cutOff(record: PodRecord, alive: readonly ObservedContainer[], nowMs: number): PodRecord {
  const { pod, ended, stops } = record;
  const sidecars = (pod.spec.initContainers ?? []).filter((each) => isSidecar(each, pod));
  const isAtWork = alive.some(
    ({ id, name }) => stops[id] === undefined && sidecars.every((each) => each.name !== name),
  );
  if (pod.spec.restartPolicy !== 'Never' || ended !== undefined || !isAtWork) return record;
  const message = 'Pod was terminated in response to imminent node shutdown.';
  return { ...record, ended: { reason: 'Terminated', message, atMs: nowMs } };
}

/** Stops that were begun for another reason have no longer than the shutdown leaves them. */
function endingBy(deadlineMs: number, record: PodRecord): PodRecord {
  return cutShort(record, ({ startedAtMs }) => wholeSeconds(deadlineMs - startedAtMs));
}

function wholeSeconds(leftMs: number): number {
  return Math.max(Math.floor(leftMs / 1000), 0);
}
