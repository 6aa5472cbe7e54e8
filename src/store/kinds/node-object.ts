import { isIPv6 } from 'node:net';
import { type JsonObject, objectAt } from '../../base/index.ts';
import type { SystemInfo } from '../../host/index.ts';
import type { NodeFacts, RuntimeFacts } from '../../pod/index.ts';
import { timestamp } from '../../status/index.ts';
import { asJson } from '../as-json.ts';

export interface ShownNode {
  readonly name: string;
  readonly uid: string;
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly kubeletVersion: string;
  readonly system: SystemInfo;
  /** Undefined before the first look. */
  readonly facts: NodeFacts | undefined;
  readonly runtime: RuntimeFacts | undefined;
  /** Why the runtime does not answer. */
  readonly problem: string | undefined;
  /** When it last began or ceased to answer; undefined where it never has. */
  readonly turnedAtMs: number | undefined;
  /** When a kubelet would have told last that all is as it was. */
  readonly reportedAtMs: number;
  /** Where the API listens. */
  readonly apiPort?: number;
  /** What was changed of it through the API: metadata and spec. */
  readonly changes: JsonObject;
}

/** What a kubelet allows unless told otherwise (kubelet: --max-pods). */
const MAX_PODS = '110';

/** The machine as a Kubernetes node. Nothing is set aside for the system: all of it is allocatable. */
export function nodeObject(node: ShownNode): JsonObject {
  const { name, uid, createdAtMs, changes } = node;
  const metadata = objectAt(changes, 'metadata');
  const resources = resourcesOf(node.facts);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...metadata,
      name,
      uid,
      creationTimestamp: timestamp(createdAtMs),
      labels: { ...objectAt(metadata, 'labels'), ...ownLabels(node) },
    },
    spec: objectAt(changes, 'spec'),
    status: {
      addresses: addressesOf(node),
      capacity: resources,
      allocatable: resources,
      conditions: conditionsOf(node),
      ...(node.apiPort !== undefined && { daemonEndpoints: { kubeletEndpoint: { Port: node.apiPort } } }),
      nodeInfo: nodeInfo(node),
    },
  };
}

/** The labels that a kubelet sets, and sets again (kubelet: initialNode). */
function ownLabels({ name, system: { architecture } }: ShownNode): OwnLabels {
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
}

export const OWN_NODE_LABELS = [
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
] as const;

type OwnLabels = Readonly<Record<(typeof OWN_NODE_LABELS)[number], string>>;

function addressesOf({ name, facts }: ShownNode): readonly JsonObject[] {
  const ips = facts?.hostIPs ?? [];
  // One for each family, as podIPs are.
  const first = ips[0];
  const second = ips.find((ip) => first !== undefined && isIPv6(ip) !== isIPv6(first));
  const internal = [first, second].filter((ip) => ip !== undefined);
  return [
    ...internal.map((address) => ({ type: 'InternalIP', address })),
    { type: 'Hostname', address: name },
  ];
}

function resourcesOf(facts: NodeFacts | undefined): JsonObject {
  if (facts === undefined) return {};
  const { cpuMilli, memoryBytes, storageBytes } = facts;
  return {
    cpu: cpuMilli % 1000 === 0 ? String(cpuMilli / 1000) : `${cpuMilli}m`,
    'ephemeral-storage': kibibytes(storageBytes),
    memory: kibibytes(memoryBytes),
    pods: MAX_PODS,
  };
}

function kibibytes(bytes: number): string {
  return `${Math.floor(bytes / 1024)}Ki`;
}

/** Reasons and messages of a kubelet's (kubelet: nodestatus/setters.go). */
function conditionsOf({
  facts,
  problem,
  startedAtMs,
  turnedAtMs,
  reportedAtMs,
}: ShownNode): readonly JsonObject[] {
  const condition = (
    type: string,
    is: boolean,
    [reason = '', message = '']: readonly string[],
  ): JsonObject => {
    const sinceMs = type === 'Ready' ? (turnedAtMs ?? startedAtMs) : startedAtMs;
    return {
      type,
      status: is ? 'True' : 'False',
      lastHeartbeatTime: timestamp(Math.max(sinceMs, reportedAtMs)),
      lastTransitionTime: timestamp(sinceMs),
      reason,
      message,
    };
  };
  const why = problem ?? 'the runtime was not asked yet';
  const isReady = problem === undefined && facts !== undefined;
  return [
    condition('MemoryPressure', false, [
      'KubeletHasSufficientMemory',
      'kubelet has sufficient memory available',
    ]),
    condition('DiskPressure', false, ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure']),
    condition('PIDPressure', false, ['KubeletHasSufficientPID', 'kubelet has sufficient PID available']),
    condition(
      'Ready',
      isReady,
      isReady
        ? ['KubeletReady', 'kubelet is posting ready status']
        : ['KubeletNotReady', `container runtime is down: ${why}`],
    ),
  ];
}

function nodeInfo({ system, runtime, kubeletVersion }: ShownNode): JsonObject {
  return {
    ...asJson(system),
    operatingSystem: 'linux',
    containerRuntimeVersion:
      runtime === undefined ? '' : `${runtime.name}://${runtime.version.replace(/^v/, '')}`,
    kubeletVersion,
    kubeProxyVersion: '',
  };
}
