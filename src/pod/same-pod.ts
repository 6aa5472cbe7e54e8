import { allContainers, type Pod } from './pod.ts';
import { containerHash, sandboxHash } from './spec-hash.ts';

const texts = new WeakMap<Pod, string>();
const versionTexts = new WeakMap<Pod, string>();
const workTexts = new WeakMap<Pod, string>();

/** Equal in all that counts here. Pods are immutable and come in one shape, so their text decides; it is made once for each. */
export function samePod(a: Pod, b: Pod): boolean {
  return a === b || remembered(texts, a, textOf) === remembered(texts, b, textOf);
}

/** Equal in all that makes a version of it: ephemeral containers come and go beside. */
export function sameVersion(a: Pod, b: Pod): boolean {
  return a === b || remembered(versionTexts, a, versionTextOf) === remembered(versionTexts, b, versionTextOf);
}

/**
 * Equal in all that a pod does: what differs is labels and annotations that no container and no sandbox is made from. Going from one to
 * the other is no new beginning.
 */
export function sameWork(a: Pod, b: Pod): boolean {
  if (a === b) return true;
  const [ofA, ofB] = [allContainers(a), allContainers(b)];
  return (
    remembered(workTexts, a, workTextOf) === remembered(workTexts, b, workTextOf) &&
    sandboxHash(a) === sandboxHash(b) &&
    ofA.every((container, index) => {
      const other = ofB[index];
      return other !== undefined && containerHash(container, a) === containerHash(other, b);
    })
  );
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

function workTextOf({ spec }: Pod): string {
  const { ephemeralContainers: _, ...rest } = spec;
  return JSON.stringify(rest);
}

function remembered(known: WeakMap<Pod, string>, pod: Pod, make: (pod: Pod) => string): string {
  const text = known.get(pod) ?? make(pod);
  known.set(pod, text);
  return text;
}
