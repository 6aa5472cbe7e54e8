import { allContainers, type Pod, type PodCgroup, referencesOf, type UsedObjects } from '../pod/index.ts';
import { podCgroup } from '../podspec/index.ts';
import type { PodRecord } from '../state/index.ts';
import { planVolumes, type VolumesPlan } from '../volumes/index.ts';
import type { Action, Wait } from './actions.ts';
import type { PlanInputFor, Surroundings } from './plan-input.ts';
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
  const cgroup = cgroupOf(input, record);
  if (cgroup !== undefined && cgroup.text !== input.prepared.cgroup)
    actions.push({ type: 'set-up-cgroup', uid, cgroup: cgroup.value });
  const { request, text, missing } = volumesOf(input);
  const isMade = input.prepared.volumes !== undefined;
  if (missing.length > 0)
    return { actions, waits: isMade ? [] : allContainers(pod).map(({ name }) => waitFor(name, missing)) };
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

interface WantedCgroup {
  readonly uses: UsedObjects;
  readonly surroundings: Surroundings;
  readonly made: { readonly value: PodCgroup; readonly text: string } | undefined;
}

const nothing = JSON.stringify({ setups: [] });
/** Pods and objects are immutable: what they come to is worked out once, so that a converged pass costs nothing. */
const volumesOfPods = new WeakMap<Pod, WantedVolumes>();
const cgroupsOfPods = new WeakMap<Pod, WantedCgroup>();

function volumesOf(input: RunInput): Omit<WantedVolumes, 'uses'> {
  const { pod, uses } = input.target;
  if (pod.spec.volumes === undefined) return { request: { setups: [] }, missing: [], text: nothing };
  const before = volumesOfPods.get(pod);
  if (before?.uses === uses) return before;
  const plan = planVolumes(pod, podFactsOf(input), uses);
  const wanted = { ...plan, uses, text: JSON.stringify(plan.request) };
  volumesOfPods.set(pod, wanted);
  return wanted;
}

function cgroupOf(input: RunInput, record: PodRecord): WantedCgroup['made'] {
  const { target, surroundings } = input;
  const { pod, uid, uses } = target;
  if (!surroundings.node.cgroups.shared) return undefined;
  const before = cgroupsOfPods.get(pod);
  const isSame =
    before?.uses === uses &&
    before.surroundings.runtime === surroundings.runtime &&
    before.surroundings.node.cgroups === surroundings.node.cgroups;
  if (isSame) return before.made;
  const value = podCgroup(pod, uid, placeOf(input, record));
  const made = value && { value, text: JSON.stringify(value) };
  cgroupsOfPods.set(pod, { uses, surroundings, made });
  return made;
}
