import {
  type ContainerId,
  type Health,
  type NodeFacts,
  nothingObserved,
  type Pod,
  type PodObservation,
} from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import { type PodStatus, podStatus } from '../status/index.ts';
import type { RunTarget, Target, Wait } from '../targets/index.ts';
import { hideSecretsOf } from './hide-secrets.ts';

/** A pod's status, and the version of it that is in force. */
export interface ToldStatus {
  readonly pod: Pod;
  readonly status: PodStatus;
}

export interface PassFacts {
  readonly target: Target;
  readonly record: PodRecord | undefined;
  readonly observed: PodObservation;
  readonly waits: readonly Wait[];
  readonly health: Health;
  readonly hookEnd: (id: ContainerId) => 'done' | 'failed' | undefined;
  readonly node: Pick<NodeFacts, 'hostIPs'>;
  readonly nowMs: number;
  /** What the pass before came to. */
  readonly before: ToldStatus | undefined;
}

/** What a pass comes to, for whoever asks how the pod is. Undefined where the manifest is lost. Pure. */
export function passStatus(facts: PassFacts): ToldStatus | undefined {
  const { target, record, observed, waits, health, hookEnd, node, nowMs, before } = facts;
  const pod = podInForce(target, record);
  if (pod === undefined) return undefined;
  const status = podStatus({
    ...{ pod, record, waits, health, hookEnd, nowMs },
    observed: target.kind === 'run' ? withoutSecrets(observed, target) : observed,
    hostIPs: node.hostIPs,
    terminating: target.kind === 'remove',
    ...(before && { previous: before.status }),
  });
  return { pod, status };
}

/** The status of a pod that was not looked at yet. */
export function statusBeforeFirstPass(
  target: Target,
  record: PodRecord | undefined,
  sinceMs: number,
): ToldStatus | undefined {
  const hookEnd = (): undefined => undefined;
  const observed = nothingObserved;
  const unknown = {
    observed,
    waits: [],
    health: new Map(),
    hookEnd,
    node: { hostIPs: [] },
    before: undefined,
  };
  return passStatus({ ...unknown, target, record, nowMs: sinceMs });
}

/** The runtime keeps of a container that did not start what it said of its command. What containers themselves say is theirs. */
function withoutSecrets(observed: PodObservation, target: RunTarget): PodObservation {
  const { uses, standing, previousUses } = target;
  if ([uses, standing?.uses, previousUses].every((each) => (each?.secrets.size ?? 0) === 0)) return observed;
  const details = [...observed.containerDetails].map(
    ([id, each]) =>
      [id, each.message === '' ? each : { ...each, message: hideSecretsOf(each.message, target) }] as const,
  );
  return { ...observed, containerDetails: new Map(details) };
}

/** An edit that cannot be carried out yet leaves the recorded version in force. */
function podInForce(target: Target, record: PodRecord | undefined): Pod | undefined {
  const pod = record?.pod ?? (target.kind === 'run' ? target.pod : undefined);
  // What stands for a record that is lost names no containers, and would be Ready for that.
  return pod?.spec.containers.length === 0 ? undefined : pod;
}
