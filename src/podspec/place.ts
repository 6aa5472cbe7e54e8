import type { NodeFacts, RuntimeFacts, UsedObjects } from '../pod/index.ts';

/** Where a pod is to run, and with what beside it. */
export interface Place {
  readonly node: NodeFacts;
  readonly runtime: RuntimeFacts;
  readonly uses: UsedObjects;
  /** First host id of the pod's user namespace, where it has one. */
  readonly usersBase?: number;
}
