import { isOther } from '../targets/index.ts';
import type { Plan } from './actions.ts';
import type { PlanInput } from './plan-input.ts';

/** Nothing is to be done, and time alone changes nothing. */
export function isAtRest({ actions, waits, wakeAtMs }: Plan): boolean {
  return actions.length === 0 && waits.length === 0 && wakeAtMs === undefined;
}

/** What the plan of a pod at rest depends on: not on images, hooks, or the clock. */
export type Basis = Pick<
  PlanInput,
  'target' | 'record' | 'observed' | 'prepared' | 'health' | 'failures' | 'surroundings'
>;

/**
 * Whether a plan that found a pod at rest would find it so again. Plans are pure and nearly all passes find nothing new, so the answer is
 * worth remembering.
 */
export function isAsBefore(now: Basis, before: Basis): boolean {
  return (
    now.observed === before.observed &&
    now.record === before.record &&
    now.prepared === before.prepared &&
    now.health === before.health &&
    now.failures.size === 0 &&
    now.surroundings.runtime === before.surroundings.runtime &&
    now.surroundings.node.cgroups === before.surroundings.node.cgroups &&
    // These stand in its status.
    now.surroundings.node.hostIPs.join() === before.surroundings.node.hostIPs.join() &&
    !isOther(now.target, before.target)
  );
}
