import {
  allContainers,
  annotation,
  type Container,
  type ContainerId,
  containerHashMatches,
  type ObservedContainer,
  type ObservedSandbox,
  type Pod,
  type PodObservation,
  sandboxHashMatches,
} from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Fate } from './fate.ts';
import { backoffStep, decideRestart } from './restart.ts';
import { type InitProgress, initProgress } from './survey-init.ts';

/** The facts of a pod that the plan decides on. */
export interface Survey {
  /** The sandbox to use; undefined when one has to be made or none is needed any more. */
  readonly sandbox: ObservedSandbox | undefined;
  readonly fates: ReadonlyMap<string, Fate>;
  /** The containers whose turn it is: one init container, or all the others. */
  readonly active: readonly Container[];
  /** Every container has run to its end. */
  readonly finished: boolean;
  /** Whatever runs and must be stopped before anything is added, of the manifest or not. */
  readonly strays: readonly ObservedContainer[];
  /** Dead containers that nothing needs any more. */
  readonly rubbish: readonly ObservedContainer[];
  readonly nextSandboxAttempt: number;
}

/** What a container takes from ConfigMaps and Secrets now, as a hash to compare with the one it was made with. */
export type ConfigDigest = (container: Container) => string;

/** With `digest` a container that was made from other values is replaced. */
export function survey(
  pod: Pod,
  observed: PodObservation,
  record: PodRecord | undefined,
  digest?: ConfigDigest,
): Survey {
  const sandbox = usableSandbox(pod, observed);
  const instances = instancesByName(observed);
  const stops: PodRecord['stops'] = record?.stops ?? {};
  const fates = new Map<string, Fate>();
  for (const container of pod.spec.containers) {
    fates.set(
      container.name,
      fateOf(container, instances.get(container.name) ?? [], { pod, sandbox, observed, stops, digest }),
    );
  }
  const init = initProgress(pod, { sandbox, observed, stops });
  const finished = init.kind === 'failed' || isFinished(pod, { sandbox, fates, instances });
  if (init.kind === 'at') fates.set(init.container.name, init.fate);
  const strays = observed.containers.filter((c) => isAlive(c) && !isKept(c, instances, fates));
  const newest = observed.sandboxes[0];
  return {
    sandbox,
    fates,
    active: activeContainers(pod, init),
    finished,
    strays,
    rubbish: findRubbish(pod, instances),
    nextSandboxAttempt: newest === undefined ? 0 : newest.attempt + 1,
  };
}

function activeContainers({ spec }: Pod, init: InitProgress): readonly Container[] {
  return init.kind === 'at' ? [init.container] : spec.containers;
}

export function isAlive(container: ObservedContainer): boolean {
  return container.state === 'running' || container.state === 'unknown';
}

function isKept(c: ObservedContainer, instances: Instances, fates: ReadonlyMap<string, Fate>): boolean {
  return fates.get(c.name)?.kind === 'keep' && instances.get(c.name)?.[0] === c;
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

type Instances = ReadonlyMap<string, readonly ObservedContainer[]>;

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

interface FateContext {
  readonly pod: Pod;
  readonly sandbox: ObservedSandbox | undefined;
  readonly observed: PodObservation;
  readonly stops: Readonly<Record<ContainerId, unknown>>;
  readonly digest: ConfigDigest | undefined;
}

function fateOf(container: Container, instances: readonly ObservedContainer[], context: FateContext): Fate {
  const [latest] = instances;
  if (latest === undefined) {
    return {
      kind: 'create',
      attempt: context.observed.nextAttempts.get(container.name) ?? 0,
      step: 0,
      atMs: 0,
    };
  }
  const wanted = isWantedVersion(container, latest, context);
  const inPlace = wanted && latest.sandboxId === context.sandbox?.id;
  const replace: Fate = { kind: 'create', attempt: latest.attempt + 1, step: 0, atMs: 0 };
  switch (latest.state) {
    case 'running':
      return inPlace ? { kind: 'keep' } : { kind: 'stop', instance: latest };
    case 'unknown':
      return { kind: 'stop', instance: latest };
    case 'created':
      if (inPlace) return { kind: 'start', instance: latest };
      // It never ran, so the back-off goes on where it stood.
      return wanted ? { ...replace, step: backoffStep(latest) } : replace;
    case 'exited':
      return wanted ? fateOfExited(latest, context) : replace;
  }
}

/** A container whose stop was begun was to be replaced, whatever the manifest says by now. */
function isWantedVersion(
  container: Container,
  latest: ObservedContainer,
  { pod, stops, digest }: FateContext,
): boolean {
  const madeFrom = latest.annotations[annotation.configHash];
  return (
    stops[latest.id] === undefined &&
    (madeFrom === undefined || digest === undefined || digest(container) === madeFrom) &&
    sandboxHashMatches(latest.annotations[annotation.sandboxHash], pod) &&
    containerHashMatches(latest.annotations[annotation.containerHash], container, pod)
  );
}

function fateOfExited(latest: ObservedContainer, { pod, observed }: FateContext): Fate {
  const details = observed.containerDetails.get(latest.id);
  // Without details nothing can be decided: the next observation brings them.
  if (details === undefined) return { kind: 'keep' };
  const decision = decideRestart(pod.spec.restartPolicy, latest, details);
  if (decision.kind === 'done') return decision;
  return {
    kind: 'create',
    attempt: latest.attempt + 1,
    step: decision.step,
    atMs: decision.atMs,
    exited: latest,
  };
}

/**
 * Nothing is left to run. A pod that never restarts gets no second sandbox once a container of this version was made in the
 * first (kubelet: shouldRestartOnFailure and attempt in computePodActions).
 */
function isFinished(
  pod: Pod,
  known: { sandbox: ObservedSandbox | undefined; fates: ReadonlyMap<string, Fate>; instances: Instances },
): boolean {
  const fates = [...known.fates.values()];
  if (fates.every(({ kind }) => kind === 'done')) return true;
  if (pod.spec.restartPolicy !== 'Never' || known.sandbox !== undefined) return false;
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
  const named = new Set(allContainers(pod).map(({ name }) => name));
  return [...instances].flatMap(([name, list]) => {
    if (!named.has(name)) return list.filter((container) => !isAlive(container));
    const [latest, ...older] = list;
    const keepOne = latest !== undefined && latest.state !== 'exited';
    return older.filter((container) => !isAlive(container)).slice(keepOne ? 1 : 0);
  });
}
