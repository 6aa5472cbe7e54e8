import type { NodeFacts, PodCgroup, PodUid } from '../pod/index.ts';

/** Reads the machine. What can change while the daemon runs (resolv.conf, hosts, addresses) is looked at again where it is cheap. */
export interface NodeProbe {
  facts(): Promise<NodeFacts>;
}

/** The pods' cgroups, where `NodeFacts.cgroups.shared`. Every call is idempotent. Failures are TinyletErrors with code CGROUP. */
export interface PodCgroups {
  /** Makes the pod's cgroup with its limits, and its QoS class' above it. */
  setUp(uid: PodUid, cgroup: PodCgroup): Promise<void>;
  /** Removes it in whatever QoS class it is. Called when nothing runs in it any more. */
  remove(uid: PodUid): Promise<void>;
}
