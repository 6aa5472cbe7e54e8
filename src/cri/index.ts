/**
 * cri: the container runtime as the other rooms see it. In: plain CRI messages (field names of the wire) and ids; out:
 * plain values and TinyletErrors with CRI_* codes. Invariant: gRPC, its status codes and its number formats do not leave
 * this room.
 */
export { checkRuntime, type RuntimeCheck } from './check.ts';
export { type CriSettings, connectCri } from './connect-cri.ts';
export type { Deadlines } from './deadlines.ts';
export { socketPathOf } from './endpoint.ts';
export type {
  AuthConfig,
  ContainerConfig,
  ContainerStatus,
  Device,
  DNSConfig,
  HugepageLimit,
  IDMapping,
  Int64,
  LinuxContainerConfig,
  LinuxContainerResources,
  LinuxContainerSecurityContext,
  LinuxPodSandboxConfig,
  LinuxSandboxSecurityContext,
  Mount,
  NamespaceOption,
  PodSandboxConfig,
  PodSandboxStatus,
  PortMapping,
  SecurityProfile,
  UserNamespace,
} from './messages.generated.ts';
export type {
  CallOptions,
  ContainerUsage,
  CreateContainer,
  Cri,
  ExecResult,
  ImageFilesystem,
  ImageInfo,
  ListFilter,
  RuntimeCondition,
  RuntimeVersion,
  StreamFlags,
} from './port.ts';
export { subscribeTaskEvents, type TaskEvent, type TaskEventSettings } from './task-events.ts';
