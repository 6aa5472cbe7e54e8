import { stopSignalNames } from '../pod/index.ts';
import type { knownFields, TypeName } from './known-fields.ts';

/** As much of JSON Schema, draft-07, as is used here. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  /** What YAML language servers say in place of their own words; others pass over it. */
  readonly errorMessage?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

const quantity: JsonSchema = {
  type: ['string', 'number'],
  pattern: '^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?$',
};
const quantities: JsonSchema = { type: 'object', additionalProperties: quantity };
const id: JsonSchema = { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 };
// No upper bound: an editor whose YAML is 1.2 reads 0644 as 644, which Kubernetes' YAML 1.1 reads as 420.
const mode: JsonSchema = { type: 'integer', minimum: 0 };
const pullPolicy = words('Always', 'IfNotPresent', 'Never');
const count: JsonSchema = { type: 'integer', minimum: 0 };
const portNumber: JsonSchema = { type: 'integer', minimum: 1, maximum: 65_535 };
/** A pattern is for text only, and a range for numbers. */
const port: JsonSchema = {
  ...portNumber,
  type: ['integer', 'string'],
  pattern: '^[-a-z0-9]*[a-z][-a-z0-9]*$',
};
const profile = words('RuntimeDefault', 'Unconfined', 'Localhost');

/** What the type of a field does not tell: fixed words, ranges, quantities. */
export const fieldWords = {
  V1PodSpec: {
    restartPolicy: words('Always', 'OnFailure', 'Never'),
    dnsPolicy: words('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
    activeDeadlineSeconds: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 },
    overhead: quantities,
  },
  V1PodOS: { name: words('linux') },
  V1Container: {
    imagePullPolicy: pullPolicy,
    terminationMessagePolicy: words('File', 'FallbackToLogsOnError'),
    restartPolicy: words('Always', 'Never', 'OnFailure'),
  },
  V1EphemeralContainer: {
    imagePullPolicy: pullPolicy,
    terminationMessagePolicy: words('File', 'FallbackToLogsOnError'),
  },
  V1ContainerRestartRule: { action: words('Restart', 'RestartAllContainers') },
  V1ContainerRestartRuleOnExitCodes: { operator: words('In', 'NotIn') },
  V1Lifecycle: { stopSignal: words(...stopSignalNames) },
  V1Probe: {
    initialDelaySeconds: count,
    timeoutSeconds: count,
    periodSeconds: count,
    successThreshold: count,
    failureThreshold: count,
    terminationGracePeriodSeconds: { type: 'integer', minimum: 1 },
  },
  V1HTTPGetAction: { port, scheme: words('HTTP', 'HTTPS') },
  V1TCPSocketAction: { port },
  V1GRPCAction: { port: portNumber },
  V1SleepAction: { seconds: count },
  V1ContainerPort: {
    containerPort: portNumber,
    hostPort: { type: 'integer', minimum: 0, maximum: 65535 },
    protocol: words('TCP', 'UDP', 'SCTP'),
  },
  V1ObjectFieldSelector: {
    apiVersion: words('v1'),
    fieldPath: {
      type: 'string',
      pattern:
        "^(metadata\\.(name|namespace|uid|labels|annotations)|metadata\\.(labels|annotations)\\['.+'\\]|spec\\.(nodeName|serviceAccountName)|status\\.(hostIP|hostIPs|podIP|podIPs))$",
    },
  },
  V1ResourceFieldSelector: {
    resource: {
      type: 'string',
      pattern: '^(limits|requests)\\.(cpu|memory|ephemeral-storage|hugepages-.+)$',
    },
    divisor: quantity,
  },
  V1ResourceRequirements: { limits: quantities, requests: quantities },
  V1VolumeMount: {
    mountPropagation: words('None', 'HostToContainer', 'Bidirectional'),
    recursiveReadOnly: words('Disabled', 'IfPossible', 'Enabled'),
  },
  V1PodSecurityContext: {
    runAsUser: id,
    runAsGroup: id,
    fsGroup: id,
    fsGroupChangePolicy: words('Always', 'OnRootMismatch'),
    supplementalGroups: { type: 'array', items: id },
    supplementalGroupsPolicy: words('Merge', 'Strict'),
  },
  V1SecurityContext: { runAsUser: id, runAsGroup: id, procMount: words('Default', 'Unmasked') },
  V1SeccompProfile: { type: profile },
  V1AppArmorProfile: { type: profile },
  V1EmptyDirVolumeSource: {
    medium: { type: 'string', pattern: '^(Memory|HugePages(-.+)?)?$' },
    sizeLimit: quantity,
  },
  V1HostPathVolumeSource: {
    type: words(
      '',
      'DirectoryOrCreate',
      'Directory',
      'FileOrCreate',
      'File',
      'Socket',
      'CharDevice',
      'BlockDevice',
    ),
  },
  V1ConfigMapVolumeSource: { defaultMode: mode },
  V1SecretVolumeSource: { defaultMode: mode },
  V1DownwardAPIVolumeSource: { defaultMode: mode },
  V1ProjectedVolumeSource: { defaultMode: mode },
  V1KeyToPath: { mode },
  V1DownwardAPIVolumeFile: { mode },
  V1ImageVolumeSource: { pullPolicy },
  V1PersistentVolumeClaimSpec: {
    accessModes: {
      type: 'array',
      items: words('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'),
    },
    volumeMode: words('Filesystem'),
  },
  V1VolumeResourceRequirements: { limits: quantities, requests: { ...quantities, required: ['storage'] } },
  V1Overhead: { podFixed: quantities },
} as const satisfies { readonly [T in TypeName]?: { readonly [F in FieldName<T>]?: JsonSchema } };

/** The fields without which an object is refused. */
export const requiredFields = {
  V1Pod: ['metadata', 'spec'],
  V1ConfigMap: ['metadata'],
  V1Secret: ['metadata'],
  V1PersistentVolumeClaim: ['metadata', 'spec'],
  V1RuntimeClass: ['metadata', 'handler'],
  V1PodSpec: ['containers'],
  V1PodOS: ['name'],
  V1PodDNSConfigOption: ['name'],
  V1Container: ['name', 'image'],
  V1EphemeralContainer: ['name', 'image'],
  V1ContainerPort: ['containerPort'],
  V1ContainerRestartRule: ['action', 'exitCodes'],
  V1ContainerRestartRuleOnExitCodes: ['operator'],
  V1ExecAction: ['command'],
  V1HTTPGetAction: ['port'],
  V1HTTPHeader: ['name'],
  V1TCPSocketAction: ['port'],
  V1GRPCAction: ['port'],
  V1PodReadinessGate: ['conditionType'],
  V1EnvVar: ['name'],
  V1ConfigMapKeySelector: ['name', 'key'],
  V1SecretKeySelector: ['name', 'key'],
  V1ConfigMapEnvSource: ['name'],
  V1SecretEnvSource: ['name'],
  V1FileKeySelector: ['key', 'path', 'volumeName'],
  V1ObjectFieldSelector: ['fieldPath'],
  V1ResourceFieldSelector: ['resource'],
  V1VolumeMount: ['name', 'mountPath'],
  V1SeccompProfile: ['type'],
  V1AppArmorProfile: ['type'],
  V1Sysctl: ['name'],
  V1Volume: ['name'],
  V1HostPathVolumeSource: ['path'],
  V1ConfigMapVolumeSource: ['name'],
  V1ConfigMapProjection: ['name'],
  V1SecretVolumeSource: ['secretName'],
  V1SecretProjection: ['name'],
  V1ImageVolumeSource: ['reference'],
  V1EphemeralVolumeSource: ['volumeClaimTemplate'],
  V1PersistentVolumeClaimTemplate: ['spec'],
  V1KeyToPath: ['key', 'path'],
  V1DownwardAPIVolumeFile: ['path'],
  V1PersistentVolumeClaimVolumeSource: ['claimName'],
  V1PersistentVolumeClaimSpec: ['accessModes', 'resources'],
  V1VolumeResourceRequirements: ['requests'],
  V1HostAlias: ['ip'],
} as const satisfies { readonly [T in TypeName]?: readonly FieldName<T>[] };

type FieldName<T extends TypeName> = keyof (typeof knownFields)[T] & string;

function words(...all: readonly string[]): JsonSchema {
  return { enum: all };
}
