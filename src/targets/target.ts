import type { Pod, PodKey, PodUid, UsedObjects } from '../pod/index.ts';
import type { Wait } from './wait.ts';

/** What is wanted of one pod. */
export type Target = RunTarget | RemoveTarget | HaltTarget | HoldTarget;

export interface RunTarget {
  readonly kind: 'run';
  readonly uid: PodUid;
  readonly pod: Pod;
  readonly file: string;
  /** True while the file cannot be used and this is its last good version. */
  readonly stale: boolean;
  /** The objects it names, as they are now. */
  readonly uses: UsedObjects;
  /** Why a new sandbox may not be made for it now. What runs already goes on. */
  readonly blocked?: Wait;
  /** The version on record, where that is another one. */
  readonly standing?: Standing;
  /** The objects that the version before the recorded one names, where there is one to go back to. */
  readonly previousUses?: UsedObjects;
}

/** A version that is in force while another one is wanted. */
export interface Standing {
  readonly pod: Pod;
  /** The objects it names, as they are now. */
  readonly uses: UsedObjects;
  /** Why a new sandbox may not be made for this version now. */
  readonly blocked?: Wait;
}

export interface RemoveTarget {
  readonly kind: 'remove';
  readonly uid: PodUid;
  readonly key: PodKey;
  readonly file: string;
  /** Why its removal may not begin yet. */
  readonly blocked?: Wait;
}

/** The node is shut down: everything of it stops, and it is as it should be again after the next start. */
export interface HaltTarget {
  readonly kind: 'halt';
  readonly uid: PodUid;
  readonly key: PodKey;
  readonly file: string;
  /** When it has to have ended (wall clock). */
  readonly deadlineMs: number;
  /** Why it may not be stopped yet, and until when at the longest. */
  readonly blocked?: Wait;
}

/** Its manifest is lost and its file cannot be read now: left as it is. */
export interface HoldTarget {
  readonly kind: 'hold';
  readonly uid: PodUid;
  readonly key: PodKey;
  readonly file: string;
}

/** Whether a pod is due because what is wanted of it changed. */
export function isOther(target: Target | undefined, before: Target | undefined): boolean {
  if (target === undefined || before === undefined || target.kind !== before.kind) return target !== before;
  if (messageOf(target) !== messageOf(before)) return true;
  if (target.kind !== 'run' || before.kind !== 'run') return false;
  return (
    target.pod !== before.pod ||
    target.uses !== before.uses ||
    target.file !== before.file ||
    target.stale !== before.stale ||
    target.previousUses !== before.previousUses ||
    isOtherStanding(target.standing, before.standing)
  );
}

function isOtherStanding(a: Standing | undefined, b: Standing | undefined): boolean {
  return a?.pod !== b?.pod || a?.uses !== b?.uses || a?.blocked?.message !== b?.blocked?.message;
}

function messageOf(target: Target): string | undefined {
  return target.kind === 'hold' ? undefined : target.blocked?.message;
}
