import { createHash } from 'node:crypto';
import type { Container, Pod } from './pod.ts';

/**
 * Hashes tell whether an edit touches what runs. Each is taken over a projection: the chosen fields that reach the runtime,
 * absent where they are unset. A recorded hash names the version of its projection and is compared under that version, so
 * neither an upgrade nor a new default restarts anything; a new optional field simply joins the projection.
 */
type Projection<T> = (subject: T) => unknown;

/** A container of a pod: what its volumes are is told by the pod. */
interface ContainerOfPod {
  readonly container: Container;
  readonly pod: Pod;
}

const sandboxProjections: Readonly<Record<string, Projection<Pod>>> = {
  1: (pod) => ({
    hostNetwork: pod.spec.hostNetwork || undefined,
    hostPorts: pod.spec.hostNetwork ? undefined : unlessEmpty(hostPortLines(pod)),
  }),
};

const containerProjections: Readonly<Record<string, Projection<ContainerOfPod>>> = {
  1: ({ container }) => ({
    name: container.name,
    image: container.image,
    command: unlessEmpty(container.command),
    args: unlessEmpty(container.args),
    workingDir: container.workingDir,
    env: unlessEmpty(container.env.map(({ name, value }) => ({ name, value }))),
  }),
};

const CURRENT = '1';

/** The fields of a pod that are fixed when its sandbox is made. */
export function sandboxHash(pod: Pod): string {
  return remember(sandboxHashes, pod, () => hashUnder(sandboxProjections, CURRENT, pod));
}

/** A container's own fields. */
export function containerHash(container: Container, pod: Pod): string {
  return remember(containerHashes, container, () =>
    hashUnder(containerProjections, CURRENT, { container, pod }),
  );
}

/** Whether a sandbox that recorded `hash` is what `pod` asks for. */
export function sandboxHashMatches(hash: string | undefined, pod: Pod): boolean {
  return hash === sandboxHash(pod) || matchesOlder(hash, sandboxProjections, pod);
}

/** Whether a container that recorded `hash` is what `container` asks for. */
export function containerHashMatches(hash: string | undefined, container: Container, pod: Pod): boolean {
  return (
    hash === containerHash(container, pod) || matchesOlder(hash, containerProjections, { container, pod })
  );
}

/** A hash of a version we do not know (after a downgrade) or a missing one counts as equal: running things stay. */
function matchesOlder<T>(
  hash: string | undefined,
  table: Readonly<Record<string, Projection<T>>>,
  subject: T,
): boolean {
  const version = hash?.split(':', 1)[0];
  if (version === undefined || !Object.hasOwn(table, version)) return true;
  return version !== CURRENT && hash === hashUnder(table, version, subject);
}

function hashUnder<T>(table: Readonly<Record<string, Projection<T>>>, version: string, subject: T): string {
  const projected = table[version]?.(subject);
  const digest = createHash('sha256').update(JSON.stringify(projected)).digest('hex').slice(0, 16);
  return `${version}:${digest}`;
}

function hostPortLines(pod: Pod): string[] {
  const lines = pod.spec.containers.flatMap((container) =>
    container.ports
      .filter((port) => (port.hostPort ?? 0) > 0)
      .map((port) => `${port.protocol} ${port.hostIP ?? ''}:${port.hostPort} ${port.containerPort}`),
  );
  return lines.sort();
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** Pods are immutable, so a hash is taken once for each. */
const sandboxHashes = new WeakMap<Pod, string>();
const containerHashes = new WeakMap<Container, string>();

function remember<K extends object>(memory: WeakMap<K, string>, key: K, compute: () => string): string {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const hash = compute();
  memory.set(key, hash);
  return hash;
}
