import type { NodeFacts, Pod, PodUid, RuntimeFacts } from '../pod/index.ts';
import type { ObjectRecord, PodRecord } from '../state/index.ts';
import type { PodStatus } from '../status/index.ts';

/** A pod as it is wanted and as it is. */
export interface PodView {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  /** The version that is wanted; while it is being removed, the one on record. Undefined where its manifest is lost. */
  readonly pod: Pod | undefined;
  readonly record: PodRecord | undefined;
  /** As long as each part is the same, so is the status. */
  readonly basis: readonly unknown[];
  readonly status: () => PodStatus | undefined;
}

/** The machine and its runtime as they were last seen. */
export interface MachineView {
  readonly surroundings: { readonly node: NodeFacts; readonly runtime: RuntimeFacts } | undefined;
  /** Why the runtime did not answer then. */
  readonly problem: string | undefined;
  /** When it last began or ceased to answer. */
  readonly turnedAtMs: number | undefined;
}

/** What is wanted of the node and what is: what the objects are made from. Each look is cheap. */
export interface NodeState {
  pods(): readonly PodView[];
  /** Objects beside pods, by kind, namespace and name. The same value as long as nothing changes. */
  objects(): ReadonlyMap<string, ObjectRecord>;
  machine(): MachineView;
  /** How many looks at the files were begun, and the last one that the answers above go by. */
  looks(): { readonly begun: number; readonly inForce: number };
}
