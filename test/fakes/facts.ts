/** A machine and a runtime to plan for: no cgroups of pods' own, so that plans stay short. */
import type { CgroupFacts, NodeFacts, RuntimeFacts } from '../../src/pod/index.ts';

export function nodeFacts(changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name: 'node',
    hostIPs: ['192.0.2.10'],
    cpuMilli: 4_000,
    memoryBytes: 8 * 1024 ** 3,
    storageBytes: 100 * 1024 ** 3,
    kernel: [6, 8],
    cgroups: cgroupFacts(),
    hugepageSizes: ['2MB'],
    appArmor: false,
    seLinux: false,
    thermalThrottlePaths: [],
    resolvConf: { nameservers: ['192.0.2.53'], searches: [], options: [] },
    etcHosts: '127.0.0.1 localhost\n',
    settings: { allowedUnsafeSysctls: [], clusterDomain: 'cluster.local', seccompDir: '/root-dir/seccomp' },
    ...changes,
  };
}

export function cgroupFacts(changes: Partial<CgroupFacts> = {}): CgroupFacts {
  return { version: 2, swap: true, shared: false, ...changes };
}

/** Like containerd 2.1 with a runc that has no user namespaces. */
export function runtimeFacts(changes: Partial<RuntimeFacts> = {}): RuntimeFacts {
  return {
    name: 'containerd',
    version: 'v2.1.4',
    cgroupDriver: 'cgroupfs',
    supplementalGroupsPolicy: true,
    handlers: new Map([['', { recursiveReadOnlyMounts: true, userNamespaces: false }]]),
    ...changes,
  };
}
