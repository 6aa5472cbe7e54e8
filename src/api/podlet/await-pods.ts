import { sleep, textAt } from '../../base/index.ts';
import type { PodletPorts } from './apply-manifest.ts';
import { type PodStart, podStart, type StartedContainer } from './pod-start.ts';
import { fullName, type WantedObject } from './wanted-object.ts';

export interface StartedPod {
  readonly wanted: WantedObject;
  readonly containers: readonly StartedContainer[];
}

/** Why not all of it runs. */
export interface StartFailure {
  readonly reason: string;
  readonly message: string;
}

export interface Patience {
  /** As it was asked for. */
  readonly timeoutMs: number;
  /** When that is over, by the monotonic clock. */
  readonly untilMs: number;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 100;

/** Waits until every pod runs or has run to its end; to why one cannot, or has not in time. To nothing when `signal` is aborted. */
export async function awaitPods(
  ports: PodletPorts,
  wanted: readonly WantedObject[],
  { timeoutMs, untilMs, signal }: Patience,
): Promise<readonly StartedPod[] | StartFailure | undefined> {
  const { clock, versions } = ports;
  const mark = versions.mark();
  let foundAtMs: number | undefined;
  while (!signal.aborted) {
    if (versions.isFound(mark)) foundAtMs ??= clock.nowMs();
    const starts = wanted.map((each) => ({ wanted: each, start: startOf(ports, each, foundAtMs) }));
    for (const { wanted: pod, start } of starts) if (start.state === 'failed') return failureOf(pod, start);
    const started = starts.flatMap(({ wanted: pod, start }) =>
      start.state === 'started' ? [{ wanted: pod, containers: start.containers }] : [],
    );
    if (started.length === wanted.length) return started;
    if (clock.monotonicMs() >= untilMs) return timedOut(starts, timeoutMs);
    await sleep(clock, LOOK_EVERY_MS, signal);
  }
  return undefined;
}

/** A version that follows another is told apart from it only when the node goes by it. */
function startOf(
  ports: PodletPorts,
  { name, uid, former }: WantedObject,
  foundAtMs: number | undefined,
): PodStart {
  const { objects, versions, report } = ports;
  const pod = objects.get('pods', name.namespace, name.name);
  if (pod === undefined || textAt(pod.metadata, 'uid') !== uid)
    return { state: 'failed', reason: 'Conflict', message: 'it was deleted meanwhile' };
  const waiting = report().pods.find((each) => each.uid === uid)?.waiting ?? [];
  const start = podStart(pod, waiting);
  if (former === undefined || start.state === 'waiting') return start;
  const pending: PodStart = { state: 'waiting', reasons: [] };
  if (foundAtMs === undefined) return pending;
  if (start.state === 'failed') return wasLookedAt(ports, name, foundAtMs) ? start : pending;
  const ids = start.containers.map(({ id }) => id);
  return versions.isInForce(uid, ids) ? start : pending;
}

/** What is told of a pod is of its last pass. */
function wasLookedAt(
  { why }: PodletPorts,
  { namespace, name }: WantedObject['name'],
  sinceMs: number,
): boolean {
  return why(namespace, name).some(({ passes }) => Date.parse(passes.at(-1)?.lastAt ?? '') > sinceMs);
}

function failureOf(
  { name }: WantedObject,
  { container, reason, message }: PodStart & { readonly state: 'failed' },
): StartFailure {
  const where = container === undefined ? '' : ` container ${JSON.stringify(container)}:`;
  return { reason, message: `pod ${JSON.stringify(fullName(name))}:${where} ${reason}: ${message}` };
}

function timedOut(
  starts: readonly { readonly wanted: WantedObject; readonly start: PodStart }[],
  timeoutMs: number,
): StartFailure {
  const late = starts.flatMap(({ wanted: { name }, start }) => {
    if (start.state !== 'waiting') return [];
    const reasons = start.reasons.length === 0 ? '' : ` (${start.reasons.join('; ')})`;
    return [`pod ${JSON.stringify(fullName(name))} does not run after ${timeoutMs / 1000} s${reasons}`];
  });
  return { reason: 'Timeout', message: late.join('; ') };
}
