import type { Pod, PodKey, PodUid, UsedObjects } from '../pod/index.ts';
import type { Wait } from './actions.ts';

/** What is wanted of one pod. */
export type Target =
  | {
      readonly kind: 'run';
      readonly uid: PodUid;
      readonly pod: Pod;
      readonly file: string;
      /** True while the file cannot be used and this is its last good version. */
      readonly stale: boolean;
      /** The objects it names, as they are now. */
      readonly uses: UsedObjects;
      /** Why a new sandbox may not be made now. What runs already goes on. */
      readonly blocked?: Wait;
    }
  | { readonly kind: 'remove'; readonly uid: PodUid; readonly key: PodKey; readonly file: string }
  /** Its manifest is lost and its file cannot be read now: left as it is. */
  | { readonly kind: 'hold'; readonly uid: PodUid; readonly key: PodKey; readonly file: string };

export type RunTarget = Extract<Target, { kind: 'run' }>;

/** Whether a pod is due because what is wanted of it changed. */
export function isOther(target: Target | undefined, before: Target | undefined): boolean {
  if (target === undefined || before === undefined || target.kind !== before.kind) return target !== before;
  if (target.kind !== 'run' || before.kind !== 'run') return false;
  return (
    target.pod !== before.pod ||
    target.uses !== before.uses ||
    target.file !== before.file ||
    target.stale !== before.stale ||
    !sameBlock(target, before)
  );
}

function sameBlock(a: RunTarget, b: RunTarget): boolean {
  return a.blocked?.message === b.blocked?.message;
}
