import type { ImageNeed, ImageState } from '../images/index.ts';
import type { NodeFacts, OwnerId, PodObservation, PodUid, RuntimeFacts } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Failures } from './failures.ts';
import type { Prepared } from './prepared.ts';
import type { Target } from './target.ts';

/** Everything a plan may depend on. */
export interface PlanInput {
  readonly target: Target;
  readonly record: PodRecord | undefined;
  readonly observed: PodObservation;
  readonly prepared: Prepared;
  readonly image: (need: ImageNeed) => ImageState;
  readonly failures: Failures;
  readonly nowMs: number;
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
