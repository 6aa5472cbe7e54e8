import { type ObservedSandbox, type Pod, type PodKey, type PodUid, podKey } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Wait } from './actions.ts';
import type { Target } from './target.ts';

interface HeldPort {
  readonly protocol: string;
  readonly hostIP: string;
  readonly hostPort: number;
  readonly key: PodKey;
}

interface Evidence {
  readonly own: readonly ObservedSandbox[];
  readonly records: readonly PodRecord[];
}

/**
 * Who has to wait for a host port. The runtime would take two pods with one port, and the first rule would win in silence.
 * Pods that have a sandbox hold their ports, also while they are being removed; the others come in the order of the targets.
 */
export function holdHostPorts(
  targets: ReadonlyMap<PodUid, Target>,
  evidence: Evidence,
): ReadonlyMap<PodUid, Wait> {
  const pods = new Map(evidence.records.map(({ uid, pod }) => [uid, pod]));
  const live = new Set(evidence.own.filter(({ state }) => state === 'ready').map(({ uid }) => uid));
  const held: HeldPort[] = [];
  const waits = new Map<PodUid, Wait>();
  const settled = [...targets.values()].filter(({ uid }) => live.has(uid));
  const newcomers = [...targets.values()].filter(({ uid, kind }) => kind === 'run' && !live.has(uid));
  for (const target of settled) {
    // What runs was made from the recorded version; the wanted one counts too, so that an edit cannot take a held port.
    held.push(...portsOf(pods.get(target.uid)));
  }
  for (const target of [...settled, ...newcomers]) {
    if (target.kind !== 'run') continue;
    const wanted = portsOf(target.pod);
    const clash = findClash(wanted, held);
    if (clash !== undefined) waits.set(target.uid, clash);
    else held.push(...wanted);
  }
  return waits;
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

function clash(a: HeldPort, b: HeldPort): boolean {
  return (
    a.hostPort === b.hostPort &&
    a.protocol === b.protocol &&
    (a.hostIP === b.hostIP || isAny(a.hostIP) || isAny(b.hostIP))
  );
}

function isAny(ip: string): boolean {
  return ip === '' || ip === '0.0.0.0' || ip === '::';
}

function portsOf(pod: Pod | undefined): HeldPort[] {
  if (pod === undefined) return [];
  const key = podKey(pod.metadata);
  return pod.spec.containers.flatMap((container) =>
    container.ports.flatMap(({ protocol, hostIP = '', hostPort = 0 }) =>
      hostPort > 0 ? [{ protocol, hostIP, hostPort, key }] : [],
    ),
  );
}
