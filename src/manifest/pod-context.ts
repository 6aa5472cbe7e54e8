import type { Volume } from '../pod/index.ts';
import type { PortClaims } from './read-ports.ts';

/** What the containers of one pod are checked against. */
export interface PodContext {
  /** The names of all of them that the pod consists of. */
  readonly containers: ReadonlySet<string>;
  /** By name. */
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly ports: PortClaims;
  /** It is one of those that go before the others. */
  readonly isInit: boolean;
  /** It is one of those that are added to look into the pod. */
  readonly isEphemeral: boolean;
  readonly gracePeriodSeconds: number;
  /** `os` says which system the pod is for. */
  readonly namesSystem: boolean;
  /** False where the pod gets a user namespace of its own. */
  readonly hostUsers: boolean;
}
