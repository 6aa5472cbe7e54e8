import type { ContainerConfig, Device, LinuxContainerConfig, Mount } from '../cri/index.ts';
import {
  annotation,
  type Container,
  containerHash,
  expand,
  expandEnv,
  label,
  type OwnerId,
  type Pod,
  type PodUid,
  sandboxHash,
} from '../pod/index.ts';
import type { ImageUser } from './check-user.ts';
import type { Place } from './place.ts';
import { namespaceOptions, podLabels } from './sandbox-config.ts';
import type { Subject } from './subject.ts';

export interface ContainerIdentity {
  readonly uid: PodUid;
  readonly owner: OwnerId;
  /** The restart count: 0 for the first instance. */
  readonly attempt: number;
  /** Back-off steps climbed so far (reconcile/restart.ts). */
  readonly backoffStep: number;
  /** Digest of the ConfigMaps and Secrets it was made from (config-digest.ts), where a change of them restarts it. */
  readonly configHash?: string;
}

/** What a container is made of beside its own fields. */
export interface ContainerParts {
  /** In the order they are sent (resolve-env.ts). */
  readonly variables: ReadonlyMap<string, string>;
  readonly image: {
    /** As ImageStatus or PullImage named it. */
    readonly imageId: string;
    readonly user?: ImageUser;
  };
  readonly mounts: readonly Mount[];
  readonly devices: readonly Device[];
}

/** Paths hidden from, or read-only to, a container that is not privileged (kubelet: defaultMaskedPaths and defaultReadonlyPaths). */
const MASKED_PATHS = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** What CreateContainer is asked for (kubelet: generateContainerConfig). */
export function containerConfig(
  subject: Subject,
  identity: ContainerIdentity,
  parts: ContainerParts,
  place: Place,
): ContainerConfig;
/** Until its caller has changed. */
export function containerConfig(
  pod: Pod,
  container: Container,
  identity: ContainerIdentity & { readonly imageId: string },
): ContainerConfig;
export function containerConfig(
  first: Pod | Subject,
  second: Container | ContainerIdentity,
  third: ContainerParts | (ContainerIdentity & { readonly imageId: string }),
  _place?: Place,
): ContainerConfig {
  const pod = 'spec' in first ? first : first.pod;
  const container = 'pod' in first ? first.container : (second as Container);
  const identity = ('owner' in third ? third : second) as ContainerIdentity;
  const imageId = 'owner' in third ? third.imageId : third.image.imageId;
  const variables = 'owner' in third ? expandEnv(container.env) : third.variables;
  return {
    metadata: { name: container.name, attempt: identity.attempt },
    image: { image: imageId, user_specified_image: container.image },
    command: container.command.map((word) => expand(word, variables)),
    args: container.args.map((word) => expand(word, variables)),
    working_dir: container.workingDir ?? '',
    envs: [...variables].map(([key, value]) => ({ key, value })),
    labels: { ...podLabels(pod, identity), [label.containerName]: container.name },
    annotations: containerAnnotations(pod, container, identity),
    log_path: containerLogPath(container.name, identity.attempt),
    linux: linuxConfig(pod),
  };
}

/** Relative to the pod's log directory: `<container>/<restart count>.log`. */
export function containerLogPath(container: string, attempt: number): string {
  return `${container}/${attempt}.log`;
}

function containerAnnotations(
  pod: Pod,
  container: Container,
  identity: ContainerIdentity,
): Record<string, string> {
  return {
    [annotation.containerHash]: containerHash(container, pod),
    [annotation.sandboxHash]: sandboxHash(pod),
    [annotation.backoffStep]: String(identity.backoffStep),
    [annotation.restartCount]: String(identity.attempt),
    [annotation.terminationGracePeriod]: String(pod.spec.terminationGracePeriodSeconds),
    ...(container.ports.length > 0 && { [annotation.containerPorts]: JSON.stringify(container.ports) }),
  };
}

/** A pod without resource requests is BestEffort: fewest shares, first to go when memory runs out (kubelet: qos/policy.go). */
function linuxConfig(pod: Pod): LinuxContainerConfig {
  return {
    resources: { cpu_shares: 2, cpu_period: 100_000, oom_score_adj: 1000 },
    security_context: {
      namespace_options: namespaceOptions(pod),
      seccomp: { profile_type: 'Unconfined' },
      masked_paths: MASKED_PATHS,
      readonly_paths: READONLY_PATHS,
    },
  };
}
