import type { Container, Health, ObservedContainer } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';

/** What a container takes from ConfigMaps and Secrets now, as a hash to compare with the one it was made with. */
export type ConfigDigest = (container: Container) => string;

/** What beside the pod and its observation decides the fates of containers. */
export interface SurveyInput {
  readonly record: PodRecord | undefined;
  readonly health: Health;
  /** How the postStart hook of an instance ended in this daemon's life; undefined where it has not. */
  readonly hookEnd: (id: ObservedContainer['id']) => 'done' | 'failed' | undefined;
  /** With a digest a container that was made from other values is replaced. */
  readonly digest: ConfigDigest | undefined;
  readonly nowMs: number;
  /** The longest CrashLoopBackOff of the node. */
  readonly longestMs: number;
}
