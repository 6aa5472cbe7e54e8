/** The base pod and the place it runs at; a test changes one field and asserts the piece of the request it becomes. */
import { isDeepStrictEqual } from 'node:util';
import type { ContainerConfig, PodSandboxConfig } from '../../../src/cri/index.ts';
import {
  asOwnerId,
  asPodUid,
  type ConfigMap,
  type Container,
  type NodeFacts,
  type Pod,
  type PodFacts,
  type PodMetadata,
  type PodSpec,
  type RuntimeFacts,
  type Secret,
  type UsedObjects,
} from '../../../src/pod/index.ts';
import {
  type ContainerParts,
  containerConfig,
  type Place,
  type Subject,
  sandboxConfig,
} from '../../../src/podspec/index.ts';

export const uid = asPodUid('u-1');
const owner = asOwnerId('o-1');
export const sandboxIdentity = { uid, owner, attempt: 3, file: '/m/web.yaml', logDir: '/var/log/pods' };
export const containerIdentity = { uid, owner, attempt: 4, backoffStep: 2 };
export const parts: ContainerParts = {
  variables: new Map(),
  image: { imageId: 'sha256:1' },
  mounts: [],
  devices: [],
};

export interface PodChanges {
  readonly metadata?: Partial<PodMetadata>;
  readonly spec?: Partial<PodSpec>;
  /** Changes of the container `app`. */
  readonly app?: Partial<Container>;
}

export const app: Container = {
  ...{ name: 'app', image: 'app:1', command: [], args: [], env: [], ports: [] },
  imagePullPolicy: 'IfNotPresent',
};

/** Pod `prod/web` with the container `app`, and nothing that is not required. */
export function makePod({ metadata, spec, app: changes }: PodChanges = {}): Pod {
  return {
    metadata: { name: 'web', namespace: 'prod', labels: {}, annotations: {}, ...metadata },
    spec: {
      containers: [{ ...app, ...changes }],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      hostNetwork: false,
      ...spec,
    },
  };
}

/** The first container of a pod. */
export function subjectOf(pod: Pod): Subject {
  const [container] = pod.spec.containers;
  if (container === undefined) throw new Error('no container');
  return { pod, container };
}

/** One CPU and 1 GiB, cgroup v1 that does not count swap. */
export const node: NodeFacts = {
  name: 'node-1',
  hostIPs: ['192.0.2.1', '2001:db8::1'],
  cpuMilli: 1000,
  memoryBytes: 2 ** 30,
  storageBytes: 2 ** 33,
  kernel: [6, 1],
  cgroups: { version: 1, swap: false, shared: false },
  hugepageSizes: [],
  appArmor: false,
  seLinux: false,
  thermalThrottlePaths: [],
  resolvConf: { nameservers: ['192.0.2.53'], searches: ['example.com'], options: ['ndots:2', 'edns0'] },
  etcHosts: '127.0.0.1 localhost\n192.0.2.1 node-1\n',
  settings: { allowedUnsafeSysctls: [], clusterDomain: 'cluster.local', seccompDir: '/root-dir/seccomp' },
};

export const runtime: RuntimeFacts = {
  name: 'containerd',
  version: '1.6.20~ds1',
  cgroupDriver: undefined,
  supplementalGroupsPolicy: false,
  handlers: new Map(),
};

/** A runtime of today, which tells what it can do. */
export const newRuntime: RuntimeFacts = {
  name: 'containerd',
  version: 'v2.2.1',
  cgroupDriver: 'cgroupfs',
  supplementalGroupsPolicy: true,
  handlers: new Map([
    ['', { recursiveReadOnlyMounts: true, userNamespaces: true }],
    ['old', { recursiveReadOnlyMounts: false, userNamespaces: false }],
  ]),
};

interface PlaceChanges {
  readonly node?: Partial<NodeFacts>;
  readonly runtime?: RuntimeFacts;
  readonly uses?: Partial<UsedObjects>;
  readonly usersBase?: number;
}

export function makeUses(changes: Partial<UsedObjects> = {}): UsedObjects {
  return { configMaps: new Map(), secrets: new Map(), claims: new Map(), ...changes };
}

export function makePlace({ node: nodeChanges, uses, ...changes }: PlaceChanges = {}): Place {
  return { node: { ...node, ...nodeChanges }, runtime, uses: makeUses(uses), ...changes };
}

export const sharedCgroups: PlaceChanges = {
  node: { cgroups: { version: 1, swap: false, shared: true } },
  runtime: newRuntime,
};

export const facts: PodFacts = { uid, podIPs: ['10.0.0.7', 'fd00::7'], node };

export function sandboxOf(pod: Pod, place: Place = makePlace()): PodSandboxConfig {
  return sandboxConfig(pod, sandboxIdentity, place);
}

export function containerOf(
  pod: Pod,
  place: Place = makePlace(),
  changes: Partial<ContainerParts> = {},
): ContainerConfig {
  return containerConfig(subjectOf(pod), containerIdentity, { ...parts, ...changes }, place);
}

export function configMap(name: string, data: Record<string, string>, digest = 'd'): ConfigMap {
  const metadata = { name, namespace: 'prod', labels: {}, annotations: {} };
  return {
    ...{ kind: 'ConfigMap', metadata, binaryData: new Map(), immutable: false, digest },
    data: new Map(Object.entries(data)),
  };
}

/** A Secret with values in plain text or as bytes. */
export function secret(name: string, data: Record<string, string | Uint8Array>, digest = 'd'): Secret {
  const metadata = { name, namespace: 'prod', labels: {}, annotations: {} };
  const encoded = Object.entries(data).map(
    ([key, value]) => [key, Buffer.from(value).toString('base64')] as const,
  );
  return {
    ...{ kind: 'Secret', metadata, type: 'Opaque', immutable: false, digest },
    data: new Map(encoded),
  };
}

/** Objects by name, as a pod's plan is given them. */
export function byName<T extends { readonly metadata: { readonly name: string } }>(
  ...objects: readonly T[]
): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [object.metadata.name, object]));
}

/**
 * What `made` has that `base` has not, or otherwise: fields in their places, `gone` for one that is missing. Hashes are left out,
 * since every field changes one.
 */
export function difference(base: unknown, made: unknown): unknown {
  if (!isFields(base) || !isFields(made)) return made;
  const keys = new Set([...Object.keys(base), ...Object.keys(made)]);
  return Object.fromEntries(
    [...keys]
      .filter((key) => !HASHES.test(key) && !isDeepStrictEqual(base[key], made[key]))
      .map((key) => [key, key in made ? difference(base[key], made[key]) : 'gone'] as const)
      .filter(([, piece]) => !isDeepStrictEqual(piece, {})),
  );
}

const HASHES = /^tinylet\.dev\/(sandbox|container)-hash$/;

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the changes of the base pod make of its sandbox's request. */
export function sandboxPiece(changes: PodChanges, place?: Place): unknown {
  return difference(sandboxOf(makePod(), place), sandboxOf(makePod(changes), place));
}

/** What they make of its container's. */
export function containerPiece(changes: PodChanges, place?: Place, given?: Partial<ContainerParts>): unknown {
  return difference(containerOf(makePod(), place, given), containerOf(makePod(changes), place, given));
}
