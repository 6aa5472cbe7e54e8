/**
 * pod: the nouns. The Pod tinylet runs, what the runtime shows of it, its identity, names, and the versioned hashes that
 * tell whether an edit touches it. Types and pure functions; no I/O, no time.
 */
export { type HostPort, hostPortsOf } from './host-ports.ts';
export {
  annotation,
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
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  envNameErrors,
  labelValueErrors,
  portNameErrors,
  qualifiedNameErrors,
} from './names.ts';
export {
  type ContainerDetails,
  newestFirst,
  nothingObserved,
  type ObservedContainer,
  type ObservedSandbox,
  type PodObservation,
  type SandboxDetails,
} from './observation.ts';
export type {
  Container,
  ContainerPort,
  EnvVar,
  Pod,
  PodMetadata,
  PodSpec,
  PullPolicy,
  RestartPolicy,
} from './pod.ts';
export { containerHash, containerHashMatches, sandboxHash, sandboxHashMatches } from './spec-hash.ts';
