/** Random pods with every field that a manifest can set, and places to run them at. */
import * as fc from 'fast-check';
import {
  asPodUid,
  type ConfigMap,
  type Container,
  type HookHandler,
  type Lifecycle,
  type NodeFacts,
  type Pod,
  type PodFacts,
  type PodSpec,
  type Probe,
  type ProbeHandler,
  type RestartRule,
  type RuntimeFacts,
  type Secret,
  type UsedObjects,
  type Volume,
  type VolumeMount,
} from '../../src/pod/index.ts';
import type { ContainerParts, Place } from '../../src/podspec/index.ts';

const of = fc.constantFrom;
const flag = fc.boolean();
const id = of(0, 1, 1000, 2 ** 31 - 1);
const name = of('a', 'b', 'web', 'x'.repeat(63));
const word = of('', 'a', '$(A)', '$$(A)', '$(', 'é 😀', 'a\nb', '__proto__');
const quantity = of('0', '1', '100m', '1500m', '64Mi', '1Gi', '9007199254740993', '8Ei');
const ip = of('192.0.2.1', '127.0.0.1', '2001:db8::1', '0.0.0.0');

/** A record whose fields may be missing, as the optional fields of a pod may. */
function optional<T extends object>(
  fields: { [K in keyof T]: fc.Arbitrary<T[K]> },
): fc.Arbitrary<Partial<T>> {
  return fc.record<T, keyof T>(fields, { requiredKeys: [] });
}

function some<T>(each: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(each, { minLength: 1, maxLength: 3 });
}

const texts = fc.dictionary(of('a', 'example.com/b', 'cdi.k8s.io/gpu', '__proto__'), word, { maxKeys: 3 });
const list = fc.dictionary(
  of('cpu', 'memory', 'ephemeral-storage', 'hugepages-2Mi', 'hugepages-1Gi'),
  quantity,
  { minKeys: 1, maxKeys: 4 },
);
const resources = optional({ limits: list, requests: list });
const profile = fc.oneof(
  fc.record({ type: of('RuntimeDefault', 'Unconfined') }),
  fc.record({ type: fc.constant('Localhost' as const), localhostProfile: of('p', 'dir/p.json') }),
);
const seLinuxOptions = optional({ user: word, role: word, type: word, level: word });
const sharedSecurity = {
  runAsUser: id,
  runAsGroup: id,
  runAsNonRoot: flag,
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions,
};

const podSecurity = optional({
  ...sharedSecurity,
  fsGroup: id,
  fsGroupChangePolicy: of('Always', 'OnRootMismatch'),
  supplementalGroups: some(id),
  supplementalGroupsPolicy: of('Merge', 'Strict'),
  sysctls: some(
    fc.record({ name: of('net.ipv4.tcp_rmem', 'net/core/somaxconn', 'kernel.sem', 'vm.x'), value: word }),
  ),
});

const containerSecurity = optional({
  ...sharedSecurity,
  privileged: flag,
  allowPrivilegeEscalation: flag,
  readOnlyRootFilesystem: flag,
  capabilities: optional({ add: some(of('ALL', 'NET_ADMIN')), drop: some(of('ALL', 'KILL')) }),
  procMount: of('Default', 'Unmasked'),
});

const downwardRef = fc.oneof(
  fc.record({
    kind: fc.constant('fieldRef' as const),
    fieldPath: of(
      'metadata.name',
      'metadata.labels',
      "metadata.annotations['a']",
      'status.podIPs',
      'spec.nodeName',
    ),
  }),
  fc.record(
    {
      kind: fc.constant('resourceFieldRef' as const),
      containerName: of('app', 'init', 'none'),
      resource: of('limits.cpu', 'limits.memory', 'requests.hugepages-2Mi', 'limits.ephemeral-storage'),
      divisor: of('0', '1', '1m', '1Mi'),
    },
    { requiredKeys: ['kind', 'resource'] },
  ),
);
const keyRef = fc.record(
  {
    kind: of('configMapKeyRef', 'secretKeyRef'),
    name: of('c', 'none'),
    key: of('a', 'b', 'none'),
    optional: flag,
  },
  { requiredKeys: ['kind', 'name', 'key'] },
);
const fileKeyRef = fc.record({
  ...{ kind: fc.constant('fileKeyRef' as const), volumeName: of('v0', 'v1') },
  ...{ path: of('env', 'none'), key: of('A', 'none'), optional: flag },
});
const variable = fc.oneof(
  fc.record({ name: of('A', 'B', 'odd name'), value: word }),
  fc.record({
    name: of('C', 'A'),
    value: fc.constant(''),
    valueFrom: fc.oneof(downwardRef, keyRef, fileKeyRef),
  }),
);
const envFrom = fc.record(
  { kind: of('configMapRef', 'secretRef'), name: of('c', 'none'), prefix: of('P_', '='), optional: flag },
  { requiredKeys: ['kind', 'name'] },
);
const port = fc.record(
  {
    name: of('http', 'dns'),
    containerPort: of(1, 80),
    hostPort: of(0, 8080),
    hostIP: ip,
    protocol: of('TCP', 'UDP', 'SCTP'),
  },
  { requiredKeys: ['containerPort', 'protocol'] },
);

const execAction = fc.record({ kind: fc.constant('exec' as const), command: some(word) });
const portRef = of(80, 'http', 'none');
const header = fc.record({ name: of('Host', 'Accept', 'X-A'), value: word });
const httpGetAction = fc.record(
  {
    ...{ kind: fc.constant('httpGet' as const), path: of('/', '/a?b=c'), port: portRef, host: name },
    ...{ scheme: of('HTTP', 'HTTPS'), headers: fc.array(header, { maxLength: 2 }) },
  },
  { requiredKeys: ['kind', 'path', 'port', 'scheme', 'headers'] },
);
const tcpSocketAction = fc.record(
  { kind: fc.constant('tcpSocket' as const), port: portRef, host: name },
  { requiredKeys: ['kind', 'port'] },
);
const probeHandler: fc.Arbitrary<ProbeHandler> = fc.oneof(
  execAction,
  httpGetAction,
  tcpSocketAction,
  fc.record({ kind: fc.constant('grpc' as const), port: of(1, 65_535), service: of('', 's') }),
);
const hookHandler: fc.Arbitrary<HookHandler> = fc.oneof(
  execAction,
  httpGetAction,
  tcpSocketAction,
  fc.record({ kind: fc.constant('sleep' as const), seconds: of(0, 30) }),
);
const probe: fc.Arbitrary<Probe> = fc
  .tuple(
    fc.record({
      ...{ handler: probeHandler, initialDelaySeconds: of(0, 5), timeoutSeconds: of(1, 3) },
      ...{ periodSeconds: of(1, 10), successThreshold: of(1, 2), failureThreshold: of(1, 3) },
    }),
    optional({ terminationGracePeriodSeconds: of(1, 60) }),
  )
  .map(([required, rest]) => ({ ...required, ...rest }));
const lifecycle: fc.Arbitrary<Lifecycle> = optional({
  ...{ postStart: hookHandler, preStop: hookHandler, stopSignal: of('SIGUSR1', 'SIGRTMIN+3') },
}).filter((fields) => Object.keys(fields).length > 0);
const restartRule: fc.Arbitrary<RestartRule> = fc.record({
  ...{ action: of('Restart', 'RestartAllContainers'), operator: of('In', 'NotIn') },
  exitCodes: some(of(0, 1, 42, 255)),
});

const volumeMount: fc.Arbitrary<VolumeMount> = fc.record(
  {
    ...{ name: of('v0', 'v1', 'v2'), mountPath: of('/a', '/b', 'c') },
    ...{ readOnly: flag, recursiveReadOnly: of('IfPossible', 'Enabled'), subPath: of('a', 'b/c') },
    mountPropagation: of('HostToContainer', 'Bidirectional'),
  },
  { requiredKeys: ['name', 'mountPath'] },
);
const source: fc.Arbitrary<Volume['source']> = fc.oneof(
  fc.record({ kind: fc.constant('emptyDir' as const), medium: of('', 'Memory') }),
  fc.record({ kind: fc.constant('hostPath' as const), path: fc.constant('/h'), type: of('', 'Directory') }),
  fc.record({ kind: fc.constant('image' as const), reference: name, pullPolicy: of('Always', 'Never') }),
  fc.record({ kind: of('configMap', 'secret'), name: of('c', 'none'), defaultMode: fc.constant(420) }),
  fc.record({
    kind: fc.constant('projected' as const),
    sources: fc.array(fc.record({ kind: of('configMap', 'secret'), name: of('c', 'none') }), {
      maxLength: 2,
    }),
    defaultMode: fc.constant(420),
  }),
);

function container(named: string): fc.Arbitrary<Container> {
  return fc
    .tuple(
      fc.record({
        ...{ image: name, command: fc.array(word, { maxLength: 3 }), args: fc.array(word, { maxLength: 3 }) },
        ...{ env: fc.array(variable, { maxLength: 4 }), ports: fc.array(port, { maxLength: 3 }) },
        imagePullPolicy: of('Always', 'IfNotPresent', 'Never'),
      }),
      optional({
        ...{ workingDir: word, envFrom: some(envFrom), resources, volumeMounts: some(volumeMount) },
        ...{ securityContext: containerSecurity, stdin: flag, stdinOnce: flag, tty: flag },
        terminationMessagePath: of('/dev/termination-log', '/t'),
        terminationMessagePolicy: fc.constant('FallbackToLogsOnError' as const),
        ...{ restartPolicy: of('Always', 'OnFailure', 'Never'), restartPolicyRules: some(restartRule) },
        ...{ startupProbe: probe, livenessProbe: probe, readinessProbe: probe, lifecycle },
      }),
    )
    .map(([required, rest]) => ({ name: named, ...required, ...rest }));
}

const optionalSpec: fc.Arbitrary<Partial<PodSpec>> = optional({
  ...{ hostPID: flag, hostIPC: flag, shareProcessNamespace: flag, hostUsers: fc.constant(false as const) },
  ...{ hostname: name, subdomain: name, setHostnameAsFQDN: flag, hostnameOverride: name },
  hostAliases: some(fc.record({ ip, hostnames: some(name) })),
  dnsPolicy: of('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
  dnsConfig: optional({
    ...{ nameservers: some(ip), searches: some(name) },
    options: some(fc.record({ name: of('ndots', 'rotate'), value: of('', '5') }, { requiredKeys: ['name'] })),
  }),
  ...{ runtimeClassName: name, overhead: list, resources, securityContext: podSecurity },
  ...{ serviceAccountName: name, priorityClassName: of('system-node-critical', 'high') },
  volumes: fc
    .tuple(source, source, source)
    .map((all) => all.map((each, index) => ({ name: `v${index}`, source: each }))),
  readinessGates: some(of('example.com/ready', 'a')),
  initContainers: fc.oneof(
    container('init').map((init) => [init]),
    fc.tuple(container('init'), container('side')),
  ),
});

export const wholePods: fc.Arbitrary<Pod> = fc
  .record({
    metadata: fc.record({ name, namespace: of('default', 'prod'), labels: texts, annotations: texts }),
    required: fc.record({
      containers: fc.oneof(fc.tuple(container('app')), fc.tuple(container('app'), container('log'))),
      restartPolicy: of('Always', 'OnFailure', 'Never'),
      terminationGracePeriodSeconds: of(0, 30),
      hostNetwork: flag,
    }),
    rest: optionalSpec,
  })
  .map(({ metadata, required, rest }): Pod => ({ metadata, spec: { ...required, ...rest } }))
  // As it comes from a record: fast-check makes objects of another kind.
  .map((pod): Pod => JSON.parse(JSON.stringify(pod)));

const nodes: fc.Arbitrary<NodeFacts> = fc.record({
  name,
  hostIPs: fc.array(ip, { maxLength: 2 }),
  cpuMilli: of(0, 1, 64_000),
  memoryBytes: of(0, 2 ** 30, 2 ** 50),
  storageBytes: of(0, 2 ** 40),
  kernel: of([4, 4] as const, [6, 1] as const),
  cgroups: fc.record({ version: of(1, 2), swap: flag, shared: flag }),
  hugepageSizes: of([], ['2MB'], ['64KB', '2MB', '1GB']),
  appArmor: flag,
  seLinux: flag,
  thermalThrottlePaths: of([], ['/sys/devices/system/cpu/cpu0/thermal_throttle']),
  resolvConf: fc.record({
    nameservers: fc.array(ip, { maxLength: 5 }),
    searches: fc.array(of('a', 'b'.repeat(300), 'c'.repeat(250)), { maxLength: 40 }),
    options: fc.array(of('ndots:2', 'edns0', ':', ''), { maxLength: 3 }),
  }),
  etcHosts: of('', '127.0.0.1 localhost\n'),
  settings: fc.record({
    allowedUnsafeSysctls: of([], ['net.*'], ['*']),
    clusterDomain: of('', 'cluster.local'),
    seccompDir: fc.constant('/s'),
  }),
});

const runtimes: fc.Arbitrary<RuntimeFacts> = fc.record({
  name: of('containerd', 'cri-o'),
  version: of('1.6.20~ds1', 'v2.2.1', ''),
  cgroupDriver: of('cgroupfs', 'systemd', undefined),
  supplementalGroupsPolicy: flag,
  handlers: of(new Map(), new Map([['', { recursiveReadOnlyMounts: true, userNamespaces: true }]])),
});

const objectMeta = { name: 'c', namespace: 'default', labels: {}, annotations: {} };
const settings: ConfigMap = {
  ...{ kind: 'ConfigMap', metadata: objectMeta, immutable: false, digest: 'd', binaryData: new Map() },
  data: new Map([
    ['a', 'é $(A)'],
    ['__proto__', 'p'],
  ]),
};
const login: Secret = {
  ...{ kind: 'Secret', metadata: objectMeta, type: 'Opaque', immutable: false, digest: 'd' },
  data: new Map([
    ['a', Buffer.from('é').toString('base64')],
    ['b', '//8='],
  ]),
};
const uses: fc.Arbitrary<UsedObjects> = fc.record(
  {
    configMaps: of(new Map(), new Map([['c', settings]])),
    secrets: of(new Map(), new Map([['c', login]])),
    claims: fc.constant(new Map()),
    runtimeClass: fc.constant({
      ...{ kind: 'RuntimeClass', metadata: { ...objectMeta, namespace: '' } },
      ...{ handler: 'h', overhead: { cpu: '10m' } },
    } as const),
  },
  { requiredKeys: ['configMaps', 'secrets', 'claims'] },
);

export const places: fc.Arbitrary<Place> = fc.record(
  { node: nodes, runtime: runtimes, uses, usersBase: of(65_536, 4_294_901_760) },
  { requiredKeys: ['node', 'runtime', 'uses'] },
);

export const imageUsers = fc.oneof(
  fc.record({ uid: of(0, 1000, 2 ** 32), username: fc.constant('') }),
  fc.record({ username: of('', 'nobody', '0', '1000', '4294967296') }),
);

/** What the other rooms hand in, with every field of theirs. */
export const containerParts: fc.Arbitrary<ContainerParts> = fc.record({
  variables: of(
    new Map(),
    new Map([
      ['A', 'é 😀\n'],
      ['', ''],
    ]),
  ),
  image: fc.record({ imageId: fc.constant('sha256:1'), user: imageUsers }, { requiredKeys: ['imageId'] }),
  mounts: of(
    [],
    [
      {
        ...{ container_path: '/a', host_path: '/b', readonly: true, selinux_relabel: true },
        ...{ propagation: 'PROPAGATION_BIDIRECTIONAL' as const, recursive_read_only: true },
        uidMappings: [{ container_id: 0, host_id: 4_294_901_760, length: 65_536 }],
        gidMappings: [{ container_id: 0, host_id: 65_536, length: 65_536 }],
      },
      { container_path: '/i', image: { image: 'sha256:2', user_specified_image: 'i' }, image_sub_path: 'a' },
    ],
  ),
  devices: of([], [{ container_path: '/dev/a', host_path: '/dev/b', permissions: 'rwm' }]),
});

export const podFacts: fc.Arbitrary<PodFacts> = fc.record({
  uid: fc.constant(asPodUid('u-1')),
  podIPs: fc.array(ip, { maxLength: 2 }),
  node: nodes,
});

export const envFiles: fc.Arbitrary<ReadonlyMap<string, string | undefined>> = fc
  .tuple(fc.oneof(fc.string(), of(undefined, "A='a'", "A='é\n'", 'A')), fc.string())
  .map(
    ([first, second]) =>
      new Map([
        ['v0/env', first],
        ['v1/env', second],
      ]),
  );
