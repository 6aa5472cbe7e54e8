import { type Pod, type PodKey, podKey, wishesOf } from '../pod/index.ts';
import type { Wait } from './wait.ts';

/** How far a pod is that others wait for; `unknown` where no manifest defines it. */
export type Readiness = 'ready' | 'succeeded' | 'not-ready' | 'unknown';

/** Who begins after whom, by name: only pods that begin after others are in it. */
export type Order = ReadonlyMap<PodKey, readonly PodKey[]>;

export function orderOf(pods: Iterable<Pod>): Order {
  const order = new Map<PodKey, readonly PodKey[]>();
  for (const pod of pods) {
    const { startAfter } = wishesOf(pod);
    if (startAfter.length > 0) order.set(podKey(pod.metadata), startAfter);
  }
  return order;
}

/** Why a pod may not begin yet: the first of the pods it begins after that is neither Ready nor Succeeded. */
export function waitForOthers(pod: Pod, readinessOf: (key: PodKey) => Readiness): Wait | undefined {
  for (const key of wishesOf(pod).startAfter) {
    const readiness = readinessOf(key);
    if (readiness === 'ready' || readiness === 'succeeded') continue;
    const what = readiness === 'unknown' ? ', which no valid manifest defines' : ' to be Ready';
    return { reason: 'StartAfter', message: `waits for pod "${key}"${what}` };
  }
  return undefined;
}

/** The pods that wait for themselves in the end, each with the shortest way round: the same way for all that are on it. */
export function cyclesOf(order: Order): ReadonlyMap<PodKey, readonly PodKey[]> {
  const cycles = new Map<PodKey, readonly PodKey[]>();
  for (const key of endless(order)) {
    const way = wayBetween(order, key, key);
    if (way !== undefined) cycles.set(key, fromFirst(way));
  }
  return cycles;
}

/** `default/a → default/b → default/a` */
export function cycleText(cycle: readonly PodKey[]): string {
  return [...cycle, ...cycle.slice(0, 1)].join(' → ');
}

/** The shortest way from one pod over those it begins after to another, without the latter. Undefined where there is none. */
export function wayBetween(order: Order, from: PodKey, to: PodKey): readonly PodKey[] | undefined {
  const cameFrom = new Map<PodKey, PodKey>();
  const queue = [from];
  for (const key of queue) {
    for (const next of order.get(key) ?? []) {
      if (next === to) return traced(cameFrom, from, key);
      if (cameFrom.has(next) || next === from) continue;
      cameFrom.set(next, key);
      queue.push(next);
    }
  }
  return undefined;
}

function traced(cameFrom: ReadonlyMap<PodKey, PodKey>, from: PodKey, last: PodKey): PodKey[] {
  const way = [last];
  for (let key = last; key !== from; ) {
    key = cameFrom.get(key) ?? from;
    way.unshift(key);
  }
  return way;
}

function fromFirst(way: readonly PodKey[]): readonly PodKey[] {
  const first = way.indexOf([...way].sort()[0] ?? way[0] ?? podKey({ namespace: '', name: '' }));
  return [...way.slice(first), ...way.slice(0, first)];
}

/** The pods from which the order leads on for ever: those of cycles, and those that begin after one. Takes one look at each. */
function endless(order: Order): Iterable<PodKey> {
  const open = new Map<PodKey, number>();
  const waiting = new Map<PodKey, PodKey[]>();
  const free: PodKey[] = [];
  for (const [key, before] of order) {
    const held = new Set(before.filter((each) => order.has(each)));
    open.set(key, held.size);
    if (held.size === 0) free.push(key);
    for (const each of held) waiting.set(each, [...(waiting.get(each) ?? []), key]);
  }
  for (const key of free) {
    open.delete(key);
    for (const next of waiting.get(key) ?? []) {
      const left = (open.get(next) ?? 0) - 1;
      open.set(next, left);
      if (left === 0) free.push(next);
    }
  }
  return open.keys();
}
