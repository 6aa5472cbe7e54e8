import type { ImageNeed, ImageState } from '../images/index.ts';
import type { HookState } from '../lifecycle/index.ts';
import type {
  ContainerId,
  Health,
  HookKind,
  NodeFacts,
  OwnerId,
  PodObservation,
  PodUid,
  RuntimeFacts,
} from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Target } from '../targets/index.ts';
import type { Failures } from './failures.ts';
import type { Prepared } from './prepared.ts';
import type { Trial } from './trial.ts';

/** Everything a plan may depend on. */
export interface PlanInput {
  readonly target: Target;
  readonly record: PodRecord | undefined;
  readonly observed: PodObservation;
  readonly prepared: Prepared;
  readonly image: (need: ImageNeed) => ImageState;
  readonly failures: Failures;
  /** What probes say of the pod's running containers. */
  readonly health: Health;
  /** Where a hook stands that this daemon began. */
  readonly hook: (id: ContainerId, hook: HookKind) => HookState;
  /** Whether a stop that this daemon began is under way. */
  readonly isStopping: (id: ContainerId) => boolean;
  /** The longest CrashLoopBackOff of the node. */
  readonly crashLoopMaxMs: number;
  readonly nowMs: number;
  /** What this daemon has seen of the version on record; absent where that is known to be good, or is not watched. */
  readonly trial?: Trial | undefined;
  readonly surroundings: Surroundings;
  /** The first host id of a pod's user namespace: what is on record, else a block that nobody has; the same answer for the same pod. */
  readonly usersBase: (uid: PodUid) => number;
  readonly owner: OwnerId;
  readonly logDir: string;
  readonly rootDir: string;
}

/** The machine and the runtime, as they were when the pass began. */
export interface Surroundings {
  readonly node: NodeFacts;
  readonly runtime: RuntimeFacts;
}

/** A plan's input for one kind of target. */
export type PlanInputFor<K extends Target['kind']> = Omit<PlanInput, 'target'> & {
  readonly target: Extract<Target, { kind: K }>;
};
