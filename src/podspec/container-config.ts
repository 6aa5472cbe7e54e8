import type { ContainerConfig, Device, LinuxContainerSecurityContext, Mount } from '../cri/index.ts';
import {
  annotation,
  annotationPrefix,
  type ContainerId,
  containerHash,
  expand,
  hookText,
  label,
  type OwnerId,
  type Pod,
  type PodUid,
  sandboxHash,
  stopSignals,
} from '../pod/index.ts';
import type { ImageUser } from './image-user.ts';
import { containerResources } from './linux-resources.ts';
import type { Place } from './place.ts';
import { podLabels } from './sandbox-config.ts';
import { containerSecurity } from './security-context.ts';
import type { Subject } from './subject.ts';

export interface ContainerIdentity {
  readonly uid: PodUid;
  readonly owner: OwnerId;
  /** The restart count: 0 for the first instance. */
  readonly attempt: number;
  /** Back-off steps climbed so far (plan/restart.ts). */
  readonly backoffStep: number;
  /** Digest of the ConfigMaps and Secrets it is made from (config-digest.ts); absent where it takes nothing from any. */
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
  /** Sent as they are. */
  readonly mounts: readonly Mount[];
  readonly devices: readonly Device[];
  /** The container whose process namespace it is to be in, where it would have one of its own. */
  readonly processesOf?: ContainerId;
}

/** What CreateContainer is asked for (kubelet: generateContainerConfig). */
export function containerConfig(
  subject: Subject,
  identity: ContainerIdentity,
  parts: ContainerParts,
  place: Place,
): ContainerConfig {
  const { pod, container } = subject;
  const { variables, image, mounts, devices } = parts;
  const cdiDevices = cdiNames(pod);
  const stopSignal = container.lifecycle?.stopSignal;
  return {
    metadata: { name: container.name, attempt: identity.attempt },
    image: { image: image.imageId, user_specified_image: container.image },
    command: container.command.map((word) => expand(word, variables)),
    args: container.args.map((word) => expand(word, variables)),
    working_dir: container.workingDir ?? '',
    envs: [...variables].map(([key, value]) => ({ key, value })),
    ...(mounts.length > 0 && { mounts }),
    ...(devices.length > 0 && { devices }),
    ...(cdiDevices.length > 0 && { CDI_devices: cdiDevices.map((name) => ({ name })) }),
    labels: { ...podLabels(pod, identity), [label.containerName]: container.name },
    annotations: containerAnnotations(subject, identity),
    log_path: containerLogPath(container.name, identity.attempt),
    ...(container.stdin === true && { stdin: true }),
    ...(container.stdinOnce === true && { stdin_once: true }),
    ...(container.tty === true && { tty: true }),
    ...(stopSignal !== undefined && { stop_signal: stopSignals[stopSignal] }),
    linux: {
      resources: containerResources(subject, place),
      security_context: withProcessesOf(containerSecurity(subject, image.user, place), parts.processesOf),
    },
  };
}

/** Containers that share theirs, with each other or the machine, see all of them anyway (kubelet: generateLinuxContainerConfig). */
function withProcessesOf(
  security: LinuxContainerSecurityContext,
  target: ContainerId | undefined,
): LinuxContainerSecurityContext {
  const { namespace_options: namespaces } = security;
  if (target === undefined || namespaces?.pid !== 'CONTAINER') return security;
  return { ...security, namespace_options: { ...namespaces, pid: 'TARGET', target_id: target } };
}

/** Relative to the pod's log directory: `<container>/<restart count>.log`. */
export function containerLogPath(container: string, attempt: number): string {
  return `${container}/${attempt}.log`;
}

/** The devices the pod's annotations name, each once and as it is written: what is no CDI name the runtime refuses. */
function cdiNames({ metadata }: Pod): string[] {
  const lists = Object.entries(metadata.annotations).filter(([key]) => key.startsWith(annotationPrefix.cdi));
  return [...new Set(lists.flatMap(([, names]) => names.split(',')))];
}

function containerAnnotations(
  { pod, container }: Subject,
  identity: ContainerIdentity,
): Record<string, string> {
  const preStop = container.lifecycle?.preStop;
  return {
    [annotation.containerHash]: containerHash(container, pod),
    [annotation.sandboxHash]: sandboxHash(pod),
    ...(identity.configHash !== undefined && { [annotation.configHash]: identity.configHash }),
    [annotation.backoffStep]: String(identity.backoffStep),
    [annotation.restartCount]: String(identity.attempt),
    [annotation.terminationMessagePath]: container.terminationMessagePath ?? '/dev/termination-log',
    [annotation.terminationMessagePolicy]: container.terminationMessagePolicy ?? 'File',
    [annotation.terminationGracePeriod]: String(pod.spec.terminationGracePeriodSeconds),
    ...(preStop !== undefined && { [annotation.preStopHandler]: hookText(preStop) }),
    ...(container.ports.length > 0 && { [annotation.containerPorts]: JSON.stringify(container.ports) }),
  };
}
