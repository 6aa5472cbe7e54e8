import { createHash } from 'node:crypto';
import type { JsonObject } from '../../base/index.ts';
import { type LoggedEvent, timestamp } from '../../status/index.ts';
import { derivedUid } from '../derived-uid.ts';

/** What Kubernetes calls whoever tells the events of pods on a node (kubelet: componentKubelet). */
const COMPONENT = 'kubelet';

const NANOSECONDS = 1_000_000;

/**
 * The name of an event: the same as long as it only counts, and in the order of their beginnings (client-go: the nanosecond in hex), since
 * clients show those of one second in the order of their names. What is below the millisecond tells events apart.
 */
export function eventName({
  uid,
  fieldPath = '',
  type,
  reason,
  message,
  name,
  firstMs,
}: LoggedEvent): string {
  const told = createHash('sha256').update([uid, fieldPath, type, reason, message].join('\0')).digest();
  const nanoseconds =
    BigInt(Math.round(firstMs)) * BigInt(NANOSECONDS) + BigInt(told.readUInt32BE() % NANOSECONDS);
  return `${name}.${nanoseconds.toString(16)}`;
}

/** A core/v1 Event (client-go: tools/record, makeEvent). */
export function eventObject(event: LoggedEvent, nodeName: string): JsonObject {
  const { uid, namespace, name, fieldPath, type, reason, message, count, firstMs, lastMs } = event;
  const ownName = eventName(event);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: ownName,
      namespace,
      uid: derivedUid('Event', namespace, ownName),
      creationTimestamp: timestamp(firstMs),
    },
    involvedObject: {
      ...{ apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
      ...(fieldPath !== undefined && { fieldPath }),
    },
    ...{ type, reason, message, count },
    firstTimestamp: timestamp(firstMs),
    lastTimestamp: timestamp(lastMs),
    eventTime: null,
    source: { component: COMPONENT, host: nodeName },
    reportingComponent: COMPONENT,
    reportingInstance: nodeName,
  };
}
