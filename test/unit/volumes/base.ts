import {
  asPodUid,
  type Container,
  type NodeFacts,
  type Pod,
  type PodFacts,
  type Volume,
} from '../../../src/pod/index.ts';

export const uid = asPodUid('u-1');

export const node: NodeFacts = {
  name: 'host',
  hostIPs: ['192.0.2.1'],
  cpuMilli: 2000,
  memoryBytes: 8_000_000_000,
  storageBytes: 100_000_000_000,
  kernel: [6, 1],
  cgroups: { version: 2, swap: false, shared: true },
  hugepageSizes: ['2MB', '1GB'],
  appArmor: false,
  seLinux: false,
  thermalThrottlePaths: [],
  resolvConf: { nameservers: [], searches: [], options: [] },
  etcHosts: '',
  settings: { allowedUnsafeSysctls: [], clusterDomain: 'cluster.local', seccompDir: '/r/seccomp' },
};

export const facts: PodFacts = { uid, podIPs: [], node };

export const app: Container = {
  ...{ name: 'app', image: 'app:1', command: [], args: [], env: [], ports: [] },
  imagePullPolicy: 'IfNotPresent',
};

export function podWith(volumes: readonly Volume[], spec: Partial<Pod['spec']> = {}): Pod {
  return {
    metadata: { name: 'web', namespace: 'prod', labels: { app: 'web' }, annotations: {} },
    spec: {
      containers: [app],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      hostNetwork: false,
      volumes,
      ...spec,
    },
  };
}
