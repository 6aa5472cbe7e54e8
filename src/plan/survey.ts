import {
  annotation,
  type Container,
  type EphemeralContainer,
  everyContainer,
  type ObservedContainer,
  type ObservedSandbox,
  type Pod,
  type PodObservation,
  sandboxHashMatches,
} from '../pod/index.ts';
import type { Fate } from './fate.ts';
import { type FateContext, fateOf } from './fate-of.ts';
import { fateOfEphemeral } from './fate-of-ephemeral.ts';
import { initProgress } from './survey-init.ts';
import type { SurveyInput } from './survey-input.ts';

/** The facts of a pod that the plan decides on. */
export interface Survey {
  /** The sandbox to use; undefined when one has to be made or none is needed any more. */
  readonly sandbox: ObservedSandbox | undefined;
  readonly fates: ReadonlyMap<string, Fate>;
  /** The containers whose turn it is, in the order they start. */
  readonly active: readonly Container[];
  /** Those that are there to look into the pod, however far the others are. */
  readonly ephemeral: readonly EphemeralContainer[];
  /** Every container but sidecars has run to its end. */
  readonly finished: boolean;
  /** Whatever runs and must be stopped before anything is added, of the manifest or not. */
  readonly strays: readonly ObservedContainer[];
  /** Dead containers that nothing needs any more. */
  readonly rubbish: readonly ObservedContainer[];
  readonly nextSandboxAttempt: number;
}

export function survey(pod: Pod, observed: PodObservation, input: SurveyInput): Survey {
  const sandbox = usableSandbox(pod, observed);
  const instances = instancesByName(observed);
  const context: FateContext = { ...input, pod, sandbox, observed, instances };
  const init = initProgress(context);
  const fates = new Map<string, Fate>(init.fates);
  for (const container of pod.spec.containers) fates.set(container.name, fateOf(container, context));
  const { ephemeralContainers = [] } = pod.spec;
  for (const container of ephemeralContainers) fates.set(container.name, fateOfEphemeral(container, context));
  const finished = init.kind === 'failed' || isFinished(pod, { sandbox, fates });
  const strays = observed.containers.filter((c) => isAlive(c) && (finished || !isKept(c, context, fates)));
  const newest = observed.sandboxes[0];
  return {
    sandbox,
    fates,
    active: [...init.active, ...(init.kind === 'done' ? pod.spec.containers : [])],
    ephemeral: ephemeralContainers,
    finished,
    strays,
    rubbish: findRubbish(pod, instances),
    nextSandboxAttempt: newest === undefined ? 0 : newest.attempt + 1,
  };
}

export function isAlive(container: ObservedContainer): boolean {
  return container.state === 'running' || container.state === 'unknown';
}

function isKept(c: ObservedContainer, { instances }: FateContext, fates: ReadonlyMap<string, Fate>): boolean {
  const kind = fates.get(c.name)?.kind;
  return (kind === 'keep' || kind === 'hook') && instances.get(c.name)?.[0] === c;
}

/**
 * The newest sandbox, if it can go on: ready, made from these pod-level fields, and with an address unless it shares the
 * host's network (kubelet: PodSandboxChanged).
 */
function usableSandbox(pod: Pod, observed: PodObservation): ObservedSandbox | undefined {
  const newest = observed.sandboxes[0];
  if (newest?.state !== 'ready') return undefined;
  if (!sandboxHashMatches(newest.annotations[annotation.sandboxHash], pod)) return undefined;
  const details = observed.sandboxDetails.get(newest.id);
  const hasAddress = pod.spec.hostNetwork || details === undefined || details.ips.length > 0;
  return hasAddress ? newest : undefined;
}

type Instances = FateContext['instances'];

/** Newest first, since the observation is. */
function instancesByName(observed: PodObservation): Instances {
  const byName = new Map<string, ObservedContainer[]>();
  for (const container of observed.containers) {
    const others = byName.get(container.name);
    if (others === undefined) byName.set(container.name, [container]);
    else others.push(container);
  }
  return byName;
}

/**
 * Nothing is left to run. A pod none of whose containers may be restarted gets no second sandbox once a container of this version was
 * made in the first (kubelet: shouldRestartOnFailure and attempt in computePodActions).
 */
function isFinished(
  { spec }: Pod,
  known: { sandbox: ObservedSandbox | undefined; fates: ReadonlyMap<string, Fate> },
): boolean {
  const fates = spec.containers.map(({ name }): Fate => known.fates.get(name) ?? { kind: 'keep' });
  if (fates.every(({ kind }) => kind === 'done')) return true;
  if (spec.restartPolicy !== 'Never' || known.sandbox !== undefined) return false;
  return (
    fates.some(({ kind }) => kind === 'done') &&
    fates.every((fate) => fate.kind === 'done' || isFirstCreation(fate))
  );
}

function isFirstCreation(fate: Fate): boolean {
  return fate.kind === 'create' && fate.attempt === 0;
}

/** One dead instance is kept beside the living one, for its exit code and logs; the others go, and all of a removed container. */
function findRubbish(pod: Pod, instances: Instances): ObservedContainer[] {
  const named = new Set(everyContainer(pod).map(({ name }) => name));
  return [...instances].flatMap(([name, list]) => {
    if (!named.has(name)) return list.filter((container) => !isAlive(container));
    const [latest, ...older] = list;
    const keepOne = latest !== undefined && latest.state !== 'exited';
    return older.filter((container) => !isAlive(container)).slice(keepOne ? 1 : 0);
  });
}
