import type { DownwardRef } from './downward.ts';
import type { PodUid } from './identity.ts';
import type { NodeFacts } from './node-facts.ts';
import type { Container, Pod } from './pod.ts';

/** What of a pod's surroundings its own fields may ask for. */
export interface PodFacts {
  readonly uid: PodUid;
  /** First the primary address. Empty while there is no sandbox. */
  readonly podIPs: readonly string[];
  readonly node: NodeFacts;
}

/** What a reference stands for, or why it stands for nothing. */
export type DownwardValue = { readonly text: string } | { readonly problem: string };

/**
 * The text of a field or resource of a pod (kubelet: fieldpath.ExtractFieldPathAsString, resource.ExtractContainerResourceValue).
 * `container` is the one that asks; in volumes the reference names it.
 */
export function downwardValue(
  pod: Pod,
  ref: DownwardRef,
  facts: PodFacts,
  container?: Container,
): DownwardValue {
  return { problem: `not written yet: ${pod.metadata.name} ${ref.kind} ${facts.uid} ${container?.name}` };
}
