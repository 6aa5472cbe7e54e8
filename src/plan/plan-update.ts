import { type Pod, samePod, sameVersion, sameWork, wishesOf, withEphemeralsOf } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { RunTarget, Standing, Wait } from '../targets/index.ts';
import type { Action } from './actions.ts';
import { isToBeCleared } from './plan-end.ts';
import type { PlanInputFor } from './plan-input.ts';
import { isAlive } from './survey.ts';
import { updateOutlook } from './update-outlook.ts';
import { isVersionReady } from './version-ready.ts';

type RunInput = PlanInputFor<'run'>;

/** The version of a pod that is to run now: the one its manifest wants, or, as long as that cannot be had, the one on record. */
export interface Version {
  /** The target with that version, its objects, and what blocks it. */
  readonly target: RunTarget;
  /** As it is to be on record; the very record of the input where nothing of it changes. */
  readonly record: PodRecord | undefined;
  /** What brings the wanted version nearer. They stand before the actions of the version in force. */
  readonly actions: readonly Action[];
  /** Why the wanted version is not in force. They name no container, since containers run. */
  readonly waits: readonly Wait[];
  /** When to look again though nothing is waited for (wall clock). */
  readonly wakeAtMs?: number;
}

/**
 * An edit stops nothing before the new version can be had: this machine can run it, its objects are there, its images are pulled. A pod
 * of which nothing lives takes it up at once. With the wish for it (wishes.ts), a version that is not Ready in time gives way to the last
 * one that was, and is not tried again until the manifest says something else. Pure; both are on record, so that a daemon that comes back
 * goes on with them, and gives the version its time once more.
 */
export function versionInForce({ record: known, ...given }: RunInput): Version {
  const { target } = given;
  const { pod } = target;
  if (known === undefined) return { target, record: known, actions: [], waits: [] };
  const record = withEphemerals(known, pod);
  const input = { ...given, record };
  if (samePod(record.pod, pod))
    return watched(input, { target, record: acquitted(record, target.stale), actions: [], waits: [] });
  const standing = standingOf(target, record);
  const held = { target: withVersion(target, standing), record, actions: [], waits: [] };
  if (record.rejected !== undefined && sameVersion(record.rejected.pod, pod))
    return { ...held, waits: [{ reason: 'RolledBack', message: record.rejected.message }] };
  if (isToBeCleared(input)) return held;
  if (record.ended !== undefined || !isStanding(input, record)) return taken(input, record);
  const { actions, waits } = updateOutlook(input, record, standing.pod);
  return actions.length + waits.length === 0
    ? taken(input, record)
    : watched(input, { ...held, actions, waits });
}

/** Ephemeral containers belong to no version: whichever is in force has those of the manifest. */
function withEphemerals(record: PodRecord, wanted: Pod): PodRecord {
  const pod = sameVersion(record.pod, wanted) ? wanted : withEphemeralsOf(record.pod, wanted);
  return pod === record.pod || samePod(pod, record.pod) ? record : { ...record, pod };
}

/** The version on record with its objects. Right after a step back the target does not know of it yet. */
function standingOf({ standing, previousUses, uses }: RunTarget, { pod }: PodRecord): Standing {
  return standing !== undefined && sameVersion(standing.pod, pod)
    ? { ...standing, pod }
    : { pod, uses: previousUses ?? uses };
}

/** What keeps the wanted version from having a sandbox says nothing of another one. */
function withVersion({ blocked: _, ...target }: RunTarget, standing: Standing): RunTarget {
  return { ...target, ...standing };
}

/** Whoever comes back to the version that runs has given up the one that was rejected. A file that cannot be read says nothing. */
function acquitted(record: PodRecord, stale: boolean): PodRecord {
  if (stale || record.rejected === undefined) return record;
  const { rejected: _, ...rest } = record;
  return rest;
}

/**
 * Whether there is a life to spare: something runs, or has run in a sandbox that is there, and is only between two runs. A pod whose
 * first containers cannot be had has none: its edit is a mend.
 */
function isStanding({ observed }: RunInput, { restartingAll }: PodRecord): boolean {
  if (observed.containers.some(isAlive) || restartingAll !== undefined) return true;
  const hasRun =
    observed.containers.some(({ state }) => state === 'exited') ||
    [...observed.nextAttempts.values()].some((attempt) => attempt > 0);
  return observed.sandboxes[0]?.state === 'ready' && hasRun;
}

/**
 * The wanted version from now on. It begins anew, also where the last one was ended for good. One that differs in labels and annotations
 * alone is the same life: what has ended stays so (kubelet: generateAPIPodStatus), and no deadline begins once more.
 */
function taken(input: RunInput, before: PodRecord): Version {
  const { target, nowMs } = input;
  const { pod } = target;
  const isSameLife = sameWork(before.pod, pod);
  const { previous: known, rejected: _, ...life } = before;
  const { ready: __, ended: ___, ...rest } = life;
  const good = isSameLife ? known : lastGood(input, before);
  const previous = wishesOf(pod).rollback ? good : undefined;
  const record: PodRecord = {
    ...(isSameLife ? life : { ...rest, ...usersOf(input, pod), changedAtMs: nowMs }),
    pod,
    ...(previous !== undefined && { previous }),
  };
  return { target, record, actions: [], waits: [] };
}

function usersOf(input: RunInput, pod: Pod): Pick<PodRecord, 'usersBase'> {
  return pod.spec.hostUsers === false ? { usersBase: input.usersBase(input.target.uid) } : {};
}

/** The version to go back to: the one before the wanted one if it was ever Ready, else the one before that. */
function lastGood(input: RunInput, record: PodRecord): Pod | undefined {
  if (record.ready === true) return record.pod;
  return record.previous ?? (isVersionReady(record.pod, input) ? record.pod : undefined);
}

/** What ends sooner is not Ready for having run: it is about to crash again. Probes that were edited need some time, too. */
const SETTLED_MS = 10_000;

/**
 * A version whose pod wishes for it is watched until it has been Ready for a while: then it is what later ones go back to. Once its time is
 * over, which begins when the last one has ended, the last good one takes its place. One that is Ready at that moment may show that it
 * stays so. Also one that has nothing else to go back to is watched: what follows it shall have that.
 */
function watched(input: RunInput, version: Version & { readonly record: PodRecord }): Version {
  const { record } = version;
  const { rollback, progressDeadlineMs } = wishesOf(record.pod);
  if (!rollback || record.ready === true || input.trial === undefined) return version;
  const { seenAtMs, aloneSinceMs, readySinceMs } = input.trial;
  const { previous, ...rest } = record;
  if (readySinceMs !== undefined) {
    const leftMs = SETTLED_MS - (seenAtMs - readySinceMs);
    return leftMs > 0
      ? { ...version, wakeAtMs: inTime(leftMs, input) }
      : { ...version, record: { ...rest, ready: true } };
  }
  if (previous === undefined || aloneSinceMs === undefined || sameWork(previous, record.pod)) return version;
  const leftMs = progressDeadlineMs - (seenAtMs - aloneSinceMs);
  return leftMs > 0
    ? { ...version, wakeAtMs: inTime(leftMs, input) }
    : rolledBack(input, version, { previous, progressDeadlineMs });
}

/** The monotonic clock counts in fractions of a millisecond, the wall clock in whole ones: who wakes too early would do so again and again. */
function inTime(leftMs: number, { nowMs }: RunInput): number {
  return nowMs + Math.ceil(leftMs);
}

function rolledBack(
  input: RunInput,
  { record: before, actions, waits }: Version & { readonly record: PodRecord },
  given: { readonly previous: Pod; readonly progressDeadlineMs: number },
): Version {
  const { target, nowMs } = input;
  const { progressDeadlineMs } = given;
  const pod = withEphemeralsOf(given.previous, before.pod);
  const seconds = progressDeadlineMs / 1000;
  const message = `version not Ready within ${seconds}s: back to the last version that was`;
  const { previous: _, ended: __, ...life } = before;
  const rejected = { pod: before.pod, atMs: nowMs, message };
  const wait: Wait[] = sameVersion(before.pod, target.pod) ? [{ reason: 'RolledBack', message }] : [];
  return {
    target: { ...target, pod, uses: target.previousUses ?? target.uses },
    record: { ...life, ...usersOf(input, pod), pod, changedAtMs: nowMs, ready: true, rejected },
    actions,
    waits: [...waits, ...wait],
  };
}
