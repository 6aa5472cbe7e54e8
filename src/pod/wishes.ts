import { readDurationMs } from '../base/index.ts';
import { annotation, type PodKey, podKey } from './identity.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from './names.ts';
import type { Pod, PodMetadata } from './pod.ts';

/** What a pod asks of tinylet by annotations of tinylet.dev, beyond what Kubernetes knows. */
export interface Wishes {
  /** A version that does not become Ready in time gives way to the last one that was. */
  readonly rollback: boolean;
  readonly progressDeadlineMs: number;
  /** Pods that have to be Ready or Succeeded first. */
  readonly startAfter: readonly PodKey[];
  /** The longest CrashLoopBackOff; absent is the node's. */
  readonly crashLoopMaxMs?: number;
  /** Containers are replaced when an object changes that they take env or subPath mounts from. */
  readonly restartOnConfigChange: boolean;
  /** The pod was made for one run, and goes with the request that asked for it, or a while after its end; absent for all others. */
  readonly oneShot?: OneShot;
}

export type OneShot = 'request' | 'client';

/** An annotation of ours that says what we do not understand. */
export interface WishProblem {
  readonly annotation: string;
  /** What is wrong in it, as it stands there. */
  readonly value: string;
  readonly message: string;
}

/** The annotations of tinylet.dev that are for authors of pods. */
export const wishAnnotations: readonly string[] = [
  annotation.rollback,
  annotation.progressDeadline,
  annotation.startAfter,
  annotation.crashLoopMax,
  annotation.restartOnConfigChange,
  annotation.oneShot,
];

const DEFAULT_PROGRESS_DEADLINE_MS = 60_000;
const PROGRESS_DEADLINE_RANGE = { minMs: 1_000, maxMs: 86_400_000, words: 'from 1s to 24h' };
/** The kubelet's range (kubelet: crashLoopBackOff.maxContainerRestartPeriod). */
const CRASH_LOOP_RANGE = { minMs: 1_000, maxMs: 300_000, words: 'from 1s to 5m' };

/** The wishes of a pod whose annotations were checked when its manifest was read; what is not understood counts as not said. */
export function wishesOf(pod: Pod): Wishes {
  const known = wishes.get(pod) ?? readWishes(pod.metadata).wishes;
  wishes.set(pod, known);
  return known;
}

/** Pods are immutable: annotations are read once for each. */
const wishes = new WeakMap<Pod, Wishes>();

/** Reads the annotations of a pod, and tells what is wrong with them. */
export function readWishes(metadata: Pick<PodMetadata, 'namespace' | 'name' | 'annotations'>): {
  readonly wishes: Wishes;
  readonly problems: readonly WishProblem[];
} {
  const problems: WishProblem[] = [];
  const told = (key: string): Told => ({
    text: metadata.annotations[key],
    refuse: (value, message) => void problems.push({ annotation: key, value, message }),
  });
  const crashLoopMaxMs = duration(told(annotation.crashLoopMax), CRASH_LOOP_RANGE);
  const oneShot = oneShotOf(told(annotation.oneShot));
  return {
    wishes: {
      rollback: flag(told(annotation.rollback)),
      progressDeadlineMs:
        duration(told(annotation.progressDeadline), PROGRESS_DEADLINE_RANGE) ?? DEFAULT_PROGRESS_DEADLINE_MS,
      startAfter: podKeys(told(annotation.startAfter), metadata),
      ...(crashLoopMaxMs !== undefined && { crashLoopMaxMs }),
      restartOnConfigChange: flag(told(annotation.restartOnConfigChange)),
      ...(oneShot && { oneShot }),
    },
    problems,
  };
}

/** What an annotation says, if it is there, and where to complain about it. */
interface Told {
  readonly text: string | undefined;
  readonly refuse: (value: string, message: string) => undefined;
}

function flag({ text, refuse }: Told): boolean {
  if (text !== undefined && text !== 'true' && text !== 'false') refuse(text, 'must be "true" or "false"');
  return text === 'true';
}

function oneShotOf({ text, refuse }: Told): OneShot | undefined {
  if (text === undefined || text === 'request' || text === 'client') return text;
  return refuse(text, 'must be "request" or "client"');
}

function duration(
  { text, refuse }: Told,
  range: { readonly minMs: number; readonly maxMs: number; readonly words: string },
): number | undefined {
  if (text === undefined) return undefined;
  const valueMs = readDurationMs(text);
  if (valueMs === undefined) return refuse(text, 'must be a duration like 90s or 1m30s');
  const fits = valueMs >= range.minMs && valueMs <= range.maxMs;
  return fits ? valueMs : refuse(text, `must be ${range.words}`);
}

/** `namespace/name` or `name` of the pod's own namespace, separated by commas; each pod once. */
function podKeys(
  { text, refuse }: Told,
  pod: { readonly namespace: string; readonly name: string },
): readonly PodKey[] {
  if (text === undefined || text.trim() === '') return [];
  const keys = new Set<PodKey>();
  for (const part of text.split(',').map((each) => each.trim())) {
    const key = keyOf(part, pod.namespace);
    if (key === undefined) refuse(part, 'must be namespace/name or name of a pod');
    else if (key === podKey(pod)) refuse(part, 'a pod cannot wait for itself');
    else keys.add(key);
  }
  return [...keys];
}

function keyOf(text: string, ownNamespace: string): PodKey | undefined {
  const [first = '', second, ...rest] = text.split('/');
  const key =
    second === undefined ? { namespace: ownNamespace, name: first } : { namespace: first, name: second };
  const isName =
    rest.length === 0 &&
    dns1123LabelErrors(key.namespace).length === 0 &&
    dns1123SubdomainErrors(key.name).length === 0;
  return isName ? podKey(key) : undefined;
}
