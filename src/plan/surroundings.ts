import type { Pod, PodFacts } from '../pod/index.ts';
import type { Place } from '../podspec/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { PlanInput, PlanInputFor } from './plan-input.ts';

/** Where the pod is to run. */
export function placeOf(
  { target, surroundings, usersBase }: PlanInputFor<'run'>,
  record: PodRecord | undefined,
): Place {
  const { node, runtime } = surroundings;
  const { pod, uid, uses } = target;
  const base = pod.spec.hostUsers === false ? (record?.usersBase ?? usersBase(uid)) : undefined;
  return { node, runtime, uses, ...(base !== undefined && { usersBase: base }) };
}

/** What the pod may be told of itself. A pod on the machine's network has the machine's addresses. */
export function podFactsOf({ target, observed, surroundings: { node } }: PlanInputFor<'run'>): PodFacts {
  const [newest] = observed.sandboxes;
  const ips = (newest && observed.sandboxDetails.get(newest.id)?.ips) ?? [];
  return { uid: target.uid, podIPs: target.pod.spec.hostNetwork ? node.hostIPs : ips, node };
}

/** Where a pod's ports are reached from the machine. On the machine's network it has the machine's address. */
export function podAddressOf(
  pod: Pod | undefined,
  { observed, surroundings }: Pick<PlanInput, 'observed' | 'surroundings'>,
): string | undefined {
  if (pod?.spec.hostNetwork === true) return surroundings.node.hostIPs[0] ?? '127.0.0.1';
  const [newest] = observed.sandboxes;
  return newest && observed.sandboxDetails.get(newest.id)?.ips[0];
}
