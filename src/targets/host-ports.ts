import {
  annotation,
  type HostPort,
  hostPortsOf,
  type ObservedSandbox,
  type Pod,
  type PodKey,
  type PodUid,
  podKey,
  type UsedObjects,
} from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { RunTarget, Target } from './target.ts';
import type { Wait } from './wait.ts';

interface HeldPort extends HostPort {
  readonly key: PodKey;
}

export interface HostPortEvidence {
  readonly own: readonly ObservedSandbox[];
  readonly records: readonly PodRecord[];
  /** Pods whose new sandbox may not be listed yet, with the versions that it may be of. */
  readonly making: ReadonlyMap<PodUid, readonly Pod[]>;
  /** Pods that have no sandbox and need none: they have run to their end. */
  readonly finished: ReadonlyMap<Pod, UsedObjects>;
}

/**
 * Which versions of pods have to wait for a host port. The runtime would take two pods with one port, and the first rule would win in
 * silence. Sandboxes hold their ports, also while they are being given up; the pods that want others come in the order of the targets,
 * those that have a sandbox first. A version that is wanted and not in force holds nothing.
 */
export function holdHostPorts(
  targets: ReadonlyMap<PodUid, Target>,
  evidence: HostPortEvidence,
): ReadonlyMap<Pod, Wait> {
  const { making, finished } = evidence;
  const live = new Set([...making.keys(), ...evidence.own.filter(isReady).map(({ uid }) => uid)]);
  const held = portsInUse(evidence);
  const waits = new Map<Pod, Wait>();
  const wanted = [...targets.values()].filter((target) => target.kind === 'run');
  const order = [...wanted.filter(({ uid }) => live.has(uid)), ...wanted.filter(({ uid }) => !live.has(uid))];
  for (const target of order) {
    const { pod, blocked } = target.standing ?? target;
    const ports = portsOf(pod);
    const clash = findClash(ports, held);
    if (clash !== undefined) waits.set(pod, clash);
    else if (live.has(target.uid) || !(isFinished(target, finished) || blocked !== undefined))
      held.push(...ports);
  }
  for (const { pod, standing } of wanted) {
    const clash = standing && findClash(portsOf(pod), held);
    if (clash !== undefined) waits.set(pod, clash);
  }
  return waits;
}

/** Other objects may make it begin again, like an edit. */
function isFinished({ pod, uses }: RunTarget, finished: HostPortEvidence['finished']): boolean {
  return finished.get(pod) === uses;
}

/** What sandboxes were made with, which their pods need not want any more. */
function portsInUse({ own, records, making }: HostPortEvidence): HeldPort[] {
  const pods = new Map(records.map(({ uid, pod }) => [uid, pod]));
  const unseen = [...making.values()].flat().flatMap(portsOf);
  const seen = own.filter(isReady).flatMap((sandbox) => {
    const noted = notedPorts(sandbox);
    const key = podKey(sandbox);
    return noted === undefined ? portsOf(pods.get(sandbox.uid)) : noted.map((port) => ({ ...port, key }));
  });
  return [...seen, ...unseen];
}

/** Undefined where the sandbox does not tell; its pod is then taken at its recorded word. */
function notedPorts({ annotations }: ObservedSandbox): readonly HostPort[] | undefined {
  try {
    const noted: unknown = JSON.parse(annotations[annotation.hostPorts] ?? '');
    return Array.isArray(noted) ? noted : undefined;
  } catch {
    return undefined;
  }
}

function findClash(wanted: readonly HeldPort[], held: readonly HeldPort[]): Wait | undefined {
  for (const port of wanted) {
    const holder = held.find((other) => other.key !== port.key && clash(port, other));
    if (holder === undefined) continue;
    const where = `${port.hostIP === '' ? '' : `${port.hostIP}:`}${port.hostPort}/${port.protocol}`;
    return {
      reason: 'HostPortConflict',
      message: `pod "${port.key}" wants host port ${where}, which pod "${holder.key}" has`,
    };
  }
  return undefined;
}

function clash(a: HostPort, b: HostPort): boolean {
  return (
    a.hostPort === b.hostPort &&
    a.protocol === b.protocol &&
    (a.hostIP === b.hostIP || isAny(a.hostIP) || isAny(b.hostIP))
  );
}

function isAny(ip: string): boolean {
  return ip === '' || ip === '0.0.0.0' || ip === '::';
}

function isReady({ state }: ObservedSandbox): boolean {
  return state === 'ready';
}

function portsOf(pod: Pod | undefined): HeldPort[] {
  if (pod === undefined) return [];
  const key = podKey(pod.metadata);
  return hostPortsOf(pod).map((port) => ({ ...port, key }));
}
