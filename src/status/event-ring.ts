import type { PodEvent, PodUid } from '../pod/index.ts';
import type { LoggedEvent } from './logged-event.ts';

export interface RingLimits {
  readonly limit: number;
  readonly limitOfPod: number;
}

/** Nobody has seen it for so long (kube-apiserver: --event-ttl). */
const TTL_MS = 3_600_000;
/** Of events that differ in their message alone so many are told within this time; later ones are one (client-go: EventAggregator). */
const MOST_ALIKE = 10;
const ALIKE_WITHIN_MS = 600_000;
const COMBINED = '(combined from similar events): ';

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
  tell(news: PodEvent, nowMs: number): LoggedEvent {
    const event = this.#isOneOfMany(news, nowMs) ? { ...news, message: `${COMBINED}${news.message}` } : news;
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

  /** A message that is new each time, with a random id in it, must not push out all else that is known of its pod. */
  #isOneOfMany(event: PodEvent, nowMs: number): boolean {
    if (this.#events.has(keyOf(event))) return false;
    const alike = [...(this.#ofPods.get(event.uid) ?? [])].filter((key) => {
      const other = this.#events.get(key);
      return other !== undefined && isAlike(event, other) && nowMs - other.lastMs < ALIKE_WITHIN_MS;
    });
    return alike.length >= MOST_ALIKE;
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

function isAlike(a: PodEvent, b: PodEvent): boolean {
  return a.fieldPath === b.fieldPath && a.type === b.type && a.reason === b.reason;
}

/** Combined events are one, whatever the last of them said. */
function keyOf({ uid, fieldPath = '', type, reason, message }: PodEvent): string {
  return [uid, fieldPath, type, reason, message.startsWith(COMBINED) ? COMBINED : message].join('\0');
}
