import { expect, test } from 'vitest';
import type { PodSpec } from '../../../src/pod/index.ts';
import { hostsFile } from '../../../src/podspec/index.ts';
import { makePod, node } from './base.ts';

const text = (spec: Partial<PodSpec>, ips = ['10.0.0.7']) => hostsFile(makePod({ spec }), ips, node);
const head = `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`;
const hostAliases = [
  { ip: '192.0.2.7', hostnames: ['a', 'b.example'] },
  { ip: '2001:db8::7', hostnames: ['c'] },
];
const aliases = `
# Entries added by HostAliases.
192.0.2.7\ta\tb.example
2001:db8::7\tc
`;

// kubelet: managedHostsFileContent, nodeHostsFileContent
test.each<[what: string, spec: Partial<PodSpec>, ips: string[], expected: string]>([
  ['its name', {}, ['10.0.0.7'], `${head}10.0.0.7\tweb\n`],
  ['each of its addresses', {}, ['10.0.0.7', 'fd00::7'], `${head}10.0.0.7\tweb\nfd00::7\tweb\n`],
  ['no address', {}, [], head],
  ['its hostname', { hostname: 'own' }, ['10.0.0.7'], `${head}10.0.0.7\town\n`],
  [
    'its domain',
    { hostname: 'own', subdomain: 'sub' },
    ['10.0.0.7', 'fd00::7'],
    `${head}10.0.0.7\town.sub.prod.svc.cluster.local\town\nfd00::7\town.sub.prod.svc.cluster.local\town\n`,
  ],
  [
    'the same where its name is its whole domain',
    { subdomain: 'sub', setHostnameAsFQDN: true },
    ['10.0.0.7'],
    `${head}10.0.0.7\tweb.sub.prod.svc.cluster.local\tweb\n`,
  ],
  [
    'the name that overrides all',
    { hostnameOverride: 'over', subdomain: 'sub' },
    ['10.0.0.7'],
    `${head}10.0.0.7\tover\n`,
  ],
  ['its aliases', { hostAliases }, ['10.0.0.7'], `${head}10.0.0.7\tweb\n${aliases}`],
  [
    "the machine's on its network",
    { hostNetwork: true, hostname: 'own' },
    ['192.0.2.1'],
    `# Kubernetes-managed hosts file (host network).\n${node.etcHosts}`,
  ],
  [
    "the machine's and its aliases",
    { hostNetwork: true, hostAliases },
    [],
    `# Kubernetes-managed hosts file (host network).\n${node.etcHosts}${aliases}`,
  ],
])("a pod's hosts: %s", (_what, spec, ips, expected) => {
  expect(text(spec, ips)).toBe(expected);
});
