import type { ImageNeed, ImageState } from '../images/index.ts';
import type { OwnerId, PodObservation } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Failures } from './failures.ts';
import type { Target } from './target.ts';

/** Everything a plan may depend on. */
export interface PlanInput {
  readonly target: Target;
  readonly record: PodRecord | undefined;
  readonly observed: PodObservation;
  readonly image: (need: ImageNeed) => ImageState;
  readonly failures: Failures;
  readonly nowMs: number;
  readonly owner: OwnerId;
  readonly logDir: string;
}

/** A plan's input for one kind of target. */
export type PlanInputFor<K extends Target['kind']> = Omit<PlanInput, 'target'> & {
  readonly target: Extract<Target, { kind: K }>;
};
