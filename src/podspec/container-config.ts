import type { ContainerConfig, LinuxContainerConfig } from '../cri/index.ts';
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
import { namespaceOptions, podLabels } from './sandbox-config.ts';

export interface ContainerIdentity {
  readonly uid: PodUid;
  readonly owner: OwnerId;
  /** The restart count: 0 for the first instance. */
  readonly attempt: number;
  /** Back-off steps climbed so far (reconcile/restart.ts). */
  readonly backoffStep: number;
  /** The id of the image, as ImageStatus or PullImage named it. */
  readonly imageId: string;
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
  pod: Pod,
  container: Container,
  identity: ContainerIdentity,
): ContainerConfig {
  const variables = expandEnv(container.env);
  return {
    metadata: { name: container.name, attempt: identity.attempt },
    image: { image: identity.imageId, user_specified_image: container.image },
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
