import { type Pod, referencesOf, type UsedObjects } from '../pod/index.ts';
import { podCgroup } from '../podspec/index.ts';
import type { PodRecord } from '../state/index.ts';
import { planVolumes, type VolumesPlan } from '../volumes/index.ts';
import type { Action, Wait } from './actions.ts';
import type { PlanInputFor } from './plan-input.ts';
import { placeOf, podFactsOf } from './surroundings.ts';

type RunInput = PlanInputFor<'run'>;

export interface Preparations {
  readonly actions: readonly Action[];
  /** Why containers cannot be made, one for each. */
  readonly waits: readonly Wait[];
}

/**
 * What a pod needs before it has a sandbox, and what has to be brought up to date while it runs. Where an object is missing, a pod
 * whose volumes were made goes on with what they hold (kubelet: a volume that is mounted stays so).
 */
export function planPreparations(input: RunInput, record: PodRecord): Preparations {
  const { pod, uid } = input.target;
  const actions: Action[] = [];
  const cgroup = podCgroup(pod, uid, placeOf(input, record));
  if (cgroup !== undefined && JSON.stringify(cgroup) !== input.prepared.cgroup)
    actions.push({ type: 'set-up-cgroup', uid, cgroup });
  const { request, text, missing } = volumesOf(input);
  const isMade = input.prepared.volumes !== undefined;
  if (missing.length > 0)
    return { actions, waits: isMade ? [] : pod.spec.containers.map(({ name }) => waitFor(name, missing)) };
  if (isMade ? text !== input.prepared.volumes : request.setups.length > 0)
    actions.push({ type: 'set-up-volumes', uid, request });
  return { actions, waits: [] };
}

/** Whether a pod names a ConfigMap or Secret that is not there. */
export function isIncomplete(pod: Pod, uses: UsedObjects): boolean {
  const { configMaps, secrets } = referencesOf(pod);
  return uses.configMaps.size < configMaps.size || uses.secrets.size < secrets.size;
}

function waitFor(container: string, missing: readonly string[]): Wait {
  return { container, reason: 'CreateContainerConfigError', message: missing.join('; ') };
}

interface WantedVolumes extends VolumesPlan {
  readonly uses: UsedObjects;
  /** The request as text. */
  readonly text: string;
}

const nothing = JSON.stringify({ setups: [] });
const known = new WeakMap<Pod, WantedVolumes>();

/** Pods and objects are immutable: what they come to is worked out once, so that a converged pass costs nothing. */
function volumesOf(input: RunInput): Omit<WantedVolumes, 'uses'> {
  const { pod, uses } = input.target;
  if (pod.spec.volumes === undefined) return { request: { setups: [] }, missing: [], text: nothing };
  const before = known.get(pod);
  if (before?.uses === uses) return before;
  const plan = planVolumes(pod, podFactsOf(input), uses);
  const wanted = { ...plan, uses, text: JSON.stringify(plan.request) };
  known.set(pod, wanted);
  return wanted;
}
