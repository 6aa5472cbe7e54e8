import type { Pod } from '../../src/pod/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
import type { Facts } from './facts.ts';

/** The version on record as its manifest has it, whatever the daemon made of it. */
export function asWritten({ versions }: Facts, { pod }: Pick<PodRecord, 'pod'>): Pod {
  return versions.of(pod.metadata.annotations) ?? pod;
}

/** Whether an edit from one to the other touches labels and annotations alone. */
export function isSameSpec(facts: Facts, a: PodRecord, b: PodRecord): boolean {
  return JSON.stringify(asWritten(facts, a).spec) === JSON.stringify(asWritten(facts, b).spec);
}
