import { posix } from 'node:path';
import { assertNever } from '../base/index.ts';
import type { Device, IDMapping, Mount } from '../cri/index.ts';
import type { Container, Pod, PodFacts, PodUid, Volume, VolumeMount } from '../pod/index.ts';
import { mountedPart } from './mount-sub-path.ts';
import {
  claimDirectory,
  etcHostsPath,
  pluginOf,
  subPathTarget,
  terminationLogPath,
  volumeDirectory,
} from './pod-directory.ts';
import type { ContainerFiles, SubPath } from './volume-setup.ts';

/** What the volumes of one container come to. */
export interface ContainerMounts {
  readonly mounts: readonly Mount[];
  readonly devices: readonly Device[];
  readonly files: ContainerFiles;
}

/** What the mounts of one instance depend on beside its pod. */
export interface MountsGiven {
  readonly rootDir: string;
  readonly uid: PodUid;
  readonly attempt: number;
  /** The container's environment, for subPathExpr. */
  readonly variables: ReadonlyMap<string, string>;
  /** Volume name → the image that was pulled for it. */
  readonly images: ReadonlyMap<string, { readonly imageId: string }>;
  readonly facts: PodFacts;
  /** Whether the runtime's handler can mount read-only recursively: what IfPossible asks for. */
  readonly recursiveReadOnly: boolean;
  /** First host id of the pod's user namespace, where it has one. */
  readonly usersBase?: number;
  /** Text of the managed /etc/hosts. */
  readonly etcHosts: string;
}

const ETC_HOSTS = '/etc/hosts';
const TERMINATION_LOG = '/dev/termination-log';
/** How many ids a pod's user namespace has. */
const USER_NAMESPACE_LENGTH = 65_536;

/**
 * The mounts of one container instance, or why it cannot have them: a reason for CreateContainerConfigError (kubelet: makeMounts).
 * In this order: volumeMounts as written, /etc/hosts unless one of them covers it, the termination log.
 */
export function containerMounts(
  pod: Pod,
  container: Container,
  given: MountsGiven,
): ContainerMounts | { readonly problem: string } {
  const parts: MountPart[] = [];
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const part = mountPart({ pod, container, given, index, mount });
    if ('problem' in part) return part;
    parts.push(part);
  }
  const mounts = parts.flatMap(({ mount }) => mount ?? []);
  const hostsCovered = mounts.some(
    ({ container_path = '' }) => posix.normalize(container_path) === ETC_HOSTS,
  );
  return {
    mounts: [...mounts, ...(hostsCovered ? [] : [hostsMount(given)]), terminationMount(container, given)],
    devices: parts.flatMap(({ device }) => device ?? []),
    files: {
      container: container.name,
      attempt: given.attempt,
      subPaths: parts.flatMap(({ subPath }) => subPath ?? []),
      ...(!hostsCovered && { etcHosts: given.etcHosts }),
      terminationLog: true,
    },
  };
}

interface MountPart {
  readonly mount?: Mount;
  readonly device?: Device;
  readonly subPath?: SubPath;
}

interface Asked {
  readonly pod: Pod;
  readonly container: Container;
  readonly given: MountsGiven;
  readonly index: number;
  readonly mount: VolumeMount;
}

function mountPart(asked: Asked): MountPart | { readonly problem: string } {
  const { pod, container, given, mount } = asked;
  const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
  const root = volume && volumeRoot(pod, volume, given);
  if (volume === undefined || root === undefined) {
    return { problem: `cannot find volume "${mount.name}" to mount into container "${container.name}"` };
  }
  const part = mountedPart(mount, given.variables);
  if ('problem' in part) return part;
  const device = part.path === undefined ? deviceOf(volume, asked) : undefined;
  if (device !== undefined) return { device };
  const common = commonFields(volume, asked);
  if ('image' in root) {
    const subPath = part.path === undefined ? {} : { image_sub_path: part.path };
    return { mount: { ...common, host_path: '', image: root.image, ...subPath } };
  }
  if (part.path === undefined) return { mount: { ...common, host_path: root.path } };
  const where = { volume: volume.name, container: container.name, index: asked.index };
  const target = subPathTarget(given.rootDir, given.uid, where);
  return {
    mount: { ...common, host_path: target },
    subPath: {
      volume: volume.name,
      root: root.path,
      path: part.path,
      target,
      readOnly: common.readonly === true,
    },
  };
}

type Root = { readonly path: string } | { readonly image: NonNullable<Mount['image']> };

/** Where a volume lies on this machine; an image volume is found by the runtime. Undefined where its image is not known. */
function volumeRoot(pod: Pod, { name, source }: Volume, given: MountsGiven): Root | undefined {
  const { rootDir, uid } = given;
  switch (source.kind) {
    case 'hostPath':
      return { path: source.path };
    case 'persistentVolumeClaim':
      return { path: claimDirectory(rootDir, pod.metadata.namespace, source.claimName) };
    case 'image': {
      const image = given.images.get(name)?.imageId;
      return image === undefined ? undefined : { image: { image, user_specified_image: source.reference } };
    }
    case 'emptyDir':
    case 'ephemeral':
    case 'configMap':
    case 'secret':
    case 'downwardAPI':
    case 'projected':
      return { path: volumeDirectory(rootDir, uid, { plugin: pluginOf(source.kind), name }) };
    default:
      return assertNever(source);
  }
}

/** A device given by hostPath needs leave from the device cgroup, which a mount does not give; the privileged have it for all. */
function deviceOf({ source }: Volume, { container, mount }: Asked): Device | undefined {
  if (source.kind !== 'hostPath' || (source.type !== 'CharDevice' && source.type !== 'BlockDevice')) return;
  if (container.securityContext?.privileged === true) return;
  return {
    container_path: absolute(mount.mountPath),
    host_path: source.path,
    permissions: mount.readOnly === true ? 'mr' : 'mrw',
  };
}

function commonFields({ source }: Volume, { mount, given }: Asked): Mount {
  const readonly = mount.readOnly === true || isReadOnly(source);
  const recursive =
    mount.recursiveReadOnly === 'Enabled' ||
    (mount.recursiveReadOnly === 'IfPossible' && given.recursiveReadOnly);
  const relabel = given.facts.node.seLinux && isManaged(source);
  return {
    container_path: absolute(mount.mountPath),
    readonly,
    ...(recursive && { recursive_read_only: true }),
    ...(mount.mountPropagation !== undefined && { propagation: PROPAGATION[mount.mountPropagation] }),
    ...(relabel && { selinux_relabel: true }),
    ...idMappings(given),
  };
}

const PROPAGATION = {
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
} as const;

/** Kinds nobody may write to, whatever the mount says (kubelet: Attributes.ReadOnly). */
function isReadOnly(source: Volume['source']): boolean {
  if (source.kind === 'persistentVolumeClaim') return source.readOnly === true;
  return !['emptyDir', 'ephemeral', 'hostPath'].includes(source.kind);
}

/** Kinds whose files are tinylet's own to label; what belongs to the machine is left alone (kubelet: Attributes.Managed). */
function isManaged(source: Volume['source']): boolean {
  if (source.kind === 'persistentVolumeClaim') return source.readOnly !== true;
  return source.kind !== 'hostPath';
}

function hostsMount(given: MountsGiven): Mount {
  return ownFile(ETC_HOSTS, etcHostsPath(given.rootDir, given.uid), given);
}

function terminationMount(container: Container, given: MountsGiven): Mount {
  const { rootDir, uid, attempt } = given;
  const host = terminationLogPath(rootDir, uid, { container: container.name, attempt });
  return ownFile(container.terminationMessagePath ?? TERMINATION_LOG, host, given);
}

function ownFile(container_path: string, host_path: string, given: MountsGiven): Mount {
  return {
    container_path,
    host_path,
    readonly: false,
    ...(given.facts.node.seLinux && { selinux_relabel: true }),
    ...idMappings(given),
  };
}

function idMappings({ usersBase }: MountsGiven): Pick<Mount, 'uidMappings' | 'gidMappings'> {
  if (usersBase === undefined) return {};
  const mapping: IDMapping = { host_id: usersBase, container_id: 0, length: USER_NAMESPACE_LENGTH };
  return { uidMappings: [mapping], gidMappings: [mapping] };
}

function absolute(path: string): string {
  return posix.isAbsolute(path) ? path : `/${path}`;
}
