import { LEASE_NAMESPACE, leaseObject } from './kinds/lease-object.ts';
import { lastBeat } from './last-beat.ts';
import type { NodeSourceParts } from './node-source.ts';
import type { ObjectSource } from './object-reader.ts';

/** A quarter of the lease (kubelet: nodeLeaseRenewIntervalFraction). */
const RENEW_EVERY_MS = 10_000;

/** The lease of the one node. It holds as long as the daemon answers. */
export function leaseSource(
  parts: Pick<NodeSourceParts, 'name' | 'uid' | 'createdAtMs' | 'startedAtMs' | 'nowMs'>,
): ObjectSource {
  const { name, uid: nodeUid, createdAtMs, startedAtMs, nowMs } = parts;
  return {
    resource: 'leases',
    *objects() {
      const renewedAtMs = lastBeat(nowMs(), startedAtMs, RENEW_EVERY_MS);
      const make = () => leaseObject({ node: name, nodeUid, createdAtMs, renewedAtMs });
      yield { namespace: LEASE_NAMESPACE, name, basis: [renewedAtMs], make };
    },
  };
}
