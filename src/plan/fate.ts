import type { ObservedContainer } from '../pod/index.ts';
import type { StopRecord } from '../state/index.ts';

/** What is to become of one container of the manifest. */
export type Fate =
  /** Runs as it should: nothing to do. */
  | { readonly kind: 'keep' }
  /** Runs, and its postStart hook is still to succeed. */
  | { readonly kind: 'hook'; readonly instance: ObservedContainer }
  /** Created, not started: to be started. */
  | { readonly kind: 'start'; readonly instance: ObservedContainer }
  /** Runs and must not. Stopped, and made anew afterwards as its restart policy and the reason have it. */
  | { readonly kind: 'stop'; readonly instance: ObservedContainer; readonly stop: StopReason }
  /** To be created, not before `atMs`. */
  | {
      readonly kind: 'create';
      readonly attempt: number;
      readonly step: number;
      readonly atMs: number;
      readonly exited?: ObservedContainer;
    }
  /** Exited so that every container of its pod is to begin anew, not before `atMs`. */
  | { readonly kind: 'restart-all'; readonly atMs: number; readonly step: number }
  /** Exited, and its restart policy leaves it so. */
  | { readonly kind: 'done' };

/** Why a container is stopped: another version or sandbox where no cause is given. */
export interface StopReason {
  readonly cause?: NonNullable<StopRecord['cause']>;
  /** In words, as an event tells it. */
  readonly message?: string;
  /** Instead of the pod's. */
  readonly graceSeconds?: number;
  readonly restart?: NonNullable<StopRecord['restart']>;
}
