import type { ObservedContainer } from '../pod/index.ts';

/** What is to become of one container of the manifest. */
export type Fate =
  /** Runs as it should: nothing to do. */
  | { readonly kind: 'keep' }
  /** Created, not started: to be started. */
  | { readonly kind: 'start'; readonly instance: ObservedContainer }
  /** Runs and must not: another version, or in a sandbox that is given up. Stopped, and created anew afterwards. */
  | { readonly kind: 'stop'; readonly instance: ObservedContainer }
  /** To be created, not before `atMs`. */
  | {
      readonly kind: 'create';
      readonly attempt: number;
      readonly step: number;
      readonly atMs: number;
      readonly exited?: ObservedContainer;
    }
  /** Exited, and its restart policy leaves it so. */
  | { readonly kind: 'done' };
