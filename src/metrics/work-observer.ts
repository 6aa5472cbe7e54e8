/** What a container is of its pod, in the kubelet's words (its label `container_type`). */
export type ContainerType = 'container' | 'init_container' | 'ephemeral_container';

/** What a pass is for its pod, in the kubelet's words (its label `operation_type`). */
export type PassOperation = 'create' | 'update' | 'sync' | 'kill';

/** Hears what the loop does. Returns at once and never throws. Durations are monotonic milliseconds. */
export interface WorkObserver {
  /** A snapshot of the runtime was taken. */
  relisted(durationMs: number): void;
  /** A pass for one pod has ended, however it went. */
  passed(operation: PassOperation, durationMs: number): void;
  /** The runtime is asked for a sandbox. */
  sandboxTried(): void;
  sandboxFailed(): void;
  /** The runtime is asked for a container. */
  containerTried(type: ContainerType): void;
  /** It could not be made or started; `reason` is what its status shows. */
  containerFailed(type: ContainerType, reason: string): void;
  /** A pod that was seen from its beginning went from Pending to Running. */
  podRan(sinceSeenMs: number): void;
  /** All containers of a pod that was seen from its beginning run for the first time; its init containers took that long together. */
  podStarted(uid: string, took: { readonly sinceSeenMs: number; readonly initMs: number }): void;
  /** Nothing is wanted of the pod any more, and nothing is left of it. */
  podGone(uid: string): void;
}

const nothing = (): void => undefined;

/** Where nobody counts. */
export const unobserved: WorkObserver = {
  relisted: nothing,
  passed: nothing,
  sandboxTried: nothing,
  sandboxFailed: nothing,
  containerTried: nothing,
  containerFailed: nothing,
  podRan: nothing,
  podStarted: nothing,
  podGone: nothing,
};
