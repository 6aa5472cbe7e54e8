import type { JsonObject } from '../../base/index.ts';
import { timestamp } from '../../status/index.ts';
import { derivedUid } from '../derived-uid.ts';

/** (kubelet: corev1.NamespaceNodeLease) */
export const LEASE_NAMESPACE = 'kube-node-lease';
/** (kubelet: nodeLeaseDurationSeconds) */
const DURATION_SECONDS = 40;

export interface ShownLease {
  readonly node: string;
  readonly nodeUid: string;
  readonly createdAtMs: number;
  readonly renewedAtMs: number;
}

/** The lease by which a node shows that it lives (kubelet: SetNodeOwnerFunc and controller.newLease of component-helpers' lease). */
export function leaseObject({ node, nodeUid, createdAtMs, renewedAtMs }: ShownLease): JsonObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: node,
      namespace: LEASE_NAMESPACE,
      uid: derivedUid('Lease', LEASE_NAMESPACE, node),
      creationTimestamp: timestamp(createdAtMs),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node, uid: nodeUid }],
    },
    spec: {
      holderIdentity: node,
      leaseDurationSeconds: DURATION_SECONDS,
      renewTime: microTime(renewedAtMs),
    },
  };
}

/** (apimachinery: metav1.RFC3339Micro) */
function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/Z$/, '000Z');
}
