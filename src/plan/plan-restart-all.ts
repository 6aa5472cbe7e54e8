import { allContainers, listOf, type ObservedContainer } from '../pod/index.ts';
import type { PodRecord, RestartingAll } from '../state/index.ts';
import type { Wait } from '../targets/index.ts';
import type { Action, Plan } from './actions.ts';
import type { PlanInputFor } from './plan-input.ts';
import { planStops } from './plan-stops.ts';
import { isBackingOff } from './restart.ts';
import { isAlive, type Survey } from './survey.ts';

type RunInput = PlanInputFor<'run'>;

const RESTARTING = 'all containers of the pod are restarted';

/**
 * A container has exited so that its rules ask for all of them to begin anew (kubelet: RestartAllContainers). The kubelet does so at
 * once, however often; here the container's back-off counts. Undefined where no container asks for it, or not yet.
 */
export function beginRestartAll(
  { nowMs }: RunInput,
  record: PodRecord,
  { fates }: Survey,
): PodRecord | undefined {
  for (const [container, fate] of fates) {
    if (fate.kind !== 'restart-all' || isBackingOff(fate.atMs, nowMs)) continue;
    const steps = { ...record.steps, [container]: fate.step };
    return { ...record, restartingAll: { startedAtMs: nowMs, container }, steps };
  }
  return undefined;
}

/**
 * Everything is stopped with the shortest grace period and removed from the runtime, the others first, then the container that asked for
 * it; log files stay, since counts go on from them. Then the pod begins anew, in the same sandbox.
 */
export function planRestartAll(
  input: RunInput,
  record: PodRecord & { readonly restartingAll: RestartingAll },
): Plan {
  const { pod } = input.target;
  const instances = partOf(input);
  const alive = instances.filter(isAlive);
  if (alive.length > 0) {
    const stops = alive.map((instance) => ({ instance, cause: 'restartAll' as const, graceSeconds: 0 }));
    const plan = planStops(stops, { pod, record, graceSeconds: 0 }, input);
    return { actions: savedFirst(input, record, plan.actions), waits: waitsOf(input) };
  }
  const { restartingAll, ...rest } = record;
  if (instances.length === 0)
    return { actions: [{ type: 'save-record', record: rest }], waits: waitsOf(input) };
  const removals = inOrderOfRemoval(input, restartingAll.container).map(
    ({ id, name, attempt }): Action => ({
      type: 'remove-container',
      id,
      container: name,
      attempt,
      why: RESTARTING,
    }),
  );
  return { actions: savedFirst(input, record, removals), waits: waitsOf(input) };
}

/** What begins anew: ephemeral containers never do. */
function partOf({ target: { pod }, observed }: RunInput): readonly ObservedContainer[] {
  return observed.containers.filter(({ name }) => listOf(name, pod) !== 'ephemeralContainers');
}

function savedFirst(input: RunInput, record: PodRecord, actions: readonly Action[]): readonly Action[] {
  const isSaved = input.record === record || actions[0]?.type === 'save-record';
  return isSaved ? actions : [{ type: 'save-record', record }, ...actions];
}

function waitsOf({ target: { pod } }: RunInput): readonly Wait[] {
  return allContainers(pod).map(({ name }) => ({
    container: name,
    reason: 'RestartingAllContainers',
    message: RESTARTING,
  }));
}

/** Other containers, other init containers, then the one that asked for it; of each the oldest first, so that no count falls meanwhile. */
function inOrderOfRemoval(input: RunInput, trigger: string): ObservedContainer[] {
  const { pod } = input.target;
  const isInit = new Set((pod.spec.initContainers ?? []).map(({ name }) => name));
  const rank = ({ name }: ObservedContainer): number => (name === trigger ? 2 : isInit.has(name) ? 1 : 0);
  return [...partOf(input)].sort((a, b) => rank(a) - rank(b) || a.attempt - b.attempt);
}
