import {
  annotation,
  type Container,
  type ContainerId,
  type ObservedContainer,
  type ObservedSandbox,
  type Pod,
  type PodObservation,
  sandboxHashMatches,
} from '../pod/index.ts';
import type { Fate } from './fate.ts';
import { decideRestart } from './restart.ts';

/** How far the init containers of a pod are. */
export type InitProgress =
  /** There are none, or all have succeeded in this sandbox: the others may start. */
  | { readonly kind: 'done' }
  /** This one's turn. */
  | { readonly kind: 'at'; readonly container: Container; readonly fate: Fate }
  /** One failed, and the pod never restarts: it is over. */
  | { readonly kind: 'failed' };

export interface InitContext {
  readonly sandbox: ObservedSandbox | undefined;
  readonly observed: PodObservation;
  readonly stops: Readonly<Record<ContainerId, unknown>>;
}

/**
 * Init containers run one by one, each to its success, anew in every sandbox (kubelet: computeInitContainerActions). The last one that
 * has an instance tells how far they are, since those of earlier ones may be gone. Once another container was made they are over. An
 * edit of one makes a new sandbox (spec-hash.ts), so all instances in a sandbox are of this version.
 */
export function initProgress(pod: Pod, context: InitContext): InitProgress {
  const { initContainers = [], containers } = pod.spec;
  const sandbox = context.sandbox ?? lastSandbox(pod, context.observed);
  const inSandbox = context.observed.containers.filter(({ sandboxId }) => sandboxId === sandbox?.id);
  const isBegun = containers.some(({ name }) => inSandbox.some((instance) => instance.name === name));
  if (initContainers.length === 0 || (isBegun && context.sandbox !== undefined)) return { kind: 'done' };
  const last = initContainers.findLastIndex(({ name }) => inSandbox.some((each) => each.name === name));
  for (const container of initContainers.slice(Math.max(last, 0))) {
    const latest = inSandbox.find(({ name }) => name === container.name);
    const fate = fateOfInit(container, latest, pod, context);
    if (fate === 'failed') return { kind: 'failed' };
    if (fate !== 'succeeded') return { kind: 'at', container, fate };
  }
  return { kind: 'done' };
}

/** Of a pod that never restarts the sandbox that is gone tells, too: what failed in it is not tried in another. */
function lastSandbox(pod: Pod, { sandboxes }: PodObservation): ObservedSandbox | undefined {
  const newest = sandboxes[0];
  if (pod.spec.restartPolicy !== 'Never' || newest === undefined) return undefined;
  return sandboxHashMatches(newest.annotations[annotation.sandboxHash], pod) ? newest : undefined;
}

function fateOfInit(
  container: Container,
  latest: ObservedContainer | undefined,
  { spec }: Pod,
  { observed, stops }: InitContext,
): Fate | 'succeeded' | 'failed' {
  if (latest === undefined || stops[latest.id] !== undefined) return newInstance(container, observed);
  switch (latest.state) {
    case 'created':
      return { kind: 'start', instance: latest };
    case 'running':
      return { kind: 'keep' };
    case 'unknown':
      return { kind: 'stop', instance: latest };
    case 'exited':
      break;
  }
  const details = observed.containerDetails.get(latest.id);
  // Without details nothing can be decided: the next observation brings them.
  if (details === undefined) return { kind: 'keep' };
  if (details.exitCode === 0) return 'succeeded';
  const policy = spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure';
  const decision = decideRestart(policy, latest, details);
  if (decision.kind === 'done') return 'failed';
  return {
    kind: 'create',
    attempt: latest.attempt + 1,
    step: decision.step,
    atMs: decision.atMs,
    exited: latest,
  };
}

/** The restart count goes on over all sandboxes. */
function newInstance({ name }: Container, observed: PodObservation): Fate {
  const before = observed.containers.find((each) => each.name === name);
  const attempt = before === undefined ? (observed.nextAttempts.get(name) ?? 0) : before.attempt + 1;
  return { kind: 'create', attempt, step: 0, atMs: 0 };
}
