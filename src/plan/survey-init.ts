import {
  annotation,
  type Container,
  healthOf,
  initFailed,
  isSidecar,
  type ObservedContainer,
  type ObservedSandbox,
  type Pod,
  type PodObservation,
  restartPolicyOf,
  sandboxHashMatches,
} from '../pod/index.ts';
import type { Fate } from './fate.ts';
import {
  type FateContext,
  fateOf,
  fateOfExited,
  firstInstance,
  isPostStartDue,
  restartOf,
  stopOf,
} from './fate-of.ts';

/** How far the init containers of a pod are. */
export interface InitProgress {
  /** `done`: the others may start. `failed`: one failed and is not restarted, so the pod is over. */
  readonly kind: 'under-way' | 'done' | 'failed';
  /** Those whose turn it is: sidecars that go on, and the one that everything waits for. */
  readonly active: readonly Container[];
  readonly fates: ReadonlyMap<string, Fate>;
}

/**
 * Init containers run one by one, anew in every sandbox: each to its success, a sidecar until it has started (kubelet:
 * computeInitContainerActions). The last one that has an instance tells how far they are, since those of earlier ones may be gone.
 * Once another container was made they are over, and only sidecars go on. An edit of one that is no sidecar makes a new sandbox
 * (spec-hash.ts), so all instances of it in a sandbox are of this version.
 */
export function initProgress(context: FateContext): InitProgress {
  const { pod, observed } = context;
  const { initContainers = [], containers } = pod.spec;
  const sandbox = context.sandbox ?? lastSandbox(pod, observed);
  const inSandbox = observed.containers.filter(({ sandboxId }) => sandboxId === sandbox?.id);
  const isMade = ({ name }: Container): boolean => inSandbox.some((instance) => instance.name === name);
  const isOver = context.sandbox !== undefined && containers.some(isMade);
  const last = initContainers.findLastIndex(isMade);
  const active: Container[] = [];
  const fates = new Map<string, Fate>();
  for (const [index, container] of initContainers.entries()) {
    const latest = inSandbox.find(({ name }) => name === container.name);
    if (isSidecar(container, pod)) {
      const fate = fateOf(container, context);
      fates.set(container.name, fate);
      active.push(container);
      if (!isOver && index >= last && !hasStarted(container, latest, fate, context))
        return { kind: 'under-way', active, fates };
    } else if (!isOver && index >= last) {
      const fate = fateOfInit(container, latest, context);
      if (fate.kind === 'done') {
        if (hasFailed(latest, context)) return { kind: 'failed', active, fates };
        continue;
      }
      fates.set(container.name, fate);
      active.push(container);
      return { kind: 'under-way', active, fates };
    }
  }
  return { kind: 'done', active, fates };
}

/** A sidecar lets the next one begin once it runs, its startup probe has succeeded and its postStart hook is over. */
function hasStarted(
  container: Container,
  latest: ObservedContainer | undefined,
  fate: Fate,
  context: FateContext,
): boolean {
  if (fate.kind !== 'keep' || latest?.state !== 'running') return false;
  const isKnown = context.record?.starts?.[latest.id]?.started === true;
  const { started } = healthOf(container, latest.id, context.health);
  return (isKnown || started) && !isPostStartDue(container, latest, context);
}

/** Where the pod or an init container never restarts, the sandbox that is gone tells, too: what failed in it is not tried in another. */
function lastSandbox(pod: Pod, { sandboxes }: PodObservation): ObservedSandbox | undefined {
  const newest = sandboxes[0];
  const isFinal =
    pod.spec.restartPolicy === 'Never' ||
    pod.spec.initContainers?.some((each) => restartPolicyOf(each, pod) === 'Never') === true;
  if (!isFinal || newest === undefined) return undefined;
  return sandboxHashMatches(newest.annotations[annotation.sandboxHash], pod) ? newest : undefined;
}

/** `done` is success, or a failure that is final. */
function fateOfInit(container: Container, latest: ObservedContainer | undefined, context: FateContext): Fate {
  if (latest === undefined || isToBeReplaced(latest, context)) {
    const [newest] = context.instances.get(container.name) ?? [];
    if (latest?.state === 'running' || latest?.state === 'unknown')
      return { kind: 'stop', instance: latest, stop: {} };
    // The restart count goes on over all sandboxes.
    if (newest === undefined) return firstInstance(container, context);
    return { kind: 'create', attempt: newest.attempt + 1, step: 0, atMs: 0 };
  }
  switch (latest.state) {
    case 'created':
      return { kind: 'start', instance: latest };
    case 'running':
      // It does not go on in a sandbox that is given up.
      return context.sandbox === undefined ? { kind: 'stop', instance: latest, stop: {} } : { kind: 'keep' };
    case 'unknown':
      return {
        kind: 'stop',
        instance: latest,
        stop: { cause: 'unknown', restart: restartOf(latest, context) },
      };
    case 'exited':
      return fateOfExited(container, latest, context);
  }
}

/** What was stopped since nobody knew how it was has failed: its policy decides. All else that was stopped is made anew. */
function isToBeReplaced(latest: ObservedContainer, context: FateContext): boolean {
  const stop = stopOf(latest, context);
  return stop !== undefined && stop.cause !== 'unknown';
}

function hasFailed(latest: ObservedContainer | undefined, context: FateContext): boolean {
  if (latest === undefined) return false;
  const details = context.observed.containerDetails.get(latest.id);
  return details === undefined || initFailed(details) || stopOf(latest, context)?.cause === 'unknown';
}
