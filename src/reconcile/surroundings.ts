import type { PodFacts } from '../pod/index.ts';
import type { Place } from '../podspec/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { PlanInputFor } from './plan-input.ts';

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
