import {
  everyContainer,
  type Pod,
  type PodCgroup,
  type PodUid,
  referencesOf,
  type UsedObjects,
} from '../pod/index.ts';
import { podCgroup } from '../podspec/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Wait } from '../targets/index.ts';
import { planVolumes, type VolumesPlan } from '../volumes/index.ts';
import type { Action } from './actions.ts';
import type { PlanInputFor, Surroundings } from './plan-input.ts';
import { volumesText } from './prepared.ts';
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
  const made = input.prepared.volumes;
  if (missing.length > 0) {
    const canGoOn = made !== undefined && made.of === volumesText(pod);
    return { actions, waits: canGoOn ? [] : everyContainer(pod).map(({ name }) => waitFor(name, missing)) };
  }
  if (made === undefined ? request.setups.length > 0 : text !== made.request)
    actions.push({ type: 'set-up-volumes', uid, request });
  return { actions, waits: [] };
}

/** Whether a pod names a ConfigMap or Secret that is not there, beside credentials. */
export function isIncomplete(pod: Pod, uses: UsedObjects): boolean {
  const { configMaps, secrets, credentials } = referencesOf(pod);
  return (
    [...configMaps].some((name) => !uses.configMaps.has(name)) ||
    [...secrets].some((name) => !uses.secrets.has(name) && !credentials.has(name))
  );
}

function waitFor(container: string, missing: readonly string[]): Wait {
  return { container, reason: 'CreateContainerConfigError', message: missing.join('; ') };
}

interface WantedVolumes extends VolumesPlan {
  readonly uid: PodUid;
  readonly uses: UsedObjects;
  /** The request as text. */
  readonly text: string;
}

interface WantedCgroup {
  readonly uid: PodUid;
  readonly uses: UsedObjects;
  readonly surroundings: Surroundings;
  readonly made: { readonly value: PodCgroup; readonly text: string } | undefined;
}

const nothing = JSON.stringify({ setups: [] });
/** Pods and objects are immutable: what they come to in one life is worked out once, so that a converged pass costs nothing. */
const volumesOfPods = new WeakMap<Pod, WantedVolumes>();
const cgroupsOfPods = new WeakMap<Pod, WantedCgroup>();

function volumesOf(input: RunInput): Omit<WantedVolumes, 'uses' | 'uid'> {
  const { pod, uid, uses } = input.target;
  if (pod.spec.volumes === undefined) return { request: { setups: [] }, missing: [], text: nothing };
  const before = volumesOfPods.get(pod);
  if (before?.uses === uses && before.uid === uid) return before;
  const plan = planVolumes(pod, podFactsOf(input), uses);
  const wanted = { ...plan, uses, uid, text: JSON.stringify(plan.request) };
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
    before.uid === uid &&
    before.surroundings.runtime === surroundings.runtime &&
    before.surroundings.node.cgroups === surroundings.node.cgroups;
  if (isSame) return before.made;
  const value = podCgroup(pod, uid, placeOf(input, record));
  const made = value && { value, text: JSON.stringify(value) };
  cgroupsOfPods.set(pod, { uses, uid, surroundings, made });
  return made;
}
