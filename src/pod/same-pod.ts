import type { Pod } from './pod.ts';

const texts = new WeakMap<Pod, string>();
const versionTexts = new WeakMap<Pod, string>();

/** Equal in all that counts here. Pods are immutable and come in one shape, so their text decides; it is made once for each. */
export function samePod(a: Pod, b: Pod): boolean {
  return a === b || remembered(texts, a, textOf) === remembered(texts, b, textOf);
}

/** Equal in all that makes a version of it: ephemeral containers come and go beside. */
export function sameVersion(a: Pod, b: Pod): boolean {
  return a === b || remembered(versionTexts, a, versionTextOf) === remembered(versionTexts, b, versionTextOf);
}

/** The version with the ephemeral containers of another one; the very same where it has them. */
export function withEphemeralsOf(version: Pod, { spec: { ephemeralContainers } }: Pod): Pod {
  const { ephemeralContainers: own, ...spec } = version.spec;
  if (JSON.stringify(own) === JSON.stringify(ephemeralContainers)) return version;
  return { ...version, spec: { ...spec, ...(ephemeralContainers && { ephemeralContainers }) } };
}

function textOf({ metadata, spec }: Pod): string {
  return JSON.stringify({ metadata, spec });
}

function versionTextOf({ metadata, spec }: Pod): string {
  const { ephemeralContainers: _, ...rest } = spec;
  return textOf({ metadata, spec: rest });
}

function remembered(known: WeakMap<Pod, string>, pod: Pod, make: (pod: Pod) => string): string {
  const text = known.get(pod) ?? make(pod);
  known.set(pod, text);
  return text;
}
