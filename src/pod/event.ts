import type { PodUid } from './identity.ts';

/** Something that happened to a pod, with the kubelet's reason and wording where it has one (kubelet: events/event.go). */
export interface PodEvent {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  /** `spec.containers{name}` or `spec.initContainers{name}`, where it is about one container. */
  readonly fieldPath?: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Takes an event in; never fails, never waits. */
export type TellEvent = (event: PodEvent) => void;
