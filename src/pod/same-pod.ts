import type { Pod } from './pod.ts';

const texts = new WeakMap<Pod, string>();

/** Equal in all that counts here. Pods are immutable and come in one shape, so their text decides; it is made once for each. */
export function samePod(a: Pod, b: Pod): boolean {
  return a === b || textOf(a) === textOf(b);
}

function textOf(pod: Pod): string {
  const { metadata, spec } = pod;
  const known = texts.get(pod) ?? JSON.stringify({ metadata, spec });
  texts.set(pod, known);
  return known;
}
