import type { JsonObject } from '../base/index.ts';
import type { DownwardRef } from './downward.ts';
import type { PodUid } from './identity.ts';
import type { Lifecycle, Probe, RestartRule } from './probe.ts';
import type { ContainerSecurityContext, PodSecurityContext } from './security-context.ts';
import type { Volume, VolumeMount } from './volume.ts';

/**
 * A Pod as tinylet runs it: validated, with Kubernetes' defaults filled in. Field names and meaning are those of
 * core/v1; only fields that are honoured appear here. What is optional is absent where the manifest leaves it out or writes
 * it empty, so that records of older versions stay readable and hashes of older versions stay equal.
 */
export interface Pod {
  readonly metadata: PodMetadata;
  readonly spec: PodSpec;
  /** The manifest as it was written, for whoever asks for it: has no part in what runs, nor in what counts as an edit. */
  readonly document?: JsonObject;
}

export interface PodMetadata {
  readonly name: string;
  readonly namespace: string;
  /** Present only where the manifest sets it; otherwise the daemon chooses one at first sight. */
  readonly uid?: PodUid;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';
export type DnsPolicy = 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None';

export interface PodSpec {
  readonly containers: readonly Container[];
  /** Run one by one to their end before the others start. */
  readonly initContainers?: readonly Container[];
  /** Added to a pod that runs, to look into it (`kubectl debug`): each runs once, and none is part of what makes a version of the pod. */
  readonly ephemeralContainers?: readonly EphemeralContainer[];
  readonly restartPolicy: RestartPolicy;
  readonly terminationGracePeriodSeconds: number;
  readonly hostNetwork: boolean;
  readonly activeDeadlineSeconds?: number;
  readonly volumes?: readonly Volume[];
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly shareProcessNamespace?: boolean;
  /** Only ever false: the pod gets a user namespace of its own. */
  readonly hostUsers?: false;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly setHostnameAsFQDN?: boolean;
  readonly hostnameOverride?: string;
  readonly hostAliases?: readonly HostAlias[];
  /** Absent is ClusterFirst. */
  readonly dnsPolicy?: DnsPolicy;
  readonly dnsConfig?: PodDnsConfig;
  /** Names of Secrets with registry credentials. */
  readonly imagePullSecrets?: readonly string[];
  /** The name of a RuntimeClass, or of a handler of the runtime where no such object is defined. */
  readonly runtimeClassName?: string;
  readonly overhead?: ResourceList;
  /** Pod-level resources, without claims. Requests are filled in from limits where they are left out. */
  readonly resources?: ResourceRequirements;
  readonly securityContext?: PodSecurityContext;
  /** Read by fieldRef only. */
  readonly serviceAccountName?: string;
  /** Conditions that have to be True before the pod is Ready. Never empty. */
  readonly readinessGates?: readonly string[];
  /** Only `system-node-critical` means something here: oom_score_adj -997. */
  readonly priorityClassName?: string;
}

/** Every container that the pod consists of, in the order they start. */
export function allContainers({ spec }: Pod): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/** Also those that were added to look into it. Their names are unique among all. */
export function everyContainer(pod: Pod): readonly Container[] {
  return [...allContainers(pod), ...(pod.spec.ephemeralContainers ?? [])];
}

/** The field of the spec that a container of that name stands in; what is in none counts as one that is gone from `containers`. */
export function listOf(name: string, { spec }: Pod): 'containers' | 'initContainers' | 'ephemeralContainers' {
  const isIn = (list: readonly Container[] = []): boolean => list.some((each) => each.name === name);
  if (isIn(spec.initContainers)) return 'initContainers';
  return isIn(spec.ephemeralContainers) ? 'ephemeralContainers' : 'containers';
}

export interface HostAlias {
  readonly ip: string;
  readonly hostnames: readonly string[];
}

export interface PodDnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly DnsOption[];
}

export interface DnsOption {
  readonly name: string;
  readonly value?: string;
}

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir?: string;
  readonly env: readonly EnvVar[];
  readonly envFrom?: readonly EnvFrom[];
  readonly ports: readonly ContainerPort[];
  readonly imagePullPolicy: PullPolicy;
  /** Requests are filled in from limits where they are left out (core/v1 defaults). */
  readonly resources?: ResourceRequirements;
  readonly volumeMounts?: readonly VolumeMount[];
  readonly securityContext?: ContainerSecurityContext;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
  /** Absent is `/dev/termination-log`. */
  readonly terminationMessagePath?: string;
  /** Absent is File. */
  readonly terminationMessagePolicy?: 'FallbackToLogsOnError';
  /** Overrides the pod's. On an init container `Always` makes it a sidecar. */
  readonly restartPolicy?: RestartPolicy;
  /** Go before the policy, the first that matches an exit code; never empty. */
  readonly restartPolicyRules?: readonly RestartRule[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: Lifecycle;
}

/** Without ports, probes, hooks, resources and a restart policy. */
export interface EphemeralContainer extends Container {
  /** The container whose processes it sees; absent is its own alone, unless the pod shares them. */
  readonly targetContainerName?: string;
}

/** An init container that goes on beside the others (restartPolicy Always). */
export function isSidecar(container: Container, { spec }: Pod): boolean {
  return container.restartPolicy === 'Always' && (spec.initContainers ?? []).includes(container);
}

/** Resource name → quantity in Kubernetes' canonical form (quantity.ts), e.g. `cpu: 250m`, `memory: 64Mi`. */
export type ResourceList = Readonly<Record<string, string>>;

export interface ResourceRequirements {
  readonly limits?: ResourceList;
  readonly requests?: ResourceList;
}

export interface EnvVar {
  readonly name: string;
  /** Empty where `valueFrom` is given. May contain `$(NAME)`. */
  readonly value: string;
  readonly valueFrom?: EnvSource;
}

export type EnvSource =
  | DownwardRef
  | ({ readonly kind: 'configMapKeyRef' } & KeyRef)
  | ({ readonly kind: 'secretKeyRef' } & KeyRef)
  | {
      readonly kind: 'fileKeyRef';
      readonly volumeName: string;
      readonly path: string;
      readonly key: string;
      readonly optional?: boolean;
    };

export interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

/** All keys of one object as variables. */
export interface EnvFrom {
  readonly kind: 'configMapRef' | 'secretRef';
  readonly name: string;
  readonly prefix?: string;
  readonly optional?: boolean;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly hostIP?: string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}
