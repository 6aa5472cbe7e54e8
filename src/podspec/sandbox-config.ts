import type { LinuxPodSandboxConfig, PodSandboxConfig } from '../cri/index.ts';
import { isManifestUrl } from '../manifest/index.ts';
import {
  annotation,
  dottedSysctl,
  hostPortsOf,
  label,
  type OwnerId,
  type Pod,
  type PodUid,
  sandboxHash,
} from '../pod/index.ts';
import { dnsConfig } from './dns.ts';
import { podHostname } from './hostname.ts';
import { sandboxOverhead, sandboxResources } from './linux-resources.ts';
import type { Place } from './place.ts';
import { podCgroup } from './pod-cgroup.ts';
import { portMappings } from './port-mappings.ts';
import { sandboxSecurity } from './security-context.ts';

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
export function sandboxConfig(pod: Pod, identity: SandboxIdentity, place: Place): PodSandboxConfig {
  const { name, namespace, labels, annotations } = pod.metadata;
  return {
    metadata: { name, namespace, uid: identity.uid, attempt: identity.attempt },
    hostname: pod.spec.hostNetwork ? '' : podHostname(pod, place.node.settings.clusterDomain).kernel,
    log_directory: podLogDirectory(identity.logDir, { namespace, name, uid: identity.uid }),
    dns_config: dnsConfig(pod, place.node.resolvConf),
    port_mappings: portMappings(pod),
    labels: { ...labels, ...podLabels(pod, identity) },
    annotations: {
      ...annotations,
      [annotation.configSource]: isManifestUrl(identity.file) ? 'http' : 'file',
      [annotation.sandboxHash]: sandboxHash(pod),
      [annotation.hostPorts]: JSON.stringify(hostPortsOf(pod)),
      [annotation.source]: identity.file,
    },
    linux: linuxConfig(pod, identity.uid, place),
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

function linuxConfig(pod: Pod, uid: PodUid, place: Place): LinuxPodSandboxConfig {
  const cgroup = podCgroup(pod, uid, place);
  const sysctls = pod.spec.securityContext?.sysctls ?? [];
  const overhead = sandboxOverhead(pod, place);
  return {
    ...(cgroup !== undefined && { cgroup_parent: cgroup.path }),
    security_context: sandboxSecurity(pod, place),
    ...(sysctls.length > 0 && {
      sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [dottedSysctl(name), value])),
    }),
    ...(overhead !== undefined && { overhead }),
    resources: sandboxResources(pod, place),
  };
}
