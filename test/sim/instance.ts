import type { Container, Pod, PodKey } from '../../src/pod/index.ts';
import type { StopRecord } from '../../src/state/index.ts';

/** One instance of a container, from its creation to after its removal. Times are monotonic unless they say wall. */
export interface Instance {
  readonly id: string;
  readonly uid: string;
  readonly key: PodKey;
  readonly sandboxId: string;
  readonly name: string;
  readonly attempt: number;
  /** The version of the manifest it was made from. */
  readonly pod: Pod;
  readonly container: Container;
  readonly variables: ReadonlyMap<string, string>;
  /** It was made anew because its predecessor was made from other objects: no back-off, no restart policy. */
  readonly isRenewed: boolean;
  readonly createdAtMs: number;
  /** It was made although nobody waited for that any more: the runtime refuses the next one of its name. */
  readonly madeUnseen: boolean;
  startedAtMs?: number;
  /** It started although nobody waited for that any more: no daemon can know. */
  startedUnseen?: boolean;
  exitedAtMs?: number;
  exitedAtWallMs?: number;
  exitCode?: number;
  removed?: boolean;
  stop?: Stop;
}

/** A stop that the daemon began, by its record or its call. */
export interface Stop {
  readonly beganAtMs: number;
  readonly beganAtWallMs: number;
  graceSeconds: number;
  /** A shutdown of the node, or a deletion that came later, may leave less than the pod asks for. */
  mayBeShort?: boolean;
  /** When it was given less time than it had begun with. */
  cutAtMs?: number;
  /** As the record has it. */
  readonly cause?: StopRecord['cause'];
  failures: number;
  /** When the record first said that the stop signal was about to be sent: a daemon that comes back counts from then. */
  toldAtMs?: number;
  /** When StopContainer was first called. */
  signalledAtMs?: number;
}

export interface Sandbox {
  readonly id: string;
  readonly uid: string;
  readonly key: PodKey;
  readonly attempt: number;
  readonly sourceFile: string;
  readonly pod: Pod;
  readonly madeUnseen: boolean;
  removed?: boolean;
}
