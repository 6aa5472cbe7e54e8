import { type PodUid, podKey, wishesOf } from '../pod/index.ts';
import { isPodReady } from '../status/index.ts';
import type { Readiness, RunTarget, Target } from '../targets/index.ts';
import type { LastPass } from './pod-worker.ts';

/** How far each pod was after its last pass, for those that start after it. */
export class ReadinessBook {
  readonly #known = new Map<PodUid, Readiness>();

  of(uid: PodUid): Readiness {
    return this.#known.get(uid) ?? 'not-ready';
  }

  /** Returns whether the pod is another one for those that wait for it. */
  note(uid: PodUid, last: Pick<LastPass, 'told' | 'plan'> | undefined): boolean {
    const before = this.of(uid);
    const now = readinessOf(last);
    this.#known.set(uid, now);
    return now !== before;
  }

  keepOnly(targets: ReadonlyMap<PodUid, Target>): void {
    for (const uid of this.#known.keys()) if (!targets.has(uid)) this.#known.delete(uid);
  }
}

/** Whoever is about to lose a container is nobody to start after, though it is Ready until that has ended. */
function readinessOf(last: Pick<LastPass, 'told' | 'plan'> | undefined): Readiness {
  const status = last?.told?.status;
  if (last === undefined || status === undefined) return 'not-ready';
  if (status.phase === 'Succeeded') return 'succeeded';
  const isStopping = last.plan.waits.some(({ reason }) => reason === 'Stopping');
  return isPodReady(status) && !isStopping ? 'ready' : 'not-ready';
}

/** The pods that name this one and are not to begin yet. */
export function waitingFor(uid: PodUid, targets: ReadonlyMap<PodUid, Target>): readonly PodUid[] {
  const target = targets.get(uid);
  if (target?.kind !== 'run') return [];
  const key = podKey(target.pod.metadata);
  const isWaiting = ({ pod, blocked }: Pick<RunTarget, 'pod' | 'blocked'>): boolean =>
    blocked !== undefined && wishesOf(pod).startAfter.includes(key);
  return [...targets.values()].flatMap((other) =>
    other.kind === 'run' && (isWaiting(other) || (other.standing && isWaiting(other.standing)))
      ? other.uid
      : [],
  );
}
