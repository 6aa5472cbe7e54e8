import { podAddressOf, type Surroundings } from '../plan/index.ts';
import {
  allContainers,
  type Container,
  isSidecar,
  type Pod,
  type PodObservation,
  podKey,
} from '../pod/index.ts';
import type { ProbedContainer, ProbedPod } from '../probes/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Target } from '../targets/index.ts';

/**
 * What of a pod is probed: the running containers of the version in force that have probes. Undefined where not all of them could be
 * looked at: what is known of them stays.
 */
export function probedPod(given: {
  readonly target: Target;
  readonly record: PodRecord | undefined;
  readonly observed: PodObservation;
  readonly surroundings: Surroundings;
}): ProbedPod | undefined {
  const { target, record, observed, surroundings } = given;
  const pod = record?.pod ?? (target.kind === 'run' ? target.pod : undefined);
  const [namespace = '', name = ''] =
    target.kind === 'run' ? podKey(target.pod.metadata).split('/') : target.key.split('/');
  const host = podAddressOf(pod, { observed, surroundings });
  const subject = { uid: target.uid, namespace, name, terminating: target.kind !== 'run' };
  if (pod === undefined) return { ...subject, containers: [] };
  const containers: ProbedContainer[] = [];
  for (const { container, fieldPath } of probedContainers(pod)) {
    const instance = observed.containers.find((each) => each.name === container.name);
    if (instance?.state !== 'running') continue;
    const details = observed.containerDetails.get(instance.id);
    if (details === undefined || host === undefined) return undefined;
    const { id } = instance;
    const started = record?.starts?.[id]?.started === true;
    containers.push({ id, container, fieldPath, startedAtMs: details.startedAtMs, host, started });
  }
  return { ...subject, containers };
}

interface WithProbes {
  readonly container: Container;
  readonly fieldPath: string;
}

const known = new WeakMap<Pod, readonly WithProbes[]>();

/** Pods are immutable: whether there is anything to probe is looked at once for each. */
function probedContainers(pod: Pod): readonly WithProbes[] {
  const found = known.get(pod) ?? allContainers(pod).flatMap((container) => withProbes(container, pod));
  known.set(pod, found);
  return found;
}

function withProbes(container: Container, pod: Pod): readonly WithProbes[] {
  const { startupProbe, livenessProbe, readinessProbe } = container;
  if ((startupProbe ?? livenessProbe ?? readinessProbe) === undefined) return [];
  const list = pod.spec.containers.includes(container)
    ? 'containers'
    : isSidecar(container, pod)
      ? 'initContainers'
      : undefined;
  return list === undefined ? [] : [{ container, fieldPath: `spec.${list}{${container.name}}` }];
}
