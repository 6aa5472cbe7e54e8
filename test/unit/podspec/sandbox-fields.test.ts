import { describe, expect, test } from 'vitest';
import type { NodeFacts, PodSpec } from '../../../src/pod/index.ts';
import { app, makePlace, makePod, type PodChanges, sandboxOf, sandboxPiece, sharedCgroups } from './base.ts';

const piece = (spec: Partial<PodSpec>, place = makePlace()): unknown => sandboxPiece({ spec }, place);
const security = (context: unknown): object => ({ linux: { security_context: context } });

// kubelet: generatePodSandboxConfig, generatePodSandboxLinuxConfig
describe('of a field alone the sandbox gets', () => {
  test.each<[field: string, changes: PodChanges, piece: unknown]>([
    [
      'hostNetwork',
      { spec: { hostNetwork: true } },
      { hostname: '', ...security({ namespace_options: { network: 'NODE' } }) },
    ],
    ['hostPID', { spec: { hostPID: true } }, security({ namespace_options: { pid: 'NODE' } })],
    ['hostIPC', { spec: { hostIPC: true } }, security({ namespace_options: { ipc: 'NODE' } })],
    [
      'shareProcessNamespace',
      { spec: { shareProcessNamespace: true } },
      security({ namespace_options: { pid: 'POD' } }),
    ],
    [
      'a privileged container',
      { app: { securityContext: { privileged: true } } },
      security({ privileged: true }),
    ],
    [
      'a privileged ephemeral container, which leaves the sandbox that is there as it is',
      { spec: { ephemeralContainers: [{ ...app, name: 'e', securityContext: { privileged: true } }] } },
      security({ privileged: true }),
    ],
    [
      'a privileged init container',
      { spec: { initContainers: [{ ...app, name: 'i', securityContext: { privileged: true } }] } },
      security({ privileged: true }),
    ],
    ['runAsUser', { spec: { securityContext: { runAsUser: 0 } } }, security({ run_as_user: { value: 0 } })],
    [
      'runAsGroup',
      { spec: { securityContext: { runAsGroup: 7 } } },
      security({ run_as_group: { value: 7 } }),
    ],
    ['fsGroup', { spec: { securityContext: { fsGroup: 0 } } }, security({ supplemental_groups: [0] })],
    [
      'supplementalGroups, after fsGroup',
      { spec: { securityContext: { supplementalGroups: [9, 8], fsGroup: 10 } } },
      security({ supplemental_groups: [10, 9, 8] }),
    ],
    [
      'supplementalGroupsPolicy',
      { spec: { securityContext: { supplementalGroupsPolicy: 'Strict' } } },
      security({ supplemental_groups_policy: 'Strict' }),
    ],
    [
      'supplementalGroupsPolicy of the default',
      { spec: { securityContext: { supplementalGroupsPolicy: 'Merge' } } },
      {},
    ],
    [
      'seLinuxOptions',
      { spec: { securityContext: { seLinuxOptions: { type: 't', level: 's0' } } } },
      security({ selinux_options: { type: 't', level: 's0' } }),
    ],
    [
      'sysctls, in whatever notation',
      {
        spec: {
          securityContext: {
            sysctls: [
              { name: 'net/ipv4/conf/eth0.1/rp_filter', value: '1' },
              { name: 'kernel.shm_rmid_forced', value: '0' },
            ],
          },
        },
      },
      { linux: { sysctls: { 'net.ipv4.conf.eth0/1.rp_filter': '1', 'kernel.shm_rmid_forced': '0' } } },
    ],
    [
      'nothing of the seccomp profile, which is for containers',
      { spec: { securityContext: { seccompProfile: { type: 'Unconfined' } } } },
      {},
    ],
    [
      'nothing of a container',
      { app: { securityContext: { runAsUser: 7, readOnlyRootFilesystem: true } } },
      {},
    ],
    [
      'labels and annotations',
      { metadata: { labels: { a: '1' }, annotations: { b: '2' } } },
      { labels: { a: '1' }, annotations: { b: '2' } },
    ],
    [
      'nothing of an init container',
      { spec: { initContainers: [{ ...app, name: 'i', ports: [{ containerPort: 1, protocol: 'TCP' }] }] } },
      {},
    ],
  ])('%s', (_field, changes, expected) => {
    expect(sandboxPiece(changes)).toEqual(expected);
  });

  test('hostUsers: false: a block of ids, and the runtime refuses where there is none', () => {
    const ids = [{ container_id: 0, host_id: 131_072, length: 65_536 }];
    const options = (given: unknown) => security({ namespace_options: { userns_options: given } });
    expect(piece({ hostUsers: false }, makePlace({ usersBase: 131_072 }))).toEqual(
      options({ mode: 'POD', uids: ids, gids: ids }),
    );
    expect(piece({ hostUsers: false })).toEqual(options({ mode: 'POD', uids: [], gids: [] }));
  });
});

// kubelet: GeneratePodHostNameAndDomain
describe('the hostname', () => {
  const long = `${'a'.repeat(61)}-.b`;
  test.each<[spec: Partial<PodSpec>, hostname: string]>([
    [{}, 'web'],
    [{ hostname: 'own' }, 'own'],
    [{ hostname: 'own', subdomain: 'sub' }, 'own'],
    [{ hostname: 'own', subdomain: 'sub', setHostnameAsFQDN: true }, 'own.sub.prod.svc.cluster.local'],
    [{ subdomain: 'sub', setHostnameAsFQDN: true }, 'web.sub.prod.svc.cluster.local'],
    [{ setHostnameAsFQDN: true }, 'web'],
    [{ hostname: long }, 'a'.repeat(61)],
    [{ hostnameOverride: 'over.example.com' }, 'over.example.com'],
    [{ hostnameOverride: 'over', hostname: 'own', subdomain: 'sub' }, 'over'],
    [{ hostname: 'own', hostNetwork: true }, ''],
  ])('of %j is %s', (spec, hostname) => {
    expect(sandboxOf(makePod({ spec })).hostname).toBe(hostname);
  });
});

// kubelet: network/dns
describe('the DNS configuration', () => {
  const machine = { servers: ['192.0.2.53'], searches: ['example.com'], options: ['ndots:2', 'edns0'] };
  const dns = (spec: Partial<PodSpec>, resolvConf?: NodeFacts['resolvConf']) =>
    sandboxOf(makePod({ spec }), makePlace(resolvConf && { node: { resolvConf } })).dns_config;

  test.each<[spec: Partial<PodSpec>, config: unknown]>([
    [{}, machine],
    [{ dnsPolicy: 'ClusterFirst' }, machine],
    [{ dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true }, machine],
    [{ dnsPolicy: 'Default' }, machine],
    [
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['192.0.2.1'] } },
      { servers: ['192.0.2.1'], searches: [], options: [] },
    ],
    [
      { dnsConfig: { nameservers: ['192.0.2.1', '192.0.2.53'] } },
      { ...machine, servers: ['192.0.2.53', '192.0.2.1'] },
    ],
    [
      { dnsConfig: { searches: ['b.example', 'example.com'] } },
      { ...machine, searches: ['example.com', 'b.example'] },
    ],
    [
      { dnsConfig: { options: [{ name: 'ndots', value: '5' }, { name: 'rotate' }] } },
      { ...machine, options: ['ndots:5', 'edns0', 'rotate'] },
    ],
    [{ dnsConfig: { options: [{ name: 'ndots' }] } }, { ...machine, options: ['ndots', 'edns0'] }],
  ])('of %j is %j', (spec, config) => {
    expect(dns(spec)).toEqual(config);
  });

  test('of an empty resolv.conf is empty, not absent', () => {
    expect(dns({}, { nameservers: [], searches: [], options: [] })).toEqual({
      servers: [],
      searches: [],
      options: [],
    });
  });

  test('holds three servers, the first ones', () => {
    const nameservers = ['1', '2', '3', '4'].map((last) => `192.0.2.${last}`);
    expect(dns({ dnsConfig: { nameservers } })?.servers).toEqual(['192.0.2.53', '192.0.2.1', '192.0.2.2']);
  });

  test('holds 32 search paths', () => {
    const searches = Array.from({ length: 40 }, (_, index) => `s${index}`);
    expect(dns({ dnsPolicy: 'None', dnsConfig: { searches } })?.searches).toEqual(searches.slice(0, 32));
  });

  test('leaves out a search path of more than 253 characters', () => {
    const searches = ['a'.repeat(253), 'b'.repeat(254), 'c'];
    expect(dns({ dnsPolicy: 'None', dnsConfig: { searches } })?.searches).toEqual(['a'.repeat(253), 'c']);
  });

  test('holds 2048 characters of search paths, cut from the end', () => {
    const fit = Array.from({ length: 16 }, (_, index) => String(index).padStart(127, 'x'));
    const room = 2048 - fit.join(' ').length - 1;
    const list = (last: number) =>
      dns({ dnsPolicy: 'None', dnsConfig: { searches: [...fit.slice(0, -1), 'y'.repeat(last)] } });
    expect(fit.join(' ')).toHaveLength(2047);
    expect(room).toBe(0);
    expect(list(128)?.searches).toHaveLength(16);
    expect(list(129)?.searches).toEqual(fit.slice(0, -1));
  });
});

// kubelet: MakePortMappings
test('of ports of one container that are the same the first is sent; other containers have their own', () => {
  const tcp = { containerPort: 80, protocol: 'TCP' } as const;
  const ports = [
    tcp,
    { ...tcp },
    { ...tcp, hostIP: '127.0.0.1' },
    { ...tcp, name: 'web' },
    { ...tcp, name: 'web', containerPort: 81 },
  ];
  const mapping = (changes: object) => ({
    protocol: 'TCP',
    container_port: 80,
    host_port: 0,
    host_ip: '',
    ...changes,
  });
  const made = sandboxOf(
    makePod({
      spec: {
        containers: [
          { ...app, ports },
          { ...app, name: 'b', ports: [tcp] },
        ],
      },
    }),
  );
  expect(made.port_mappings).toEqual([
    mapping({}),
    mapping({ host_ip: '127.0.0.1' }),
    mapping({}),
    mapping({}),
  ]);
});

describe("the sandbox's resources", () => {
  const limits = { cpu: '500m', memory: '64Mi' };
  const quota = {
    cpu_shares: 512,
    cpu_period: 100_000,
    cpu_quota: 50_000,
    memory_limit_in_bytes: 67_108_864,
  };

  test('are what its containers come to', () => {
    const containers = ['a', 'b'].map((name) => ({
      ...app,
      name,
      resources: { limits: { cpu: '250m', memory: '32Mi' }, requests: { cpu: '250m' } },
    }));
    expect(sandboxOf(makePod({ spec: { containers } })).linux?.resources).toEqual(quota);
  });

  test('are pod-level ones where there are any', () => {
    expect(
      sandboxOf(makePod({ spec: { resources: { limits, requests: limits } } })).linux?.resources,
    ).toEqual(quota);
  });

  test('do not count overhead, which is told beside them', () => {
    expect(piece({ overhead: limits })).toEqual({ linux: { overhead: quota } });
    expect(piece({ overhead: { memory: '1Mi' } })).toEqual({
      linux: { overhead: { cpu_shares: 2, cpu_period: 100_000, memory_limit_in_bytes: 1_048_576 } },
    });
  });

  test("take a runtime class' overhead for a pod that names none", () => {
    const metadata = { name: 'kata', namespace: '', labels: {}, annotations: {} };
    const place = makePlace({
      uses: { runtimeClass: { kind: 'RuntimeClass', metadata, handler: 'h', overhead: limits } },
    });
    expect(sandboxOf(makePod(), place).linux?.overhead).toEqual(quota);
    expect(sandboxOf(makePod({ spec: { overhead: { cpu: '1' } } }), place).linux?.overhead).toEqual({
      ...{ cpu_shares: 1024, cpu_period: 100_000, cpu_quota: 100_000 },
    });
  });

  test('end as a whole on cgroup v2', () => {
    const place = makePlace({ node: { cgroups: { version: 2, swap: true, shared: false } } });
    expect(sandboxOf(makePod(), place).linux?.resources).toEqual({
      ...{ cpu_shares: 2, cpu_period: 100_000, unified: { 'memory.oom.group': '1' } },
    });
  });

  test("lie below the pod's cgroup where it has one", () => {
    expect(sandboxOf(makePod(), makePlace(sharedCgroups)).linux?.cgroup_parent).toBe(
      '/kubepods/besteffort/podu-1',
    );
    expect(sandboxOf(makePod()).linux).not.toHaveProperty('cgroup_parent');
  });
});
