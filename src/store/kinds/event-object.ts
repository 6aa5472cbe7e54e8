import { createHash } from 'node:crypto';
import type { JsonObject } from '../../base/index.ts';
import { type LoggedEvent, timestamp } from '../../status/index.ts';
import { derivedUid } from '../derived-uid.ts';

/** What Kubernetes calls whoever tells the events of pods on a node (kubelet: componentKubelet). */
const COMPONENT = 'kubelet';

/** The name of an event: the same as long as it only counts. */
export function eventName({ uid, fieldPath = '', type, reason, message, name }: LoggedEvent): string {
  const told = createHash('sha256').update([uid, fieldPath, type, reason, message].join('\0')).digest('hex');
  return `${name}.${told.slice(0, 16)}`;
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
