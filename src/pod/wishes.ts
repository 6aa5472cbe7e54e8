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
}

/** An annotation of ours that says what we do not understand. */
export interface WishProblem {
  readonly annotation: string;
  readonly message: string;
}

const DEFAULT_PROGRESS_DEADLINE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The kubelet's range (kubelet: crashLoopBackOff.maxContainerRestartPeriod). */
const CRASH_LOOP_RANGE = { minMs: 1_000, maxMs: 300_000 };

/** The wishes of a pod whose annotations were checked when its manifest was read; what is not understood counts as not said. */
export function wishesOf(pod: Pod): Wishes {
  const known = wishes.get(pod) ?? readWishes(pod.metadata).wishes;
  wishes.set(pod, known);
  return known;
}

/** Pods are immutable: annotations are read once for each. */
const wishes = new WeakMap<Pod, Wishes>();

/** Reads the annotations of a pod, and tells what is wrong with them. */
export function readWishes(metadata: Pick<PodMetadata, 'namespace' | 'annotations'>): {
  readonly wishes: Wishes;
  readonly problems: readonly WishProblem[];
} {
  const problems: WishProblem[] = [];
  const refuse = (key: string, message: string): undefined =>
    void problems.push({ annotation: key, message });
  const read = (key: string): string | undefined => metadata.annotations[key];
  const crashLoopMaxMs = duration(read(annotation.crashLoopMax), CRASH_LOOP_RANGE, (message) =>
    refuse(annotation.crashLoopMax, message),
  );
  const progressDeadlineMs = duration(
    read(annotation.progressDeadline),
    { minMs: 1_000, maxMs: DAY_MS },
    (message) => refuse(annotation.progressDeadline, message),
  );
  return {
    wishes: {
      rollback: flag(read(annotation.rollback), (message) => refuse(annotation.rollback, message)),
      progressDeadlineMs: progressDeadlineMs ?? DEFAULT_PROGRESS_DEADLINE_MS,
      startAfter: podKeys(read(annotation.startAfter), metadata.namespace, (message) =>
        refuse(annotation.startAfter, message),
      ),
      ...(crashLoopMaxMs !== undefined && { crashLoopMaxMs }),
      restartOnConfigChange: flag(read(annotation.restartOnConfigChange), (message) =>
        refuse(annotation.restartOnConfigChange, message),
      ),
    },
    problems,
  };
}

type Refuse = (message: string) => undefined;

function flag(text: string | undefined, refuse: Refuse): boolean {
  if (text !== undefined && text !== 'true' && text !== 'false')
    refuse(`must be "true" or "false", not ${JSON.stringify(text)}`);
  return text === 'true';
}

function duration(
  text: string | undefined,
  range: { readonly minMs: number; readonly maxMs: number },
  refuse: Refuse,
): number | undefined {
  if (text === undefined) return undefined;
  const valueMs = readDurationMs(text);
  if (valueMs === undefined) return refuse(`must be a duration like 90s or 5m, not ${JSON.stringify(text)}`);
  if (valueMs < range.minMs || valueMs > range.maxMs)
    return refuse(`must be from ${range.minMs / 1000}s to ${range.maxMs / 1000}s, not ${text}`);
  return valueMs;
}

/** `namespace/name` or `name` of the pod's own namespace, separated by commas. */
function podKeys(text: string | undefined, namespace: string, refuse: Refuse): readonly PodKey[] {
  const parts = (text ?? '').split(',').map((part) => part.trim());
  if (text === undefined || text.trim() === '') return [];
  return parts.flatMap((part) => {
    const [first = '', second, ...rest] = part.split('/');
    const key = second === undefined ? { namespace, name: first } : { namespace: first, name: second };
    const isName =
      rest.length === 0 &&
      dns1123LabelErrors(key.namespace).length === 0 &&
      dns1123SubdomainErrors(key.name).length === 0;
    if (isName) return [podKey(key)];
    refuse(`must be a list of namespace/name, separated by commas; ${JSON.stringify(part)} is none`);
    return [];
  });
}
