/**
 * pod: the nouns. The Pod tinylet runs, what the runtime shows of it, its identity, names, and the versioned hashes that
 * tell whether an edit touches it. Types and pure functions; no I/O, no time.
 */

export type { DownwardRef } from './downward.ts';
export { type DownwardValue, downwardValue, type PodFacts } from './downward-values.ts';
export type { PodEvent, TellEvent } from './event.ts';
export { expand, namesIn } from './expand.ts';
export { type ContainerHealth, type Health, healthOf } from './health.ts';
export { hookText, readHookText } from './hook-text.ts';
export { type HostPort, hostPortsOf } from './host-ports.ts';
export {
  annotation,
  annotationPrefix,
  asContainerId,
  asOwnerId,
  asPodUid,
  asSandboxId,
  type ContainerId,
  label,
  type OwnerId,
  type PodKey,
  type PodUid,
  podKey,
  type SandboxId,
} from './identity.ts';
export {
  configKeyErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  dnsSearchErrors,
  envNameErrors,
  ipErrors,
  labelValueErrors,
  portNameErrors,
  qualifiedNameErrors,
} from './names.ts';
export { type Need, needs } from './needs.ts';
export type {
  CgroupFacts,
  HandlerFeatures,
  NodeFacts,
  NodeSettings,
  ResolvConf,
  RuntimeFacts,
} from './node-facts.ts';
export {
  type AccessMode,
  type ConfigMap,
  type Namespace,
  noObjects,
  type ObjectMeta,
  type PersistentVolumeClaim,
  type RuntimeClass,
  type Secret,
  type SideObject,
  type UsedObjects,
} from './objects.ts';
export {
  type ContainerDetails,
  newestFirst,
  nothingObserved,
  type ObservedContainer,
  type ObservedSandbox,
  type PodObservation,
  type SandboxDetails,
} from './observation.ts';
export {
  allContainers,
  type Container,
  type ContainerPort,
  type DnsOption,
  type DnsPolicy,
  type EnvFrom,
  type EnvSource,
  type EnvVar,
  type EphemeralContainer,
  everyContainer,
  type HostAlias,
  isSidecar,
  type KeyRef,
  listOf,
  type Pod,
  type PodDnsConfig,
  type PodMetadata,
  type PodSpec,
  type PullPolicy,
  type ResourceList,
  type ResourceRequirements,
  type RestartPolicy,
} from './pod.ts';
export type { PodCgroup, QosClass } from './pod-cgroup.ts';
export { isUnknownPod, type PodPresence } from './presence.ts';
export type {
  ExecAction,
  HookHandler,
  HookKind,
  HttpGetAction,
  Lifecycle,
  Probe,
  ProbeHandler,
  ProbeKind,
  RestartRule,
  TcpSocketAction,
} from './probe.ts';
export { containersTogether, podLimits, podRequests, qosClass } from './qos.ts';
export {
  formatQuantity,
  milliOf,
  milliUnits,
  parseQuantity,
  type Quantity,
  roundUpToMilli,
  timesOf,
  unitsOf,
  wholeUnits,
} from './quantity.ts';
export { type References, referencesOf } from './references.ts';
export { initFailed, type RestartVerdict, restartPolicyOf, restartVerdict } from './restart-verdict.ts';
export { samePod, sameVersion, sameWork, withEphemeralsOf } from './same-pod.ts';
export type {
  ContainerSecurityContext,
  PodSecurityContext,
  SecurityProfile,
  SeLinuxOptions,
  Sysctl,
} from './security-context.ts';
export { containerHash, containerHashMatches, sandboxHash, sandboxHashMatches } from './spec-hash.ts';
export { type StopSignal, stopSignalNames, stopSignals } from './stop-signals.ts';
export { dottedSysctl, sysctlNameErrors, sysctlNamespace } from './sysctl-names.ts';
export type {
  DownwardFile,
  FilesSource,
  HostPathType,
  KeyToPath,
  ObjectSource,
  ProjectedSource,
  Volume,
  VolumeMount,
  VolumeSource,
} from './volume.ts';
export {
  readWishes,
  type Wishes,
  type WishProblem,
  wishAnnotations,
  wishesOf,
} from './wishes.ts';
