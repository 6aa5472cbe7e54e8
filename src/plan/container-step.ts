import type { Wait } from '../targets/index.ts';
import type { Action } from './actions.ts';

/** What the plan has for one container in one pass. */
export interface ContainerStep {
  readonly action?: Action;
  readonly wait?: Wait;
  /** The wait is told of the pod: the container itself runs. */
  readonly ofPod?: true;
  /** Later containers wait for this one: to be created, or to be started, too. */
  readonly holds?: 'creation' | 'everything';
}
