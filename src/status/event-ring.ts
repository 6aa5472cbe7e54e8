import type { PodEvent, PodUid } from '../pod/index.ts';
import type { LoggedEvent } from './logged-event.ts';

export interface RingLimits {
  readonly limit: number;
  readonly limitOfPod: number;
}

/** Nobody has seen it for so long (kube-apiserver: --event-ttl). */
const TTL_MS = 3_600_000;

/**
 * Events by what they say, in the order they were last told. The oldest go: beyond the limits, and an hour after they were last seen,
 * also those of pods that are there no more.
 */
export class EventRing {
  readonly #limits: RingLimits;
  readonly #events = new Map<string, LoggedEvent>();
  readonly #ofPods = new Map<PodUid, Set<string>>();

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  /** The event with its count as it is now. */
  tell(event: PodEvent, nowMs: number): LoggedEvent {
    const before = this.#events.get(keyOf(event));
    const { count = 0, firstMs = nowMs } = before ?? {};
    const told = { ...event, count: count + 1, firstMs, lastMs: nowMs };
    this.#keep(told);
    return told;
  }

  /** Takes in what was kept elsewhere; of one event the later state counts. */
  restore(event: LoggedEvent): void {
    this.#keep(event);
  }

  all(nowMs: number): readonly LoggedEvent[] {
    for (const [key, { lastMs }] of this.#events) if (nowMs - lastMs >= TTL_MS) this.#drop(key);
    return [...this.#events.values()];
  }

  #keep(event: LoggedEvent): void {
    const key = keyOf(event);
    this.#drop(key);
    this.#events.set(key, event);
    const ofPod = this.#ofPods.get(event.uid) ?? new Set();
    this.#ofPods.set(event.uid, ofPod.add(key));
    if (ofPod.size > this.#limits.limitOfPod) this.#dropFirst(ofPod);
    if (this.#events.size > this.#limits.limit) this.#dropFirst(this.#events.keys());
  }

  #dropFirst(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#drop(key);
      return;
    }
  }

  #drop(key: string): void {
    const event = this.#events.get(key);
    if (event === undefined) return;
    this.#events.delete(key);
    const ofPod = this.#ofPods.get(event.uid);
    ofPod?.delete(key);
    if (ofPod?.size === 0) this.#ofPods.delete(event.uid);
  }
}

function keyOf({ uid, fieldPath = '', type, reason, message }: PodEvent): string {
  return [uid, fieldPath, type, reason, message].join('\0');
}
