import type { Plan } from './actions.ts';
import { type Failure, isOfOneContainer, standingFailure } from './failures.ts';
import { planHalt } from './plan-halt.ts';
import type { PlanInput } from './plan-input.ts';
import { planRemoval } from './plan-removal.ts';
import { planRun } from './plan-run.ts';

/** The decision about one pod: a pure function. A plan without actions means that it is as wanted, or waits. */
export function planPod(input: PlanInput): Plan {
  const { target } = input;
  const failure = podFailure(input);
  if (failure !== undefined) return { actions: [], waits: [failure] };
  switch (target.kind) {
    case 'run':
      // Deleted while the pass looked: the next one leads to its end.
      if (input.record?.deletionStartedAtMs !== undefined) return { actions: [], waits: [] };
      return planRun({ ...input, target });
    case 'remove':
      return planRemoval({ ...input, target });
    case 'halt':
      return planHalt({ ...input, target });
    case 'hold':
      return {
        actions: [],
        waits: [
          { reason: 'ManifestUnreadable', message: `left as it is: ${target.file} cannot be used now` },
        ],
      };
  }
}

/**
 * A failure that holds up the whole pod. One container's failure, or rubbish that will not go, leaves the others alone.
 */
function podFailure({ target, failures, nowMs }: PlanInput): Failure | undefined {
  for (const key of failures.keys()) {
    if (isOfOneContainer(key) || (target.kind === 'run' ? isRubbish(key) : isMaking(key))) continue;
    const failure = standingFailure(failures, key, nowMs);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** What cannot be made does not keep the pod from being removed. */
function isMaking(key: string): boolean {
  return key === 'sandbox' || key === 'set-up-volumes' || key === 'set-up-cgroup';
}

function isRubbish(key: string): boolean {
  return key === 'remove-container' || key === 'remove-sandbox';
}
