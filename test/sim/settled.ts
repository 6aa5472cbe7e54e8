import { allContainers, type Container, isSidecar, type Pod } from '../../src/pod/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
import { isOutdated } from './checks/needless-stop.ts';
import { claimsOf, rubbish } from './convergence.ts';
import { isStarted } from './health-truth.ts';
import type { Instance } from './instance.ts';
import { isDone, isOfVersion, isTooFull, lastOf, runs, saidNow } from './pod-problems.ts';
import { isFault, isPlainInit, policyOf } from './policy.ts';
import { behaviourOf } from './random-lives.ts';
import type { World } from './world.ts';

/** Pods in which nothing is going to change by itself: an adopting daemon has nothing to do there. */
export function settledUids(world: World): Set<string> {
  const settled = world.records.all.filter((record) => isSettled(world, record));
  return new Set(settled.map(({ uid }) => uid));
}

function isSettled(world: World, record: PodRecord): boolean {
  const { uid, pod } = record;
  const { claims } = world.files.view(world.clock.monotonicMs());
  // One that waits for a port may get it any moment.
  const isLatest = claimsOf(claims, record).some(
    (claim) => JSON.stringify(claim.pod) === JSON.stringify(pod),
  );
  const isGivingUp =
    world.facts.sandboxesOf(uid).some((sandbox) => world.facts.isReady(sandbox)) && !runs(world, uid);
  const isOver = record.ended !== undefined && !runs(world, uid);
  const willEnd = pod.spec.activeDeadlineSeconds !== undefined || isTooFull(world, record);
  // One that is not Ready in time gives way to the version before.
  const mayGoBack = record.previous !== undefined && record.ready !== true;
  const isAtRest = isOver || (isSteady(world, record) && !willEnd);
  return isLatest && !mayGoBack && isAtRest && !isGivingUp && rubbish(world, record).length === 0;
}

/** Every container runs, and will, or has ended, and stays so. Where all others have ended, so have the sidecars. */
function isSteady(world: World, { uid, pod }: PodRecord): boolean {
  const isOver = pod.spec.containers.every(({ name }) => {
    const last = lastOf(world, uid, name);
    return last !== undefined && isOfVersion(last, pod) && isDone(pod, last);
  });
  return allContainers(pod).every((container) => {
    const last = lastOf(world, uid, container.name);
    if (last === undefined) return false;
    if (isSidecar(container, pod) && isOver) return !world.facts.isRunning(last);
    if (isPlainInit(container, pod)) return last.exitCode === 0 && isDone(pod, last);
    return isOfVersion(last, pod) && isSteadyInstance(world, { pod, container, last });
  });
}

interface Subject {
  readonly pod: Pod;
  readonly container: Container;
  readonly last: Instance;
}

function isSteadyInstance(world: World, { pod, container, last }: Subject): boolean {
  if (isOutdated(last, pod, [saidNow(world)])) return false;
  // The restart after a fault of its own is decided before the stop, whatever the exit code then says.
  const willBeBack = last.stop !== undefined && isFault(last) && policyOf(container, pod) !== 'Never';
  if (!world.facts.isRunning(last)) return isDone(pod, last) && !willBeBack;
  const { exitAfterMs, sickFromMs } = behaviourOf(last.container);
  const hook = world.facts.lives.hook(last.id, 'postStart');
  const isBegun =
    container.lifecycle?.postStart === undefined || (hook?.endedAtMs !== undefined && !hook.failed);
  return (
    last.stop === undefined &&
    exitAfterMs === undefined &&
    sickFromMs === undefined &&
    isBegun &&
    isStarted(world, last, container)
  );
}
