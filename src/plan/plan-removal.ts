import { label, type ObservedContainer, type ObservedSandbox } from '../pod/index.ts';
import { podLogDirectory } from '../podspec/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Action, Plan } from './actions.ts';
import { cutShort } from './cut-short.ts';
import { stopFailureKey } from './failures.ts';
import { gracePeriodSeconds, longestRecorded } from './grace.ts';
import { lostRecord } from './lost-record.ts';
import type { PlanInputFor } from './plan-input.ts';
import { planStops } from './plan-stops.ts';
import { isAlive } from './survey.ts';

type RemovalInput = PlanInputFor<'remove'>;

/** How often the stop of a container may fail before the sandbox is ended over its head, once all others have ended. */
const PATIENCE = 3;

/**
 * A pod that is to go: its containers are stopped with the grace period, then the sandboxes with all that is in them, then logs and
 * the record. The end of the record is the end of the pod; a crash before that repeats a step. The grace period is that of the deletion
 * where it has one, and counts from each stop's own beginning: time in which no daemon stopped anything is not held against it.
 */
export function planRemoval(input: RemovalInput): Plan {
  const { target, observed, record, failures } = input;
  if (target.blocked !== undefined) return { actions: [], waits: [target.blocked] };
  const alive = observed.containers.filter(isAlive);
  const mayStop = ({ id }: ObservedContainer): boolean =>
    (failures.get(stopFailureKey(id))?.count ?? 0) < PATIENCE;
  if (alive.some(mayStop)) {
    const ofPod = record?.pod.spec.terminationGracePeriodSeconds ?? longestRecorded(alive);
    const graceSeconds = record?.deletionGraceSeconds ?? ofPod;
    const stops = alive.map((instance) => ({ instance }));
    const known = withinDeletion(deletionRecord(input));
    return planStops(stops, { pod: record?.pod, record: known, graceSeconds }, input);
  }
  return { actions: [...announce(input), ...endEverything(input)], waits: [] };
}

function endEverything({ target, observed, record, logDir, surroundings }: RemovalInput): Action[] {
  const sandboxes = new Set<string>(observed.sandboxes.map(({ id }) => id));
  const loose = observed.containers.filter(({ sandboxId }) => !sandboxes.has(sandboxId));
  const names = identityOf(record, observed.sandboxes, observed.containers);
  const why = 'the pod is gone';
  return [
    ...loose.map(
      ({ id, name, attempt }): Action => ({ type: 'remove-container', id, container: name, attempt, why }),
    ),
    ...observed.sandboxes.map(({ id, attempt }): Action => ({ type: 'remove-sandbox', id, attempt, why })),
    { type: 'tear-down-volumes', uid: target.uid, why },
    ...(surroundings.node.cgroups.shared ? [{ type: 'remove-cgroup', uid: target.uid } as const] : []),
    ...(names === undefined
      ? []
      : [
          {
            type: 'delete-logs',
            directory: podLogDirectory(logDir, { ...names, uid: target.uid }),
            why,
          } as const,
        ]),
    { type: 'delete-record', uid: target.uid },
  ];
}

/** The removal is recorded before its first step, so that the same manifest coming back is a new pod. */
function announce(input: RemovalInput): Action[] {
  return input.record === undefined || input.record.deletionStartedAtMs !== undefined
    ? []
    : [{ type: 'save-record', record: deletionRecord(input) }];
}

function deletionRecord({ record, nowMs, target }: RemovalInput): PodRecord {
  if (record?.deletionStartedAtMs !== undefined) return record;
  return { ...(record ?? lostRecord(target, nowMs)), deletionStartedAtMs: nowMs };
}

/** What was begun to be stopped before, or with a longer grace period, has no more than the deletion gives now. */
function withinDeletion(record: PodRecord): PodRecord {
  const { deletionStartedAtMs, deletionGraceSeconds } = record;
  if (deletionStartedAtMs === undefined || deletionGraceSeconds === undefined) return record;
  return cutShort(record, ({ startedAtMs }) => {
    const beforeSeconds = Math.max(Math.ceil((deletionStartedAtMs - startedAtMs) / 1000), 0);
    return beforeSeconds + gracePeriodSeconds(deletionGraceSeconds);
  });
}

function identityOf(
  record: PodRecord | undefined,
  sandboxes: readonly ObservedSandbox[],
  containers: readonly ObservedContainer[],
): { namespace: string; name: string } | undefined {
  const [sandbox] = sandboxes;
  if (record !== undefined) return record;
  if (sandbox !== undefined) return sandbox;
  const labels = containers[0]?.labels;
  const namespace = labels?.[label.podNamespace];
  const name = labels?.[label.podName];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}
