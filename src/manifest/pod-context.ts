import type { Volume } from '../pod/index.ts';
import type { PortClaims } from './read-ports.ts';

/** What the containers of one pod are checked against. */
export interface PodContext {
  /** The names of all of them. */
  readonly containers: ReadonlySet<string>;
  /** By name. */
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly ports: PortClaims;
  /** False where the pod gets a user namespace of its own. */
  readonly hostUsers: boolean;
}
