import type { NamespaceOption, PodSandboxConfig, PortMapping } from '../cri/index.ts';
import {
  annotation,
  hostPortsOf,
  label,
  type OwnerId,
  type Pod,
  type PodUid,
  sandboxHash,
} from '../pod/index.ts';
import type { Place } from './place.ts';

/** Longest hostname the kernel takes in one label (kubelet: GeneratePodHostNameAndDomain). */
const HOSTNAME_LIMIT = 63;

export interface SandboxIdentity {
  readonly uid: PodUid;
  readonly owner: OwnerId;
  readonly attempt: number;
  /** The manifest file the pod comes from. */
  readonly file: string;
  /** The root of all pods' logs. */
  readonly logDir: string;
}

/** The pod's log directory, as the kubelet lays it out: `<log-dir>/<namespace>_<name>_<uid>`. */
export function podLogDirectory(
  logDir: string,
  pod: { namespace: string; name: string; uid: PodUid },
): string {
  return `${logDir}/${pod.namespace}_${pod.name}_${pod.uid}`;
}

/** What RunPodSandbox is asked for (kubelet: generatePodSandboxConfig). The same value goes with every CreateContainer. */
export function sandboxConfig(pod: Pod, identity: SandboxIdentity, _place?: Place): PodSandboxConfig {
  const { name, namespace, labels, annotations } = pod.metadata;
  return {
    metadata: { name, namespace, uid: identity.uid, attempt: identity.attempt },
    hostname: pod.spec.hostNetwork ? '' : hostname(name),
    log_directory: podLogDirectory(identity.logDir, { namespace, name, uid: identity.uid }),
    port_mappings: portMappings(pod),
    labels: { ...labels, ...podLabels(pod, identity) },
    annotations: {
      ...annotations,
      [annotation.configSource]: 'file',
      [annotation.sandboxHash]: sandboxHash(pod),
      [annotation.hostPorts]: JSON.stringify(hostPortsOf(pod)),
      [annotation.source]: identity.file,
    },
    linux: {
      security_context: {
        namespace_options: namespaceOptions(pod),
        seccomp: { profile_type: 'RuntimeDefault' },
      },
    },
  };
}

/** Labels that sandboxes and containers share: whose they are and which pod's. They win over the pod's own. */
export function podLabels(pod: Pod, identity: { uid: PodUid; owner: OwnerId }): Record<string, string> {
  return {
    [label.tinylet]: 'true',
    [label.owner]: identity.owner,
    [label.podName]: pod.metadata.name,
    [label.podNamespace]: pod.metadata.namespace,
    [label.podUid]: identity.uid,
  };
}

/** The PID namespace is named explicitly: the proto's zero value would share one among all containers. */
export function namespaceOptions(pod: Pod): NamespaceOption {
  return { network: pod.spec.hostNetwork ? 'NODE' : 'POD', pid: 'CONTAINER', ipc: 'POD' };
}

function hostname(podName: string): string {
  return podName.slice(0, HOSTNAME_LIMIT).replace(/[-.]+$/, '');
}

/** Every declared port is sent, those without a host port too; the runtime drops them (kubelet: MakePortMappings). */
function portMappings(pod: Pod): PortMapping[] {
  return pod.spec.containers.flatMap((container) =>
    container.ports.map((port) => ({
      protocol: port.protocol,
      container_port: port.containerPort,
      host_port: port.hostPort ?? 0,
      host_ip: port.hostIP ?? '',
    })),
  );
}
