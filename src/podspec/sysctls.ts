import { dottedSysctl, type NodeFacts, type PodSpec, sysctlNamespace } from '../pod/index.ts';

/** Settings of the kernel that a pod may change without leave, and since which kernel they are a namespace's own. */
const SAFE: ReadonlyMap<string, readonly [major: number, minor: number]> = new Map([
  ['kernel.shm_rmid_forced', [0, 0]],
  ['net.ipv4.ip_local_port_range', [0, 0]],
  ['net.ipv4.tcp_syncookies', [0, 0]],
  ['net.ipv4.ping_group_range', [0, 0]],
  ['net.ipv4.ip_unprivileged_port_start', [0, 0]],
  ['net.ipv4.ip_local_reserved_ports', [3, 16]],
  ['net.ipv4.tcp_keepalive_time', [4, 5]],
  ['net.ipv4.tcp_keepalive_intvl', [4, 5]],
  ['net.ipv4.tcp_keepalive_probes', [4, 5]],
  ['net.ipv4.tcp_fin_timeout', [4, 6]],
  ['net.ipv4.tcp_rmem', [4, 15]],
  ['net.ipv4.tcp_wmem', [4, 15]],
]);

/**
 * Why the pod may not have one of its settings, in the kubelet's words (kubelet: sysctl/allowlist.go). What belongs to no namespace
 * would be the whole machine's, and is never allowed.
 */
export function sysctlProblem(spec: PodSpec, node: NodeFacts): string | undefined {
  for (const { name: written } of spec.securityContext?.sysctls ?? []) {
    const name = dottedSysctl(written);
    const namespace = sysctlNamespace(name);
    if (namespace === undefined || !isAllowed(name, node))
      return `forbidden sysctl: "${name}" not allowlisted`;
    const shared = namespace === 'ipc' ? spec.hostIPC === true : spec.hostNetwork;
    if (shared) return `forbidden sysctl: "${name}" not allowed with host ${WORDS[namespace]} enabled`;
  }
  return undefined;
}

const WORDS = { ipc: 'IPC', net: 'Net' };

function isAllowed(name: string, { kernel, settings }: NodeFacts): boolean {
  const since = SAFE.get(name);
  if (since !== undefined && isSince(kernel, since)) return true;
  return settings.allowedUnsafeSysctls
    .map(dottedSysctl)
    .some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

function isSince([major, minor]: NodeFacts['kernel'], since: NodeFacts['kernel']): boolean {
  return major > since[0] || (major === since[0] && minor >= since[1]);
}
