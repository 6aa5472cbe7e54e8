import type { HostAlias, NodeFacts, Pod } from '../pod/index.ts';
import { podHostname } from './hostname.ts';

const FIXED = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
];

/** Text of the managed /etc/hosts (kubelet: managedHostsFileContent, nodeHostsFileContent). */
export function hostsFile(pod: Pod, podIPs: readonly string[], node: NodeFacts): string {
  const text = pod.spec.hostNetwork
    ? `# Kubernetes-managed hosts file (host network).\n${node.etcHosts}`
    : textOf(['# Kubernetes-managed hosts file.', ...FIXED, ...ownLines(pod, podIPs, node)]);
  return `${text}${aliases(pod.spec.hostAliases ?? [])}`;
}

function ownLines(pod: Pod, podIPs: readonly string[], { settings }: NodeFacts): string[] {
  const { name, domain } = podHostname(pod, settings.clusterDomain);
  const names = domain === '' ? name : `${name}.${domain}\t${name}`;
  return podIPs.map((ip) => `${ip}\t${names}`);
}

function aliases(list: readonly HostAlias[]): string {
  if (list.length === 0) return '';
  const lines = list.map(({ ip, hostnames }) => [ip, ...hostnames].join('\t'));
  return textOf(['', '# Entries added by HostAliases.', ...lines]);
}

function textOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
