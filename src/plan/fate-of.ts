import {
  annotation,
  type Container,
  containerHashMatches,
  healthOf,
  type ObservedContainer,
  type ObservedSandbox,
  type Pod,
  type PodObservation,
  restartPolicyOf,
  sandboxHashMatches,
} from '../pod/index.ts';
import type { StopRecord } from '../state/index.ts';
import type { Fate, StopReason } from './fate.ts';
import { backoffStep, decideRestart, restartAfterStop, restartOfStopped } from './restart.ts';
import type { SurveyInput } from './survey-input.ts';

/** One pod as its containers' fates are decided. */
export interface FateContext extends SurveyInput {
  readonly pod: Pod;
  readonly sandbox: ObservedSandbox | undefined;
  readonly observed: PodObservation;
  /** By name, newest first. */
  readonly instances: ReadonlyMap<string, readonly ObservedContainer[]>;
}

/** What is to become of a container whose turn has come, by its latest instance (kubelet: computePodActions). */
export function fateOf(container: Container, context: FateContext): Fate {
  const [latest] = context.instances.get(container.name) ?? [];
  if (latest === undefined) return firstInstance(container, context);
  const isWanted = isSameVersion(container, latest, context);
  const stop = stopOf(latest, context);
  const inPlace = isWanted && latest.sandboxId === context.sandbox?.id;
  const replace: Fate = { kind: 'create', attempt: latest.attempt + 1, step: 0, atMs: 0 };
  switch (latest.state) {
    case 'running':
      return inPlace
        ? fateOfRunning(container, latest, context)
        : { kind: 'stop', instance: latest, stop: {} };
    case 'unknown':
      return { kind: 'stop', instance: latest, stop: {} };
    case 'created':
      if (inPlace && stop === undefined) return { kind: 'start', instance: latest };
      // It never ran, so the back-off goes on where it stood.
      return isWanted && stop === undefined ? { ...replace, step: backoffStep(latest) } : replace;
    case 'exited':
      return isWanted ? fateOfExited(container, latest, context) : replace;
  }
}

/** A container none of whose instances is there: its count goes on from the log files, its back-off from the record. */
export function firstInstance({ name }: Container, { observed, record }: FateContext): Fate {
  const attempt = observed.nextAttempts.get(name) ?? 0;
  return { kind: 'create', attempt, step: record?.steps?.[name] ?? 0, atMs: 0 };
}

export function stopOf({ id }: ObservedContainer, { record }: FateContext): StopRecord | undefined {
  return record?.stops[id];
}

/** A running instance of this version, in its sandbox. */
function fateOfRunning(container: Container, latest: ObservedContainer, context: FateContext): Fate {
  const stop = stopReason(container, latest, context);
  if (stop !== undefined) return { kind: 'stop', instance: latest, stop };
  return isPostStartDue(container, latest, context) ? { kind: 'hook', instance: latest } : { kind: 'keep' };
}

/** What a running container of this version is stopped for. */
function stopReason(
  container: Container,
  latest: ObservedContainer,
  context: FateContext,
): StopReason | undefined {
  const begun = stopOf(latest, context);
  if (begun !== undefined) return { ...(begun.cause && { cause: begun.cause }) };
  const { failed } = healthOf(container, latest.id, context.health);
  if (failed !== undefined) {
    const graceSeconds = container[`${failed.probe}Probe`]?.terminationGracePeriodSeconds;
    return {
      cause: failed.probe,
      message: `Container ${container.name} failed ${failed.probe} probe`,
      ...(graceSeconds !== undefined && { graceSeconds }),
      restart: restartOf(latest, context),
    };
  }
  // What follows is judged by its exit, as of one that ends by itself (kubelet: computePodActions, ContainerShouldRestart).
  return postStartEnd(latest, context) === 'failed'
    ? { cause: 'postStart', message: 'FailedPostStartHook' }
    : undefined;
}

export function restartOf(
  latest: ObservedContainer,
  context: FateContext,
): NonNullable<StopRecord['restart']> {
  const { pod, observed, instances } = context;
  const [, previous] = instances.get(latest.name) ?? [];
  const details = observed.containerDetails.get(latest.id);
  const before = previous && observed.containerDetails.get(previous.id);
  return restartAfterStop(pod, { latest, details, before }, context);
}

/** Its hook is to be run as long as neither the record nor this daemon knows how it ended. */
export function isPostStartDue(
  container: Container,
  latest: ObservedContainer,
  context: FateContext,
): boolean {
  return container.lifecycle?.postStart !== undefined && postStartEnd(latest, context) === undefined;
}

function postStartEnd(
  { id }: ObservedContainer,
  { record, hookEnd }: FateContext,
): 'done' | 'failed' | undefined {
  const recorded = record?.starts?.[id]?.postStart;
  return recorded === 'done' || recorded === 'failed' ? recorded : hookEnd(id);
}

/** Whether an instance is what the manifest asks for, and was made from what its objects hold. */
function isSameVersion(
  container: Container,
  latest: ObservedContainer,
  { pod, digest }: FateContext,
): boolean {
  const madeFrom = latest.annotations[annotation.configHash];
  return (
    (madeFrom === undefined || digest === undefined || digest(container) === madeFrom) &&
    sandboxHashMatches(latest.annotations[annotation.sandboxHash], pod) &&
    containerHashMatches(latest.annotations[annotation.containerHash], container, pod)
  );
}

/**
 * An instance of this version that has exited. One that was stopped to be replaced is, whatever its policy; one that was stopped for its
 * own fault unless its policy is Never (kubelet: computePodActions); one that went down with the node unless it never restarts.
 */
export function fateOfExited(container: Container, latest: ObservedContainer, context: FateContext): Fate {
  const { pod, observed, longestMs } = context;
  const attempt = latest.attempt + 1;
  const stop = stopOf(latest, context);
  const isNever = restartPolicyOf(container, pod) === 'Never';
  if (stop !== undefined && stop.cause === undefined) return { kind: 'create', attempt, step: 0, atMs: 0 };
  if (stop?.cause === 'shutdown' && !isNever)
    return { kind: 'create', attempt, step: backoffStep(latest), atMs: 0 };
  const details = observed.containerDetails.get(latest.id);
  // Without details nothing can be decided: the next observation brings them.
  if (details === undefined) return { kind: 'keep' };
  if (stop?.restart !== undefined && !isNever) {
    const restart = restartOfStopped(pod, details, stop.restart, longestMs);
    return { kind: 'create', attempt, ...restart, exited: latest };
  }
  const decision = decideRestart({ pod, container, exited: latest, details, longestMs });
  switch (decision.kind) {
    case 'done':
      return decision;
    case 'restart-all':
      return decision;
    case 'restart':
      return { kind: 'create', attempt, step: decision.step, atMs: decision.atMs, exited: latest };
  }
}
