import { createHash } from 'node:crypto';
import { annotationPrefix } from './identity.ts';
import { allContainers, type Container, type EnvVar, isSidecar, type Pod } from './pod.ts';
import { qosClass } from './qos.ts';
import type { VolumeMount, VolumeSource } from './volume.ts';

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
  1: sandboxFields,
};

const containerProjections: Readonly<Record<string, Projection<ContainerOfPod>>> = {
  1: containerFields,
};

const CURRENT = '1';

/** The fields of a pod that are fixed when its sandbox is made. */
export function sandboxHash(pod: Pod): string {
  return remember(sandboxHashes, pod, () => hashUnder(sandboxProjections, CURRENT, pod));
}

/** A container's own fields, and what the pod says of it alone. */
export function containerHash(container: Container, pod: Pod): string {
  const ofPod = remember(containerHashes, pod, () => new WeakMap<Container, string>());
  return remember(ofPod, container, () => hashUnder(containerProjections, CURRENT, { container, pod }));
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

function sandboxFields(pod: Pod): unknown {
  const { spec } = pod;
  return {
    hostNetwork: spec.hostNetwork || undefined,
    hostPorts: spec.hostNetwork ? undefined : unlessEmpty(hostPortLines(spec)),
    hostPID: spec.hostPID || undefined,
    hostIPC: spec.hostIPC || undefined,
    shareProcessNamespace: spec.shareProcessNamespace || undefined,
    hostUsers: spec.hostUsers,
    hostname: spec.hostname,
    subdomain: spec.subdomain,
    setHostnameAsFQDN: spec.setHostnameAsFQDN || undefined,
    hostnameOverride: spec.hostnameOverride,
    hostAliases: ordered(spec.hostAliases),
    dnsPolicy: unlessDefault(spec.dnsPolicy, 'ClusterFirst'),
    dnsConfig: ordered(spec.dnsConfig),
    runtimeClassName: spec.runtimeClassName,
    overhead: ordered(spec.overhead),
    resources: ordered(spec.resources),
    // The pod's cgroup lies below its class'.
    qosClass: unlessDefault(qosClass(pod), 'BestEffort'),
    securityContext: podSecurity(spec),
    // A runtime takes privileged containers only into a sandbox that was made for them.
    privileged: allContainers(pod).some((each) => each.securityContext?.privileged) || undefined,
    devices: ordered(annotationsBelow(pod.metadata, annotationPrefix.cdi)),
    // They run anew in every sandbox, and before anything else. A sidecar can be replaced alone, so here it is only its place.
    initContainers: spec.initContainers?.map((container) =>
      isSidecar(container, pod) ? { sidecar: container.name } : containerFields({ container, pod }),
    ),
  };
}

function containerFields({ container, pod }: ContainerOfPod): unknown {
  return {
    name: container.name,
    image: container.image,
    command: unlessEmpty(container.command),
    args: unlessEmpty(container.args),
    workingDir: container.workingDir,
    env: unlessEmpty(container.env.map(variable)),
    envFrom: ordered(container.envFrom),
    resources: ordered(container.resources),
    volumeMounts: container.volumeMounts?.map((mount) => ordered({ ...mount, source: sourceOf(mount, pod) })),
    securityContext: ordered(container.securityContext),
    appArmor: pod.metadata.annotations[`${annotationPrefix.appArmor}${container.name}`],
    nodeCritical: pod.spec.priorityClassName === 'system-node-critical' || undefined,
    stdin: container.stdin || undefined,
    stdinOnce: container.stdinOnce || undefined,
    tty: container.tty || undefined,
    terminationMessagePath: unlessDefault(container.terminationMessagePath, '/dev/termination-log'),
    terminationMessagePolicy: container.terminationMessagePolicy,
    // Probes, hooks and restart rules are not the runtime's: an edit of them takes effect on what runs.
    stopSignal: container.lifecycle?.stopSignal,
  };
}

function hostPortLines(spec: Pod['spec']): string[] {
  const lines = spec.containers.flatMap((container) =>
    container.ports
      .filter((port) => (port.hostPort ?? 0) > 0)
      .map((port) => `${port.protocol} ${port.hostIP ?? ''}:${port.hostPort} ${port.containerPort}`),
  );
  return lines.sort();
}

/** All of it but how ownership is changed, which is done on the machine and takes effect without the runtime. */
function podSecurity({ securityContext }: Pod['spec']): unknown {
  if (securityContext === undefined) return undefined;
  const { fsGroupChangePolicy: _onDisk, ...rest } = securityContext;
  return Object.keys(rest).length > 0 ? ordered(rest) : undefined;
}

function annotationsBelow({ annotations }: Pod['metadata'], prefix: string): unknown {
  const found = Object.entries(annotations).filter(([key]) => key.startsWith(prefix));
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function variable({ name, value, valueFrom }: EnvVar): unknown {
  return { name, value, valueFrom: ordered(valueFrom) };
}

/**
 * What is mounted. Files that follow their objects are told by their kind, since their content changes in place; a sub path of them
 * does not follow.
 */
function sourceOf(mount: VolumeMount, { spec }: Pod): unknown {
  const source = spec.volumes?.find(({ name }) => name === mount.name)?.source;
  if (source === undefined) return undefined;
  const fixed = mount.subPath !== undefined || mount.subPathExpr !== undefined;
  return isFiles(source) && !fixed ? { kind: source.kind } : withoutPullPolicy(source);
}

function isFiles({ kind }: VolumeSource): boolean {
  return kind === 'configMap' || kind === 'secret' || kind === 'downwardAPI' || kind === 'projected';
}

/** When an image is pulled says nothing of what it is. */
function withoutPullPolicy(source: VolumeSource): unknown {
  if (source.kind !== 'image') return source;
  const { kind, reference } = source;
  return { kind, reference };
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function unlessDefault<T>(value: T | undefined, byDefault: T): T | undefined {
  return value === byDefault ? undefined : value;
}

/** The same value with the fields of all objects in one order, whatever order a reader sets them in. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, field]) => [key, ordered(field)]));
}

/** Pods are immutable, so a hash is taken once for each. */
const sandboxHashes = new WeakMap<Pod, string>();
const containerHashes = new WeakMap<Pod, WeakMap<Container, string>>();

function remember<K extends object, V>(memory: WeakMap<K, V>, key: K, compute: () => V): V {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = compute();
  memory.set(key, made);
  return made;
}
