import type { Clock } from '../base/index.ts';
import type { WorkObserver } from '../metrics/index.ts';
import type { PodObservation, PodUid } from '../pod/index.ts';
import type { ToldStatus } from './pass-status.ts';

export interface PodStartPorts {
  readonly clock: Clock;
  readonly observer: WorkObserver;
}

/**
 * How long a pod took to run, since it was first seen; told once. Nothing is told of pods that were on record before: what was there
 * before the daemon has begun at a time that says nothing of it (kubelet: pod_startup_latency_tracker.go).
 */
export class PodStart {
  readonly #uid: PodUid;
  readonly #ports: PodStartPorts;
  readonly #seenAtMs: number;
  #isNew: boolean | undefined;
  #isPending = true;
  #isOver = false;

  constructor(uid: PodUid, ports: PodStartPorts) {
    this.#uid = uid;
    this.#ports = ports;
    this.#seenAtMs = ports.clock.monotonicMs();
  }

  /** What every pass has come to. */
  note(told: ToldStatus | undefined, observed: PodObservation, isOnRecord: boolean): void {
    this.#isNew ??= !isOnRecord;
    if (!this.#isNew || this.#isOver || told === undefined) return;
    const { clock, observer } = this.#ports;
    const { phase } = told.status;
    const sinceSeenMs = clock.monotonicMs() - this.#seenAtMs;
    if (this.#isPending && phase === 'Running') observer.podRan(sinceSeenMs);
    this.#isPending &&= phase === 'Pending';
    const haveAllStarted = told.status.containerStatuses.every(({ state }) => 'running' in state);
    if (haveAllStarted) observer.podStarted(this.#uid, { sinceSeenMs, initMs: initMs(told, observed) });
    this.#isOver = haveAllStarted || phase === 'Succeeded' || phase === 'Failed';
  }
}

/** How long its init containers ran, all told. A sidecar has not ended. */
function initMs({ pod }: ToldStatus, { containers, containerDetails }: PodObservation): number {
  const names = new Set(pod.spec.initContainers?.map(({ name }) => name));
  const instances = containers.filter(({ name }) => names.has(name));
  return instances.reduce((sumMs, { id }) => {
    const { startedAtMs = 0, finishedAtMs = 0 } = containerDetails.get(id) ?? {};
    return sumMs + Math.max(0, finishedAtMs - startedAtMs);
  }, 0);
}
